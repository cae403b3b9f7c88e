"""What the calls to a model for one answer come to."""

from __future__ import annotations

from collections.abc import Sequence

from rag.types import Usage


def total(usages: Sequence[Usage]) -> Usage:
    """Their sum; the cost is known where every call's is."""
    spent = [usage for usage in usages if usage != Usage()]
    costs = [usage.cost for usage in spent if usage.cost is not None]
    return Usage(
        prompt_tokens=sum(usage.prompt_tokens for usage in spent),
        completion_tokens=sum(usage.completion_tokens for usage in spent),
        cost=sum(costs) if spent and len(costs) == len(spent) else None,
        is_estimated=any(usage.is_estimated for usage in spent),
    )

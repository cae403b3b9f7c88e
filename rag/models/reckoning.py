"""What a reply used: as reported, or counted here; and its price."""

from __future__ import annotations

from collections.abc import Sequence

from rag.config import Settings
from rag.language.token_count import count
from rag.types import Message, Usage

_AROUND_A_MESSAGE = 4  # tokens that say where it begins, ends and whose it is
_PER_MILLION = 1_000_000


def reported(prompt_tokens: int, completion_tokens: int, settings: Settings | None) -> Usage:
    """The usage that an endpoint reported, with its price."""
    cost = _cost(prompt_tokens, completion_tokens, settings)
    return Usage(prompt_tokens, completion_tokens, cost)


def estimated(messages: Sequence[Message], reply: str, settings: Settings | None) -> Usage:
    """The usage by our own count, for an endpoint that reports none."""
    asked = sum(count(message.content) + _AROUND_A_MESSAGE for message in messages)
    written = count(reply)
    return Usage(asked, written, _cost(asked, written, settings), is_estimated=True)


def _cost(asked: int, written: int, settings: Settings | None) -> float | None:
    reading = settings.llm_prompt_price if settings else None
    writing = settings.llm_completion_price if settings else None
    if reading is None or writing is None:
        return None
    return (asked * reading + written * writing) / _PER_MILLION

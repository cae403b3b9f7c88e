"""How near what was found is to a question, as small bars that are HTML of ours alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rag.types import Hit
from ui.web import texts

STEPS: Final = (
    20  # lengths that a bar may have, each a class: a style would need the policy's leave
)


def bar(score: float) -> str:
    """One bar for a score from 0 to 1, with its number, and in words for who sees no bars."""
    shown = min(max(score, 0.0), 1.0)
    length, number = round(shown * STEPS), round(shown * 100)
    return (
        f'<span class="relevance" title="{texts.RELEVANCE.format(number=number)}">'
        f'<span class="word unseen">{texts.RELEVANCE_IS} </span>'
        f'<span class="gauge gauge-{length}"></span><span class="score">{number}</span>'
        f'<span class="unseen"> {texts.OF_100}</span></span>'
    )


def best(hits: Sequence[Hit]) -> dict[str, float]:
    """The score of each paper by its id: that of its best passage."""
    scores: dict[str, float] = {}
    for hit in hits:
        scores[hit.paper.id] = max(hit.score, scores.get(hit.paper.id, 0.0))
    return scores

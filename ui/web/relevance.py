"""How near what was found is to a question, as small bars that are HTML of ours alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rag.types import Hit
from ui import render
from ui.web import papers_texts as texts
from ui.web.markup import plain

STEPS: Final = (
    20  # lengths that a bar may have, each a class: a style would need the policy's leave
)


def bar(score: float) -> str:
    """One bar for a score from 0 to 1, with its number; on one line."""
    shown = min(max(score, 0.0), 1.0)
    length = round(shown * STEPS)
    return (
        f'<span class="relevance"><span class="gauge gauge-{length}"></span>'
        f'<span class="score">{round(shown * 100)}</span></span>'
    )


def bars(hits: Sequence[Hit]) -> str:
    """A bar for each paper that was found, best first, as HTML without a line break."""
    best: dict[str, Hit] = {}
    for hit in hits:
        known = best.setdefault(hit.paper.id, hit)
        if hit.score > known.score:
            best[hit.paper.id] = hit
    ordered = sorted(best.values(), key=lambda hit: -hit.score)
    items = "".join(
        f"<li><span>{plain(render.title(hit.paper))}</span>{bar(hit.score)}</li>" for hit in ordered
    )
    caption = f'<p class="scale">{texts.RELEVANCE_OF}</p>'
    return f'{caption}<ol class="gauges">{items}</ol>' if items else ""

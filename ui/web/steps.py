"""What was done for an answer, in one line that opens."""

from __future__ import annotations

from rag.types import Answer, Hit
from ui import render
from ui.scope_in_words import within as confined
from ui.server.exchange import Exchange
from ui.web import texts
from ui.web.markup import plain


def steps(exchange: Exchange) -> str:
    """One line of the same height from the question to the end, so that nothing moves."""
    if exchange.answer is None and exchange.hits is None and not exchange.is_over:
        return _pending(exchange)
    within = plain(confined(exchange.scope))
    if not exchange.hits:
        return f'<div class="steps">{within}</div>' if within else ""
    line = " · ".join(filter(None, (found(exchange.hits), _took(exchange), within)))
    details = _timings(exchange.answer) if exchange.answer else ""
    return f'<details class="steps"><summary>{line}</summary>{details}</details>'


def found(hits: tuple[Hit, ...]) -> str:
    """How many passages of how many papers; papers alone where each has one."""
    papers = len({hit.paper.id for hit in hits})
    passages = len({hit.passage.id for hit in hits})
    return texts.FOUND.format(
        passages=render.several(passages, "passage"), papers=render.several(papers, "paper")
    )


def _pending(exchange: Exchange) -> str:
    doing = texts.WAITING if exchange.state == "waiting" else texts.LOOKING
    return f'<div class="steps pending">{doing}</div>'


def _took(exchange: Exchange) -> str:
    if exchange.answer is None or exchange.seconds is None:
        return ""
    if any(one.stage == "remember" for one in exchange.answer.timings):
        return texts.REMEMBERED  # what it took says nothing of the answer
    return texts.TOOK.format(seconds=f"{exchange.seconds:.2f}")


def _timings(answer: Answer) -> str:
    rows = "".join(
        f"<li><span>{plain(texts.STEPS.get(one.stage, one.stage))}</span> "
        f"<span>{one.seconds * 1000:,.0f} ms</span></li>"
        for one in answer.timings
    )
    # The first sentence lies within what was written and checked.
    total = sum(one.seconds for one in answer.timings if one.stage != "first sentence")
    made = render.written_by(answer, first=None, total=total)
    return f"<ol>{rows}</ol>" + (f"<p>{plain(made)}</p>" if made else "")

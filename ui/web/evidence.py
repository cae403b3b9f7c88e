"""The evidence panel: a card for each cited paper, with the sentences that an answer stands on.

A card is `src-t-n` for number n of turn t; what the i-th marker points to has the class `by-t-i`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, pairwise

from rag.language.latex import readable
from rag.types import Answer, Citation, Paper
from ui import render
from ui.server.exchange import Exchange, Exchanges
from ui.web import texts
from ui.web.markup import link, plain, site
from ui.web.papers_rows import address
from ui.web.relevance import bar, best

CONSIDERED = 12
LABELS = {
    "supported": texts.SUPPORTED,
    "weak": texts.WEAK,
    "unsupported": texts.UNSUPPORTED,
}


def evidence(exchanges: Exchanges) -> str:
    """A section for each turn, of which the page shows the last one or the one selected."""
    sections = [
        f'<section class="turn" id="turn-{turn}">{_section(exchange, turn)}</section>'
        for turn, exchange in enumerate(exchanges, start=1)
    ]
    return "".join(sections) or _hint(texts.NO_SOURCES)


def _section(exchange: Exchange, turn: int) -> str:
    answer = exchange.answer or _so_far(exchange)
    return panel(answer, turn) if answer else _hint(texts.NO_SOURCES)


def _so_far(exchange: Exchange) -> Answer | None:
    """What an answer has cited before its end, also where it was broken off."""
    if not exchange.citations:
        return None
    found = exchange.hits or ()
    return Answer(exchange.question, exchange.text, exchange.citations, retrieved=found)


def panel(answer: Answer, turn: int = 1) -> str:
    """The evidence of one answer, as HTML without a line break."""
    if answer.refusal:
        shown = tuple(answer.refusal.nearest)
        return _nearest(shown, best(answer.retrieved)) + _considered(answer, shown)
    listed = render.references(answer)
    cards = "".join(_cited(answer, one.number, turn) for one in listed)
    cited = f"<h2>{texts.CITED}</h2>{cards}" if cards else _hint(texts.NOTHING_CITED)
    return cited + _considered(answer, [one.paper for one in listed])


def _hint(text: str) -> str:
    return f'<p class="hint">{text}</p>'


def _cited(answer: Answer, number: int, turn: int) -> str:
    cites = [(place, one) for place, one in enumerate(answer.citations) if one.number == number]
    paper = cites[0][1].paper
    mark = _number(number, turn, cites[0][0])
    head = _head(paper, mark, by=_by(turn, (place for place, one in cites if not one.span)))
    verdicts = "".join(_verdicts(cites, turn))
    leads = _leads(paper, best(answer.retrieved))
    abstract = f'<p class="abstract">{_abstract(paper, cites, turn)}</p>'
    within = f"{head}{leads}{verdicts}{abstract}"
    return f'<article class="card" id="src-{turn}-{number}">{within}</article>'


def _nearest(papers: Sequence[Paper], scores: Mapping[str, float]) -> str:
    if not papers:
        return _hint(texts.NOTHING_NEAR)
    cards = "".join(
        f'<article class="card near">{_head(paper)}{_leads(paper, scores)}<p class="abstract">'
        f"{plain(readable(paper.abstract))}</p></article>"
        for paper in papers
    )
    return f"<h2>{texts.NEAREST}</h2>{cards}"


def _head(paper: Paper, mark: str = "", *, by: str = "") -> str:
    """Title and record; `by` marks the record as what was cited."""
    line = plain(render.byline(paper))
    if by:
        line = f'<mark class="{by}" title="{texts.RECORD}">{line}</mark>'
    return f'<h3>{mark}<span>{title_link(paper)}</span></h3><p class="byline">{line}</p>'


def _number(number: int, turn: int, place: int) -> str:
    """Leads back to where the answer cites it first, which a phone shows far above."""
    target = f'href="#cite-{turn}-{place}" title="{texts.TO_ANSWER}"'
    return f'<a class="number" {target}>{number}</a>'


def title_link(paper: Paper) -> str:
    """Leads to our page of the paper, beside the chat: leaving it would end an answer."""
    name = plain(render.title(paper))
    return f'<a class="paper" href="{plain(address(paper))}" target="_blank">{name}</a>'


def _leads(paper: Paper, scores: Mapping[str, float]) -> str:
    """Where the paper is on the web, and how near it is to the question, as far as known."""
    name = f'<span class="unseen">{texts.ORIGINAL} </span>{plain(site(paper.url))}'
    outside = link(paper.url, name) if site(paper.url) else ""
    nearness = bar(scores[paper.id]) if paper.id in scores else ""
    return f'<p class="leads">{nearness}{outside}</p>' if outside or nearness else ""


def _verdicts(cites: Sequence[tuple[int, Citation]], turn: int) -> Iterator[str]:
    """Each verdict with its reasons, once, under the markers that it is about."""
    found: dict[tuple[str, str], list[int]] = {}
    for place, one in cites:
        found.setdefault((one.verdict.label, " ".join(one.verdict.reasons)), []).append(place)
    for (label, why), places in found.items():
        yield (
            f'<p class="verdict {label} {_by(turn, places)}"><strong>{LABELS[label]}</strong> '
            f"<span>{plain(why)}</span></p>"
        )


def _abstract(paper: Paper, cites: Sequence[tuple[int, Citation]], turn: int) -> str:
    """The whole abstract, each piece that is cited marked with the markers that cite it."""
    if not paper.abstract.strip():
        return texts.NO_ABSTRACT
    length = len(paper.abstract)
    spans = [(place, one.span) for place, one in cites if one.span]
    cuts = sorted({0, length, *(min(at, length) for _, s in spans for at in (s.start, s.end))})
    pieces = []
    for start, end in pairwise(cuts):
        by = [place for place, s in spans if s.start <= start and end <= s.end]
        text = plain(readable(paper.abstract[start:end]))
        pieces.append(f'<mark class="{_by(turn, by)}">{text}</mark>' if by and text else text)
    return " ".join(filter(None, pieces))


def _by(turn: int, places: Iterable[int]) -> str:
    return " ".join(f"by-{turn}-{place}" for place in places)


def _considered(answer: Answer, shown: Sequence[Paper]) -> str:
    """What was found as well, folded; the best first."""
    found = {hit.paper.id: hit.paper for hit in answer.retrieved}
    for paper in shown:
        found.pop(paper.id, None)
    if not found:
        return ""
    scores = best(answer.retrieved)
    items = "".join(_item(one, scores[one.id]) for one in islice(found.values(), CONSIDERED))
    if (more := len(found) - CONSIDERED) > 0:
        left = render.several(more, "more paper")
        items += f"<li>{texts.MORE_CONSIDERED.format(papers=left)}</li>"
    line = f"<summary>{texts.ALSO} ({len(found)})</summary>"
    return f'<details class="also">{line}<ul>{items}</ul></details>'


def _item(paper: Paper, score: float) -> str:
    day = plain(render.date(paper.published))
    return (
        f'<li><span>{title_link(paper)} <span class="byline">{day}</span></span>{bar(score)}</li>'
    )

"""Answers from the record: what the catalogue knows of papers, each cited."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rag.answering.extractive import quoted
from rag.answering.outcome import Piece
from rag.answering.record_question import MONTHS, Field, Rank, RecordQuestion
from rag.types import Citation, Paper, Published, Refusal

MOST_LISTED = 12

_VALUES: Mapping[Rank, Callable[[Paper], object]] = {
    "upvotes": lambda paper: paper.upvotes,
    "authors": lambda paper: paper.author_count or len(paper.authors) or None,
    "published": lambda paper: paper.published,
    "oldest": lambda paper: paper.published,
}
_DETAIL: Mapping[Rank, Field] = {
    "upvotes": "upvotes",
    "authors": "authors",
    "published": "published",
    "oldest": "published",
}


def listed(question: RecordQuestion, papers: Sequence[Paper]) -> list[Piece]:
    """The papers that filters or an order give, a line each."""
    shown = _leaders(question.rank, papers) if question.rank else list(papers[:MOST_LISTED])
    detail: Field = _DETAIL[question.rank] if question.rank else "published"
    pieces = [Piece(_opening(question, len(papers)))]
    for number, paper in enumerate(shown, start=1):
        known = quoted(_stated(paper, detail))
        text = f"\n- **{quoted(paper.title)}**{f': {known}' if known else ''} [{number}]"
        pieces.append(Piece(text, (Citation(number, paper, None),)))
    if not question.rank and len(papers) > len(shown):
        pieces.append(Piece(f"\n… and {len(papers) - len(shown)} more."))
    return pieces


def stated(question: RecordQuestion, paper: Paper) -> list[Piece] | Refusal:
    """What the record says of one paper; a refusal where it does not say."""
    known = [quoted(text) for field in question.fields if (text := _stated(paper, field))]
    if not known:
        wanted = " or ".join(_NAMES[field] for field in question.fields)
        reason = f"“{quoted(paper.title)}” is on this shelf, but its record gives no {wanted}."
        return Refusal("not-in-abstract", reason, (paper,))
    text = f"**{quoted(paper.title)}**: {'; '.join(known)}. [1]"
    return [Piece(text, (Citation(1, paper, None),))]


_NAMES: Mapping[Field, str] = {
    "published": "date",
    "authors": "authors",
    "organization": "organisation",
    "upvotes": "upvotes",
}


def _leaders(rank: Rank, papers: Sequence[Paper]) -> list[Paper]:
    """All that share the first place."""
    value = _VALUES[rank]
    known = [paper for paper in papers if value(paper) is not None]
    first = [paper for paper in known if value(paper) == value(known[0])]
    return first[:MOST_LISTED]


def _opening(question: RecordQuestion, count: int) -> str:
    if question.rank:
        return {
            "upvotes": "Most upvoted:",
            "authors": "The longest list of authors:",
            "published": "The newest:",
            "oldest": "The oldest:",
        }[question.rank]
    return f"{count} paper{'' if count == 1 else 's'} on this shelf:"


def _stated(paper: Paper, field: Field) -> str:
    match field:
        case "published":
            return f"published {_day(paper.published)}" if paper.published else ""
        case "authors":
            return _authors(paper)
        case "organization":
            return paper.organization or ""
        case "upvotes":
            return _counted(paper.upvotes, "upvote") if paper.upvotes is not None else ""


def _authors(paper: Paper) -> str:
    names = ", ".join(paper.authors)
    count = _counted(paper.author_count, "author") if paper.author_count else ""
    return f"{count} ({names})" if count and names else count or names


def _counted(number: int | None, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _day(at: Published) -> str:
    month = MONTHS[at.month - 1].capitalize() if at.month else ""
    day = f"{month} {at.day}" if month and at.day else month
    year = str(at.year) if at.year else ""
    return (", " if at.day and year else " ").join(filter(None, (day, year)))

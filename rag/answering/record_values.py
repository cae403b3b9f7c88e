"""What a paper's record says, in words: its date, its authors, its organisation, its upvotes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rag.answering.extractive import quoted
from rag.answering.outcome import Piece
from rag.answering.record_question import Field, Rank
from rag.language.months import MONTHS
from rag.types import ON_RECORD, Citation, Paper, Published

FIRST_AUTHORS = 6  # named in a list of papers; a question for one paper gets all
FIELD_NAMES: Mapping[Field, str] = {
    "published": "date",
    "authors": "authors",
    "organization": "organisation",
    "upvotes": "upvotes",
    "source": "source",
    "link": "link or identifier",
}
FIELD_OF_RANK: Mapping[Rank, Field] = {
    "upvotes": "upvotes",
    "fewest-upvotes": "upvotes",
    "authors": "authors",
    "fewest-authors": "authors",
    "published": "published",
    "oldest": "published",
}


def value(paper: Paper, field: Field) -> Published | int | None:
    """What papers are ordered and compared by; None where it is not known well enough."""
    match field:
        case "published":
            return paper.published if paper.published and paper.published.year else None
        case "authors":
            return paper.author_count or len(paper.authors) or None
        case "upvotes":
            return paper.upvotes
    return None


def told(paper: Paper, field: Field, *, most_authors: int | None = None) -> str:
    """A field as it is shown; empty where the record does not have it."""
    tellers: Mapping[Field, Callable[[Paper], str]] = {
        "published": lambda one: f"published {day(one.published)}" if one.published else "",
        "authors": lambda one: _authors(one, most_authors),
        "organization": lambda one: one.organization or "",
        "upvotes": lambda one: "" if one.upvotes is None else counted(one.upvotes, "upvote"),
        "source": lambda one: f"from {', '.join(one.sources)}" if one.sources else "",
        "link": _link,
    }
    return quoted(tellers[field](paper))


def line(paper: Paper, number: int, fields: Sequence[Field]) -> Piece:
    """A paper in a list: its title, these fields, its marker."""
    known = "; ".join(
        filter(None, (told(paper, one, most_authors=FIRST_AUTHORS) for one in fields))
    )
    text = f"\n- **{quoted(paper.title)}**{f': {known}' if known else ''} [{number}]"
    return Piece(text, (Citation(number, paper, None, ON_RECORD),))


def counted(number: int, noun: str) -> str:
    """A number and its noun: "1 paper", "2,013 papers"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def day(at: Published) -> str:
    """A date with the parts that it has, and a word for the year that it lacks."""
    month = MONTHS[at.month - 1] if at.month else ""
    named = f"{month} {at.day}" if month and at.day else month
    if at.year is None:
        return f"{named} (no year given)"
    return f"{named}{', ' if at.day else ' '}{at.year}".strip()


def _authors(paper: Paper, most: int | None) -> str:
    count = paper.author_count or len(paper.authors)
    if not count:
        return ""
    names = ", ".join(paper.authors[:most])
    if not names:
        return f"{counted(count, 'author')}, not named in the record"
    rest = "" if count <= len(paper.authors[:most]) else ", …"
    return f"{counted(count, 'author')} ({names}{rest})"


def _link(paper: Paper) -> str:
    known = [f"{scheme} {value}" for scheme, value in paper.identifiers]
    return ", ".join(filter(None, (paper.url, *known)))

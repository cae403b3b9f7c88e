"""Questions about the record: dates, authors, organisations, upvotes; parsed without a model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from rag.language.words import keywords
from rag.types import Published, Scope

Field: TypeAlias = Literal["published", "authors", "organization", "upvotes"]
Rank: TypeAlias = Literal["upvotes", "authors", "published", "oldest"]

MONTHS = (
    "january february march april may june july august september october november december".split()
)
_MONTH = "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS)
_PAPERS = re.compile(r"\b(?:papers?|publications?|articles?|works|preprints?|everything)\b", re.I)
_DATE = re.compile(
    rf"\b(?P<how>dated|from|in|of|during|since|after|before|until|published(?:\ in)?|"
    rf"appeared(?:\ in)?)\s+(?:(?P<month>{_MONTH})\b\.?,?\s*(?:of\s+)?)?(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_RANKS: Mapping[Rank, re.Pattern[str]] = {
    "upvotes": re.compile(
        r"\b(?:most|highest|top)[ -](?:up-?voted|up-?votes|number of upvotes)\b", re.IGNORECASE
    ),
    "authors": re.compile(
        r"\b(?:most|largest|highest) (?:number of )?authors\b"
        r"|\b(?:longest|largest|biggest) (?:author list|list of authors|team)\b",
        re.IGNORECASE,
    ),
    "published": re.compile(
        r"\b(?:newest|latest|most recent) (?:papers?|publications?|works?|one)\b", re.IGNORECASE
    ),
    "oldest": re.compile(
        r"\b(?:oldest|earliest) (?:papers?|publications?|works?|one)\b", re.IGNORECASE
    ),
}
_FIELDS: Mapping[Field, re.Pattern[str]] = {
    "published": re.compile(
        r"\bwhen (?:was|were|did|is)\b.*\b(?:published|released|come out|appear|out)\b"
        r"|\b(?:publication|release) date\b"
        r"|\b(?:which|what) year\b.*\b(?:published|from|out|appear)",
        re.IGNORECASE,
    ),
    "authors": re.compile(
        r"\bhow many (?:authors|people (?:wrote|authored))\b|\bauthors of\b"
        r"|\bwho (?:wrote|authored|are the authors|is the author)\b",
        re.IGNORECASE,
    ),
    "organization": re.compile(
        r"\b(?:which|what) (?:organi[sz]ation|company|lab|institution|university)\b", re.IGNORECASE
    ),
    "upvotes": re.compile(r"\bhow many up-?votes\b", re.IGNORECASE),
}
_FILLER = re.compile(
    r"\b(?:came?|comes?|coming|published|released|dated|appeared|appear|come out|out|year|wrote|"
    r"written|authored|co-authored|upvotes?|upvoted|newest|latest|recent|oldest|earliest|most|many|"
    r"longest|largest|author|authors|list|shelf|collection|known?|date|organi[sz]ation|company|"
    r"lab|institution|university|people|top|highest|number|team|one|us|me|do|have|there|papers?|publications?|"
    r"articles?|works|preprints?|everything)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RecordQuestion:
    """A question that the catalogue answers: hard filters, an order, fields to state, a topic."""

    scope: Scope
    rank: Rank | None
    fields: tuple[Field, ...]
    topic: str


def parse(question: str, organizations: Sequence[str]) -> RecordQuestion | None:
    """What of the record is asked for; None where the question is about what papers say."""
    rank = next((rank for rank, pattern in _RANKS.items() if pattern.search(question)), None)
    fields = tuple(field for field, pattern in _FIELDS.items() if pattern.search(question))
    date, organization = _date(question), _organization(question, organizations)
    if not (rank or fields or organization or date):
        return None
    topic = _topic(question, date, organization)
    scope = replace(_dated(date) if date else Scope(), organization=organization)
    if fields and not rank and not topic:
        return None
    return RecordQuestion(scope, rank, () if rank else fields, topic)


def _date(question: str) -> re.Match[str] | None:
    """A date counts where papers are asked for: "improved since 2023" asks for something else."""
    return _DATE.search(question) if _PAPERS.search(question) else None


def _dated(date: re.Match[str]) -> Scope:
    named = date["month"]
    month = [name[:3] for name in MONTHS].index(named.lower()[:3]) + 1 if named else None
    year, how = int(date["year"]), date["how"].lower()
    at = Published(year, month)
    match how:
        case "since":
            return Scope(since=at)
        case "after":
            return Scope(since=_moved(year, month, 1))
        case "until":
            return Scope(until=at)
        case "before":
            return Scope(until=_moved(year, month, -1))
    return Scope(since=at, until=at)


def _moved(year: int, month: int | None, by: int) -> Published:
    """The month, or the year where no month is given, that lies `by` further on."""
    if month is None:
        return Published(year + by)
    years, months = divmod(year * 12 + month - 1 + by, 12)
    return Published(years, months + 1)


def _organization(question: str, organizations: Sequence[str]) -> str | None:
    """One of the shelf's organisations, where the question says that papers come from it."""
    for name in sorted(organizations, key=len, reverse=True):
        origin = rf"\b(?:from|by|at|of)\s+(?:the\s+)?{re.escape(name)}\b"
        if re.search(origin, question, re.IGNORECASE):
            return name
    return None


def _topic(question: str, date: re.Match[str] | None, organization: str | None) -> str:
    """What is left to search for once filters and words of asking are gone."""
    rest = question.replace(date[0], " ") if date else question
    if organization:
        rest = re.sub(re.escape(organization), " ", rest, flags=re.IGNORECASE)
    rest = _FILLER.sub(" ", rest)
    left = keywords(rest)
    return left if left != rest else ""

"""Answers from the record: what the catalogue knows of papers, each cited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.answering.extractive import quoted
from rag.answering.outcome import Piece
from rag.answering.record_fit import fit
from rag.answering.record_lookup import Listing
from rag.answering.record_question import Field, Rank, RecordQuestion
from rag.answering.record_values import (
    FIELD_NAMES,
    FIELD_OF_RANK,
    counted,
    day,
    line,
    told,
    value,
)
from rag.types import ON_RECORD, Citation, Hit, Paper, Published, Refusal, Scope

MOST_LISTED = 12
LONG_PERIOD = 12  # months; any date without a year may lie in there
_LEADS: dict[Rank, tuple[str, str]] = {
    "upvotes": ("Most upvoted", "most upvoted"),
    "fewest-upvotes": ("Least upvoted", "least upvoted"),
    "authors": ("The longest list of authors", "with the most authors"),
    "fewest-authors": ("The shortest list of authors", "with the fewest authors"),
    "published": ("The newest", "newest"),
    "oldest": ("The oldest", "oldest"),
}


def listed(question: RecordQuestion, listing: Listing, within: Scope) -> list[Piece]:
    """The papers that filters or an order give, a line each; `listing` is not empty."""
    fields = _shown_fields(question, within)
    if question.rank and listing.hits:
        shown = leaders(question, [hit.paper for hit in listing.hits])
        left = 0
    else:
        shown = [hit.paper for hit in listing.hits[:MOST_LISTED]]
        left = listing.total - len(shown)
    pieces = [Piece(_opening(question, listing, within))]
    pieces += [line(paper, number, fields) for number, paper in enumerate(shown, start=1)]
    if left:
        pieces.append(Piece(f"\n… and {left:,} more{_how_to_see(within, question.topic)}."))
    pieces += _doubtful(question, listing, within, len(shown))
    if listing.unknown:
        pieces.append(Piece(_untold(question, listing.unknown)))
    return pieces


def stated(question: RecordQuestion, paper: Paper) -> list[Piece] | Refusal:
    """What the record says of one paper; a refusal where it does not say."""
    known = [text for field in question.fields if (text := told(paper, field))]
    lacking = [FIELD_NAMES[field] for field in question.fields if not told(paper, field)]
    missing = " or ".join(lacking)
    if not known:
        reason = f"“{quoted(paper.title)}” is on this shelf, but its record gives no {missing}."
        return Refusal("not-in-abstract", reason, (paper,))
    rest = f" Its record gives no {missing}." if lacking else ""
    text = f"**{quoted(paper.title)}**: {'; '.join(known)}. [1]{rest}"
    return [Piece(text, (Citation(1, paper, None, ON_RECORD),))]


def leaders(question: RecordQuestion, papers: Sequence[Paper]) -> list[Paper]:
    """As many as were asked for, and all that share the last of these places."""
    field = FIELD_OF_RANK[question.rank or "published"]
    last = papers[min(question.first or 1, len(papers)) - 1]
    first = list(papers[: question.first or 1])
    tied = [one for one in papers[len(first) :] if value(one, field) == value(last, field)]
    return [*first, *tied][: max(MOST_LISTED, question.first or 1)]


def _shown_fields(question: RecordQuestion, within: Scope) -> tuple[Field, ...]:
    """The fields asked for, that of the order, and those that the filters are about."""
    wanted: list[Field] = [FIELD_OF_RANK[question.rank]] if question.rank else []
    wanted += question.fields
    if within.since or within.until or within.dating == "no-year":
        wanted.append("published")
    if within.author_count or within.authors:
        wanted.append("authors")
    if within.upvotes:
        wanted.append("upvotes")
    if within.organization:
        wanted.append("organization")
    return tuple(dict.fromkeys(wanted)) or ("published",)


def _opening(question: RecordQuestion, listing: Listing, within: Scope) -> str:
    """How the question was understood, and how many papers fit."""
    what = fit(within, question.topic, is_one=listing.total == 1 and not question.rank)
    today = f" (seen from {_on(question)})" if question.asked_on else ""
    least = "At least " if listing.is_least else ""
    if question.rank and listing.hits:
        that = f" of the papers on this shelf that {what}" if what else " on this shelf"
        return f"{_LEADS[question.rank][0]}{that}{today}:"
    if not listing.hits:
        return (
            f"No paper on this shelf {fit(within, question.topic, is_one=True)} for certain{today}."
        )
    number = f"{least}{counted(listing.total, 'paper')}"
    if not what:
        return f"{number} {'is' if listing.total == 1 else 'are'} on this shelf, newest first:"
    return f"{number} on this shelf {what}{today}:"


def _on(question: RecordQuestion) -> str:
    at = question.asked_on
    return day(Published(at.year, at.month, at.day)) if at else ""


def _doubtful(
    question: RecordQuestion, listing: Listing, within: Scope, count: int
) -> Iterator[Piece]:
    """Papers whose date may fit: by name where they are few, else their number."""
    if not listing.possible_total:
        return
    papers = [hit.paper for hit in listing.possible]
    shown = _worth_naming(question, listing, within)[: max(1, MOST_LISTED - count)]
    yield Piece(f"\n\n{_doubt(listing.possible_total, papers, count)}{':' if shown else '.'}")
    for number, hit in enumerate(shown, start=count + 1):
        yield line(hit.paper, number, ("published",))
    if shown and len(shown) < listing.possible_total:
        yield Piece(f"\n… and {listing.possible_total - len(shown):,} more.")


def _untold(question: RecordQuestion, count: int) -> str:
    field = FIELD_OF_RANK[question.rank] if question.rank else "published"
    lacks = {"published": "date", "authors": "number of authors"}.get(field, "upvotes")
    whose = f"about “{quoted(question.topic)}”" if question.topic else "on this shelf"
    papers = f"{counted(count, 'paper')} {whose}"
    return f"\n\n{papers} {'gives' if count == 1 else 'give'} no {lacks}."


def _worth_naming(question: RecordQuestion, listing: Listing, within: Scope) -> Sequence[Hit]:
    """All where the time asked for is short or nothing else fits; of the newest, the last one."""
    if question.rank and not (within.since or within.until):
        return listing.possible[:1] if question.rank == "published" else ()
    return listing.possible if not listing.hits or months_of(within) < LONG_PERIOD else ()


def _doubt(total: int, papers: Sequence[Paper], count: int) -> str:
    is_one = total == 1
    lacks = (
        "without a year"
        if all(one.published and one.published.year is None for one in papers)
        else "less exactly than that"
    )
    more = "more paper" if count else "paper"
    noun = f"{total:,} {more}{'' if is_one else 's'}"
    return f"{noun} {'is' if is_one else 'are'} dated {lacks} and may belong here"


def months_of(within: Scope) -> int:
    """How long the time asked for is; open ends make it long."""
    since, until = within.since, within.until
    if since is None or until is None:
        return LONG_PERIOD
    years = (until.year or 0) - (since.year or 0)
    return 12 * years + (until.month or 12) - (since.month or 1) + 1


def _how_to_see(within: Scope, topic: str) -> str:
    """The command that lists all, where there is one."""
    options = [
        f"--{name} {_dashed(at)}"
        for name, at in (("since", within.since), ("until", within.until))
        if at is not None and at.year
    ]
    is_by_date_alone = replace(within, since=None, until=None).is_empty
    if topic or not options or not is_by_date_alone:
        return ""
    return f" (`footnote papers {' '.join(options)}` lists all)"


def _dashed(at: Published) -> str:
    return "-".join(f"{part:02}" for part in (at.year, at.month, at.day) if part)

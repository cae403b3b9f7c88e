"""Why the record has no answer: which filter nothing fits, and what there is instead."""

from __future__ import annotations

from collections.abc import Iterator

from rag.answering.extractive import quoted
from rag.answering.record_fit import fit
from rag.answering.record_lookup import Library, Lookup
from rag.answering.record_question import RecordQuestion
from rag.answering.record_values import FIELD_OF_RANK, counted, day
from rag.types import Paper, Refusal, Scope

NEAREST = 3
MOST_NAMED = 8
NO_FIGURES = Refusal(
    "not-on-shelf",
    "Averages and totals over the record are not worked out here; ask for a list, a count, the "
    "most or the fewest.",
)


def nothing_fits(
    question: RecordQuestion, within: Scope, library: Library, lookup: Lookup
) -> Refusal:
    """No paper is left by the filters and the topic."""
    what = fit(within, question.topic, is_one=True)
    hints = [hint for hint in _hints(question, within, library) if hint]
    nearest = _nearest(question, lookup)
    if question.topic and nearest and not within.is_empty:
        hints.append("there are papers on the subject without these conditions")
    reason = "; ".join([f"No paper on this shelf {what}", *hints])
    return Refusal("not-on-shelf", f"{reason}.", nearest)


def nothing_known(question: RecordQuestion, within: Scope, papers: tuple[Paper, ...]) -> Refusal:
    """Papers fit, but none has what they are to be ordered by."""
    field = FIELD_OF_RANK[question.rank or "published"]
    lacks = {"published": "a date with a year", "authors": "authors"}.get(field, "upvotes")
    what = fit(within, question.topic, is_one=False)
    which = f" that {what}" if what else ""
    reason = f"None of the papers on this shelf{which} gives {lacks} in its record."
    return Refusal("not-in-abstract", reason, papers[:NEAREST])


def not_called(name: str, papers: tuple[Paper, ...]) -> Refusal:
    """No paper is called so."""
    return Refusal(
        "not-on-shelf", f"No paper on this shelf is called “{quoted(name)}”.", papers[:NEAREST]
    )


def _nearest(question: RecordQuestion, lookup: Lookup) -> tuple[Paper, ...]:
    if not question.topic:
        return ()
    anywhen = lookup.listing(RecordQuestion("list", topic=question.topic), Scope())
    return tuple(hit.paper for hit in anywhen.hits[:NEAREST])


def _hints(question: RecordQuestion, within: Scope, library: Library) -> Iterator[str]:
    """What there is, for each filter."""
    if within.since or within.until:
        yield _dates(library)
    if within.organization or (within.authors and not _names_authors(library)):
        yield _organizations(library)
    if within.authors and not _names_authors(library):
        yield "records here give how many authors a paper has, not who they are"
    if within.author_count:
        yield _most(library, "authors")
    if within.upvotes:
        yield _most(library, "upvotes")
    if within.source:
        sources = [name for name, _ in library.statistics().by_source]
        if within.source not in sources:
            yield f"the sources are {_several(sources)}"


def _dates(library: Library) -> str:
    oldest, newest = (library.find(Scope(), sort=sort, limit=1) for sort in ("oldest", "published"))
    statistics = library.statistics()
    unknown = sum(count for year, count in statistics.by_year if year is None)
    if unknown == statistics.papers or not (oldest and newest):
        return "no paper here gives a year"
    first, last = oldest[0].published, newest[0].published
    span = f"dates run from {day(first)} to {day(last)}" if first and last else ""
    without = f"{unknown:,} of {counted(statistics.papers, 'paper')} give no full date"
    return f"{span}, and {without}" if unknown else span


def _organizations(library: Library) -> str:
    statistics = library.statistics()
    given = sum(count for _, count in statistics.by_organization)
    names = [name for name, _ in statistics.by_organization]
    if not given:
        return "no paper here names an organisation"
    verb = "names" if given == 1 else "name"
    total = counted(statistics.papers, "paper")
    return f"{given:,} of {total} {verb} an organisation: {_several(names)}"


def _names_authors(library: Library) -> bool:
    """Whether the records with the most authors name them."""
    papers = library.find(Scope(), sort="authors", limit=MOST_NAMED)
    return any(paper.authors for paper in papers)


def _most(library: Library, field: str) -> str:
    papers = library.find(Scope(), sort="authors" if field == "authors" else "upvotes", limit=1)
    most = papers[0].author_count if papers and field == "authors" else None
    most = papers[0].upvotes if papers and field == "upvotes" else most
    return f"the most is {most:,}" if most is not None else f"no record here gives {field}"


def _several(names: list[str]) -> str:
    shown = ", ".join(quoted(name) for name in names[:MOST_NAMED])
    return f"{shown}, …" if len(names) > MOST_NAMED else shown

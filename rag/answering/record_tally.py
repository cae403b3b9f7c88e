"""What values there are on the shelf: organisations, years, sources, each with its papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answering.extractive import quoted
from rag.answering.outcome import Piece
from rag.answering.record_lookup import Library, Lookup, Statistics
from rag.answering.record_question import Tally
from rag.answering.record_values import counted
from rag.types import ON_RECORD, Citation, Hit, Published, Refusal, Scope

MOST_TOLD = 12
_NOUNS: dict[Tally, str] = {"organization": "organisation", "year": "year", "source": "source"}


def tallied(
    tally: Tally, library: Library, lookup: Lookup, scope: Scope
) -> tuple[list[Hit], list[Piece] | Refusal]:
    """A line for each value with its count and its newest paper, most papers first."""
    statistics = library.statistics()
    values = _values(tally, statistics)
    hits: list[Hit] = []
    pieces = [Piece(_opening(tally, values, statistics.papers))]
    for name, count in values[:MOST_TOLD]:
        papers = library.find(_within(tally, name, scope), sort="published", limit=1)
        if not papers:
            continue
        hits += lookup.hits(papers)
        which = "" if count == 1 else "the newest "
        text = (
            f"\n- {quoted(name)}: {counted(count, 'paper')}, {which}**{quoted(papers[0].title)}**"
        )
        cited = Citation(len(hits), papers[0], None, ON_RECORD)
        pieces.append(Piece(f"{text} [{len(hits)}]", (cited,)))
    if not hits:
        return [], Refusal("not-on-shelf", f"No paper on this shelf names an {_NOUNS[tally]}.")
    if len(values) > MOST_TOLD:
        pieces.append(Piece(f"\n… and {len(values) - MOST_TOLD:,} more."))
    return hits, pieces


def _values(tally: Tally, statistics: Statistics) -> Sequence[tuple[str, int]]:
    match tally:
        case "organization":
            return statistics.by_organization
        case "source":
            return statistics.by_source
    return [(str(year), count) for year, count in statistics.by_year if year is not None]


def _opening(tally: Tally, values: Sequence[tuple[str, int]], papers: int) -> str:
    noun = _NOUNS[tally]
    given = sum(count for _, count in values)
    if tally == "source":
        return f"The papers on this shelf come from {counted(len(values), noun)}:"
    verb = "gives" if given == 1 else "give"
    what = "an organisation" if tally == "organization" else "a year"
    named = counted(len(values), noun)
    return f"{given:,} of {counted(papers, 'paper')} {verb} {what}, {named} in all:"


def _within(tally: Tally, name: str, scope: Scope) -> Scope:
    match tally:
        case "organization":
            return replace(scope, organization=name)
        case "source":
            return replace(scope, source=name)
    return replace(scope, since=Published(int(name)), until=Published(int(name)))

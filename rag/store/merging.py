"""How records become one paper: within a source, then across sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from rag.types import Paper, Published, Record

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Sourced:
    """What one source says of a paper; `changed` grows with every change, over all sources."""

    source: str
    changed: int
    record: Record


def within_source(records: Sequence[Record]) -> Record:
    """One record of several that a source holds of one paper: the longest text, richest fields."""
    longest = max(records, key=lambda record: len(record.abstract))
    return _enriched(longest, records)


def across_sources(paper_id: str, sourced: Sequence[Sourced]) -> Paper:
    """The paper that sources, in order of arrival, tell of: the newest text, richest fields."""
    newest = max(sourced, key=lambda said: (bool(said.record.abstract), said.changed))
    merged = _enriched(newest.record, [said.record for said in sourced])
    return Paper(
        id=paper_id,
        title=merged.title,
        abstract=merged.abstract,
        authors=merged.authors,
        author_count=merged.author_count,
        organization=merged.organization,
        published=merged.published,
        upvotes=merged.upvotes,
        url=merged.url,
        identifiers=merged.identifiers,
        sources=tuple(said.source for said in sourced),
    )


def _enriched(text: Record, records: Sequence[Record]) -> Record:
    dates = [record.published for record in records if record.published is not None]
    return replace(
        text,
        title=text.title or _first(record.title for record in records) or "",
        authors=max((record.authors for record in records), key=len),
        author_count=_most(record.author_count for record in records),
        organization=_first(record.organization for record in records),
        published=max(dates, key=_parts) if dates else None,
        upvotes=_most(record.upvotes for record in records),
        url=_first(record.url for record in records),
        identifiers=tuple(dict.fromkeys(pair for record in records for pair in record.identifiers)),
        line=1,
    )


def _first(values: Iterable[Value | None]) -> Value | None:
    return next((value for value in values if value), None)


def _most(values: Iterable[int | None]) -> int | None:
    return max((value for value in values if value is not None), default=None)


def _parts(date: Published) -> int:
    return sum(part is not None for part in (date.year, date.month, date.day))

"""Looks papers up for a question about the record: by filters, by a topic, by their name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rag.answering.record_naming import called
from rag.answering.record_question import Rank, RecordQuestion
from rag.answering.record_values import FIELD_OF_RANK, value
from rag.answering.topic import about
from rag.types import Hit, Paper, Passage, Range, Scope, Span

MOST_READ = 200
MOST_OF_TOPIC = 200
ALL_OF_TOPIC = 90  # as many about a topic are all that a search gives: there may be more
NAMED = 10  # papers among which a name is looked for
ANY = Range()  # whatever number there is


class Statistics(Protocol):
    """How much there is on the shelf, as this module sees it."""

    @property
    def papers(self) -> int: ...

    @property
    def by_source(self) -> tuple[tuple[str, int], ...]: ...

    @property
    def by_year(self) -> tuple[tuple[int | None, int], ...]: ...

    @property
    def by_organization(self) -> tuple[tuple[str, int], ...]: ...


class Library(Protocol):
    """The catalogue, as this module sees it."""

    def organizations(self) -> Sequence[str]: ...

    def find(self, scope: Scope, *, sort: Rank, limit: int) -> list[Paper]: ...

    def count(self, scope: Scope) -> int: ...

    def statistics(self) -> Statistics: ...

    def passages_of(self, paper_ids: Sequence[str]) -> dict[str, tuple[Passage, ...]]: ...


class Searcher(Protocol):
    """The retriever, as this module sees it."""

    def search(
        self, question: str, keywords: str, *, scope: Scope = ..., limit: int = ...
    ) -> list[Hit]: ...


@dataclass(frozen=True, slots=True)
class Listing:
    """Papers that fit, in order, and how many do in all; `is_least` where there may be more.

    `possible` have a date that lacks the part which decides, `possible_total` of them. Of those
    that fit but for the date or order asked for, `unknown` lack it altogether.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    is_least: bool = False
    possible: tuple[Hit, ...] = ()
    possible_total: int = 0
    unknown: int = 0


class Lookup:
    """Finds papers in the catalogue, and by the retriever where there is a topic."""

    def __init__(self, library: Library, searcher: Searcher) -> None:
        self._library = library
        self._searcher = searcher

    def listing(self, question: RecordQuestion, within: Scope) -> Listing:
        """The papers within the scope, on the topic, in the order asked for."""
        rank: Rank = question.rank or "published"
        hits, total = self._found(question.topic, within, rank)
        if question.rank:
            hits = [hit for hit in hits if value(hit.paper, FIELD_OF_RANK[rank]) is not None]
        possible, possible_total = self._possible(question, within)
        return Listing(
            hits=tuple(hits),
            total=total,
            is_least=bool(question.topic) and total >= ALL_OF_TOPIC,
            possible=tuple(possible),
            possible_total=possible_total,
            unknown=self._unknown(question, within, total),
        )

    def named(self, name: str, within: Scope) -> tuple[Paper | None, list[Hit]]:
        """The paper that is called so, if there is one, and what was found for the name."""
        hits = self._searcher.search(name, name, scope=within, limit=NAMED)
        return called(name, [hit.paper for hit in hits]), hits

    def _unknown(self, question: RecordQuestion, within: Scope, total: int) -> int:
        """How many papers say nothing of what is asked for."""
        if within.dating != "sure":
            return 0
        if within.since or within.until or question.rank in ("published", "oldest"):
            undated = replace(within, since=None, until=None, dating="none")
            return self._found(question.topic, undated, "published")[1]
        if question.rank is None:
            return 0
        if FIELD_OF_RANK[question.rank] == "authors":
            known = replace(within, author_count=within.author_count or ANY)
        else:
            known = replace(within, upvotes=within.upvotes or ANY)
        return total - self._found(question.topic, known, question.rank)[1]

    def _possible(self, question: RecordQuestion, within: Scope) -> tuple[list[Hit], int]:
        if within.dating != "sure":
            return [], 0
        if within.since or within.until:
            undecided = replace(within, dating="possible")
        elif question.rank in ("published", "oldest"):
            undecided = replace(within, dating="no-year")
        else:
            return [], 0
        hits, total = self._found(question.topic, undecided, question.rank or "published")
        if question.rank is None or FIELD_OF_RANK[question.rank] == "published":
            return hits, total
        known = [hit for hit in hits if value(hit.paper, FIELD_OF_RANK[question.rank]) is not None]
        return known, len(known)

    def _found(self, topic: str, within: Scope, rank: Rank) -> tuple[list[Hit], int]:
        if topic:
            hits = self._about(topic, within, rank)
            return hits, len(hits)
        papers = self._library.find(within, sort=rank, limit=MOST_READ)
        total = len(papers) if len(papers) < MOST_READ else self._library.count(within)
        return self.hits(papers), total

    def _about(self, topic: str, within: Scope, rank: Rank) -> list[Hit]:
        found = self._searcher.search(topic, topic, scope=within, limit=MOST_OF_TOPIC)
        by_id = {hit.paper.id: hit for hit in about(topic, found)}
        if not by_id:
            return []
        ordered = self._library.find(Scope(paper_ids=tuple(by_id)), sort=rank, limit=MOST_OF_TOPIC)
        return [by_id[paper.id] for paper in ordered if paper.id in by_id]

    def hits(self, papers: Sequence[Paper]) -> list[Hit]:
        """Papers of the catalogue as if they had been found."""
        passages = self._library.passages_of([paper.id for paper in papers])
        return [Hit(paper, _first(paper, passages.get(paper.id, ())), 1.0) for paper in papers]


def _first(paper: Paper, passages: Sequence[Passage]) -> Passage:
    return passages[0] if passages else Passage(f"{paper.id}#0", paper.id, "", Span(0, 0))

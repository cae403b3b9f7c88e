"""Answers questions about the record from the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from rag.answering.asked import Asked
from rag.answering.outcome import Outcome
from rag.answering.record_answer import listed, stated
from rag.answering.record_question import Rank, RecordQuestion, parse
from rag.language.words import squeezed
from rag.types import Hit, Paper, Passage, Published, Refusal, Scope

SAME_TOPIC = 0.12  # score that a paper of a topic may lie below the best
MOST_READ = 200
STEM = 6  # letters that two forms of a word share
NOTHING = Refusal("not-on-shelf", "No paper on this shelf fits that.")


class Library(Protocol):
    """The catalogue, as this module sees it."""

    def organizations(self) -> list[str]: ...

    def find(self, scope: Scope, *, sort: Rank, limit: int) -> list[Paper]: ...

    def passages_of(self, paper_ids: Sequence[str]) -> dict[str, tuple[Passage, ...]]: ...


class Searcher(Protocol):
    """The retriever, as this module sees it."""

    def search(
        self, question: str, keywords: str, *, scope: Scope = ..., limit: int = ...
    ) -> list[Hit]: ...


class Records:
    """Reads questions for what they ask of the record."""

    def __init__(self, library: Library, searcher: Searcher) -> None:
        self._library = library
        self._searcher = searcher

    def parse(self, asked: Asked) -> RecordQuestion | None:
        return parse(asked.latest, self._library.organizations())

    def answer(self, question: RecordQuestion, scope: Scope) -> Outcome:
        """For a question that the record alone can answer."""
        if question.fields:
            return self._state(question, scope)
        hits = self._ranked(question, scope) if question.topic else self._listed(question, scope)
        if not hits:
            return Outcome((), refusal=NOTHING)
        return Outcome(tuple(hits), tuple(listed(question, [hit.paper for hit in hits])))

    def _state(self, question: RecordQuestion, scope: Scope) -> Outcome:
        hits = self._search(question, scope)
        if not hits or not _is_about(hits[0].paper, question.topic):
            return Outcome(tuple(hits), refusal=NOTHING)
        outcome = stated(question, hits[0].paper)
        if isinstance(outcome, Refusal):
            return Outcome(tuple(hits), refusal=outcome)
        return Outcome(tuple(hits), tuple(outcome))

    def _ranked(self, question: RecordQuestion, scope: Scope) -> list[Hit]:
        """Papers on the topic in the order asked for."""
        hits = self._search(question, scope)
        near = [hit for hit in hits if hit.score >= hits[0].score - SAME_TOPIC]
        by_id = {hit.paper.id: hit for hit in near}
        wanted = Scope(paper_ids=tuple(by_id))
        rank: Rank = question.rank or "published"
        return [by_id[p.id] for p in self._library.find(wanted, sort=rank, limit=MOST_READ)]

    def _listed(self, question: RecordQuestion, scope: Scope) -> list[Hit]:
        rank: Rank = question.rank or "published"
        papers = self._library.find(narrowed(scope, question), sort=rank, limit=MOST_READ)
        passages = self._library.passages_of([paper.id for paper in papers])
        return [Hit(p, passages[p.id][0], 1.0) for p in papers if passages.get(p.id)]

    def _search(self, question: RecordQuestion, scope: Scope) -> list[Hit]:
        return self._searcher.search(
            question.topic, question.topic, scope=narrowed(scope, question), limit=20
        )


def _is_about(paper: Paper, topic: str) -> bool:
    """Whether most words of the topic stand in the paper: no record may pass for another's."""
    text = squeezed(f"{paper.title} {paper.abstract}")
    wanted = [squeezed(word)[:STEM] for word in topic.split()]
    return 2 * sum(word in text for word in wanted) > len(wanted)


def is_about_records_alone(question: RecordQuestion) -> bool:
    """False where it only narrows down which papers may say what is asked."""
    return bool(question.rank or question.fields or not question.topic)


def narrowed(scope: Scope, question: RecordQuestion) -> Scope:
    """The scope that was set, and what the question adds to it."""
    wanted = question.scope
    return replace(
        scope,
        since=max(_set(scope.since, wanted.since), key=_first_day, default=None),
        until=min(_set(scope.until, wanted.until), key=_last_day, default=None),
        organization=scope.organization or wanted.organization,
    )


def _set(*dates: Published | None) -> list[Published]:
    return [date for date in dates if date is not None]


def _first_day(date: Published) -> tuple[int, int, int]:
    return date.year or 0, date.month or 1, date.day or 1


def _last_day(date: Published) -> tuple[int, int, int]:
    return date.year or 9999, date.month or 12, date.day or 31

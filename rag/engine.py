"""The way of a question: understand, retrieve, decide, answer; one stream of events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from rag.answering import abstracts, small_talk
from rag.answering.asked import Asked
from rag.answering.draft import Draft
from rag.answering.evidence import Evidence, Reader, read
from rag.answering.follow_up import stand_alone
from rag.answering.outcome import Outcome, Piece, Written
from rag.answering.paper_choice import with_compared
from rag.answering.record_question import RecordQuestion
from rag.answering.records import (
    Library,
    Records,
    Searcher,
    is_about_records_alone,
    narrowed,
)
from rag.answering.refusal import EMPTY_SHELF, HOPELESS
from rag.answering.writer import Task, Writer
from rag.errors import QuestionError
from rag.language.words import keywords, whole
from rag.types import (
    Answer,
    Completed,
    Event,
    Hit,
    Retrieved,
    Scope,
    Timing,
    Turn,
)

LONGEST_QUESTION = 4000  # characters
RETRIEVED = 20


class Finder(Searcher, Protocol):
    """A retriever that knows how the shelf spells names."""

    def respelt(self, question: str) -> str: ...


class Engine:
    """Answers questions; holds no conversation. Heavy work runs in threads, off the event loop.

    Without a writer, an answer is the abstracts' own sentences.
    """

    def __init__(
        self, searcher: Finder, reader: Reader, library: Library, writer: Writer | None = None
    ) -> None:
        self._searcher = searcher
        self._reader = reader
        self._library = library
        self._records = Records(library, searcher)
        self._writer = writer

    async def stream(
        self, question: str, history: Sequence[Turn] = (), scope: Scope = Scope()
    ) -> AsyncGenerator[Event, None]:
        """`Retrieved`, then `Delta`s, then `Completed`; small talk has no `Retrieved`."""
        draft = Draft(_checked(question))
        if talk := small_talk.reply(question):
            yield draft.say(Piece(talk))
            yield Completed(draft.answer())
            return
        found = await self._found(draft, history, scope)
        draft.hits = found.hits
        yield Retrieved(found.hits)
        async with aclosing(self._pieces(draft, found, history)) as pieces:
            async for piece in pieces:
                yield draft.say(piece)
        yield Completed(draft.answer())

    async def ask(
        self, question: str, history: Sequence[Turn] = (), scope: Scope = Scope()
    ) -> Answer:
        """The finished answer: a fold over the stream."""
        async for event in self.stream(question, history, scope):
            if isinstance(event, Completed):
                return event.answer
        raise AssertionError("a stream ends with Completed")

    async def search(self, question: str, *, scope: Scope = Scope(), limit: int = 10) -> list[Hit]:
        """Papers alone, best first."""
        asked = _checked(question)
        return await asyncio.to_thread(
            self._searcher.search, asked, keywords(asked), scope=scope, limit=limit
        )

    async def _found(self, draft: Draft, history: Sequence[Turn], scope: Scope) -> Found:
        """From the catalogue where it knows, else what abstracts say."""
        asked = stand_alone(draft.question, history)
        asked, record = await draft.timed("understand", self._understood, asked)
        is_settled = record and is_about_records_alone(record)
        if self._writer and history and not is_settled and await self._has_papers():
            asked = await self._restated(draft, self._writer, history)
            asked, record = await draft.timed("understand again", self._understood, asked)
        if record and is_about_records_alone(record):
            outcome = await draft.timed("look up", self._records.answer, record, scope)
            return Found(asked, outcome.hits, outcome)
        within = narrowed(scope, record) if record else scope
        hits = await draft.timed("retrieve", self._search, asked, within)
        if not hits and within.is_empty:
            return Found(asked, (), Outcome((), refusal=EMPTY_SHELF))
        if self._writer is None:
            outcome = await draft.timed("read", abstracts.answer, asked, hits, self._reader)
            return Found(asked, outcome.hits, outcome)
        return await draft.timed("read", self._read, asked, hits)

    def _understood(self, asked: Asked) -> tuple[Asked, RecordQuestion | None]:
        """The question with names as the shelf spells them, and what it asks of the record."""
        spelt = asked.spelt(self._searcher.respelt(asked.readable))
        return spelt, self._records.parse(spelt)

    async def _has_papers(self) -> bool:
        any_paper = await asyncio.to_thread(self._library.find, Scope(), sort="published", limit=1)
        return bool(any_paper)

    async def _restated(self, draft: Draft, writer: Writer, history: Sequence[Turn]) -> Asked:
        began = time.perf_counter()
        asked, usage = await writer.restate(draft.question, history)
        draft.timings.append(Timing("restate", time.perf_counter() - began))
        draft.usages.append(usage)
        return asked

    async def _pieces(
        self, draft: Draft, found: Found, history: Sequence[Turn]
    ) -> AsyncGenerator[Piece, None]:
        if found.outcome or self._writer is None:
            draft.refusal = found.outcome.refusal if found.outcome else None
            for piece in found.outcome.said if found.outcome else ():
                yield piece
            return
        task = Task(found.asked, found.evidence, history)
        async with aclosing(self._writer.write(task)) as written:
            async for one in written:
                if isinstance(one, Written):
                    draft.note(one)
                else:
                    yield one

    def _read(self, asked: Asked, hits: Sequence[Hit]) -> Found:
        """The evidence for a writer; an outcome where there is no hope of an answer."""
        hits = with_compared(asked, hits)
        evidence = tuple(read(asked, hits, self._reader))
        refusal = abstracts.refused(asked, evidence, below=HOPELESS)
        outcome = Outcome(tuple(hits), refusal=refusal) if refusal else None
        return Found(asked, tuple(hits), outcome, evidence)

    def _search(self, asked: Asked, scope: Scope) -> list[Hit]:
        return self._searcher.search(asked.text, asked.keywords, scope=scope, limit=RETRIEVED)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question: an outcome, or evidence to write an answer from."""

    asked: Asked
    hits: tuple[Hit, ...]
    outcome: Outcome | None
    evidence: tuple[Evidence, ...] = ()


def _checked(question: str) -> str:
    """The question without surrounding blanks; raises QuestionError where it cannot be asked."""
    text = whole(question).strip()
    if not text:
        raise QuestionError("The question is empty. Ask something about the papers.")
    if len(text) > LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {len(text):,} characters; {LONGEST_QUESTION:,} is the most."
        )
    return text

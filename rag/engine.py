"""The way of a question: understand, retrieve, decide, answer; one stream of events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from rag.answering import abstracts, small_talk
from rag.answering.asked import Asked
from rag.answering.evidence import Reader
from rag.answering.follow_up import stand_alone
from rag.answering.outcome import Outcome, Piece
from rag.answering.records import (
    Library,
    Records,
    Searcher,
    is_about_records_alone,
    narrowed,
)
from rag.answering.refusal import EMPTY_SHELF
from rag.errors import QuestionError
from rag.language.words import keywords, whole
from rag.types import (
    Answer,
    Citation,
    Completed,
    Delta,
    Event,
    Hit,
    Refusal,
    Retrieved,
    Scope,
    Timing,
    Turn,
)

T = TypeVar("T")

LONGEST_QUESTION = 4000  # characters
RETRIEVED = 20


class Engine:
    """Answers questions; holds no conversation. Heavy work runs in threads, off the event loop."""

    def __init__(self, searcher: Searcher, reader: Reader, library: Library) -> None:
        self._searcher = searcher
        self._reader = reader
        self._records = Records(library, searcher)

    async def stream(
        self, question: str, history: Sequence[Turn] = (), scope: Scope = Scope()
    ) -> AsyncIterator[Event]:
        """`Retrieved`, then `Delta`s, then `Completed`; small talk has no `Retrieved`."""
        draft = _Draft(_checked(question))
        if talk := small_talk.reply(question):
            yield draft.say(Piece(talk))
            yield Completed(draft.answer())
            return
        asked = stand_alone(draft.question, history)
        outcome = await self._outcome(draft, asked, scope)
        draft.hits, draft.refusal = outcome.hits, outcome.refusal
        yield Retrieved(outcome.hits)
        for piece in outcome.said:
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

    async def _outcome(self, draft: _Draft, asked: Asked, scope: Scope) -> Outcome:
        """From the catalogue where it knows, else from what abstracts say."""
        record = await draft.timed("understand", self._records.parse, asked)
        if record and is_about_records_alone(record):
            return await draft.timed("look up", self._records.answer, record, scope)
        within = narrowed(scope, record) if record else scope
        hits = await draft.timed("retrieve", self._search, asked, within)
        if not hits and within.is_empty:
            return Outcome((), refusal=EMPTY_SHELF)
        return await draft.timed("read", abstracts.answer, asked, hits, self._reader)

    def _search(self, asked: Asked, scope: Scope) -> list[Hit]:
        return self._searcher.search(asked.text, asked.keywords, scope=scope, limit=RETRIEVED)


@dataclass(slots=True)
class _Draft:
    """What is known of an answer while it is being made."""

    question: str
    hits: tuple[Hit, ...] = ()
    refusal: Refusal | None = None
    texts: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    timings: list[Timing] = field(default_factory=list)

    async def timed(self, stage: str, work: Callable[..., T], *args: object) -> T:
        """Does the work in a thread and notes how long it took."""
        began = time.perf_counter()
        result = await asyncio.to_thread(work, *args)
        self.timings.append(Timing(stage, time.perf_counter() - began))
        return result

    def say(self, piece: Piece) -> Delta:
        self.texts.append(piece.text)
        self.citations.extend(piece.citations)
        return Delta(piece.text)

    def answer(self) -> Answer:
        return Answer(
            question=self.question,
            text="".join(self.texts),
            citations=tuple(self.citations),
            refusal=self.refusal,
            retrieved=self.hits,
            timings=tuple(self.timings),
        )


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

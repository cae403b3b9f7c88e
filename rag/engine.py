"""The way of a question: understand, retrieve, decide, answer; one stream of events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from rag.answering import small_talk
from rag.answering.asked import Asked
from rag.answering.evidence import Evidence, Reader, read
from rag.answering.extractive import Piece, compose
from rag.answering.follow_up import stand_alone
from rag.answering.refusal import refuse
from rag.errors import QuestionError
from rag.language.words import keywords
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


class Searcher(Protocol):
    """The retriever, as the engine sees it."""

    def search(
        self, question: str, keywords: str, *, scope: Scope = ..., limit: int = ...
    ) -> list[Hit]: ...


class Engine:
    """Answers questions; holds no conversation. Heavy work runs in threads, off the event loop."""

    def __init__(self, searcher: Searcher, reader: Reader) -> None:
        self._searcher = searcher
        self._reader = reader

    async def stream(
        self, question: str, history: Sequence[Turn] = (), scope: Scope = Scope()
    ) -> AsyncIterator[Event]:
        """`Retrieved`, then `Delta`s, then `Completed`; small talk has no `Retrieved`."""
        draft = _Draft(_checked(question))
        if talk := small_talk.reply(question):
            yield draft.say(Piece(talk, ()))
            yield Completed(draft.answer())
            return
        asked = stand_alone(draft.question, history)
        draft.hits = await draft.timed("retrieve", self._search, asked, scope)
        yield Retrieved(draft.hits)
        evidence = await draft.timed("read", read, asked, draft.hits, self._reader)
        draft.rank(evidence)
        draft.refusal = refuse(asked, evidence)
        if draft.refusal:
            yield draft.say(Piece(draft.refusal.reason, ()))
        else:
            for piece in await draft.timed("answer", self._compose, asked, evidence):
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

    def _search(self, asked: Asked, scope: Scope) -> tuple[Hit, ...]:
        found = self._searcher.search(asked.text, asked.keywords, scope=scope, limit=RETRIEVED)
        return tuple(found)

    def _compose(self, asked: Asked, evidence: Sequence[Evidence]) -> list[Piece]:
        return list(compose(asked, evidence, self._reader))


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

    def rank(self, evidence: Sequence[Evidence]) -> None:
        """Puts the papers that were read first, in the order of the evidence."""
        read_first = [one.hit for one in evidence]
        self.hits = (*read_first, *self.hits[len(read_first) :])

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
    text = question.strip()
    if not text:
        raise QuestionError("The question is empty. Ask something about the papers.")
    if len(text) > LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {len(text):,} characters; {LONGEST_QUESTION:,} is the most."
        )
    return text

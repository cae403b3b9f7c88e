"""The way of a question: understand, retrieve, decide, answer; one stream of events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from rag.answering import small_talk
from rag.answering.draft import Draft
from rag.answering.evidence import Reader
from rag.answering.finding import Finder, Finding, Found
from rag.answering.outcome import Piece, Written
from rag.answering.record_lookup import Library
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
    Turn,
    finished,
)

LONGEST_QUESTION = 4000  # characters


class Engine:
    """Answers questions; holds no conversation. Heavy work runs in threads, off the event loop.

    Without a writer, an answer is the abstracts' own sentences.
    """

    def __init__(
        self, searcher: Finder, reader: Reader, library: Library, writer: Writer | None = None
    ) -> None:
        self._searcher = searcher
        self._finding = Finding(searcher, reader, library, writer)
        self._writer = writer

    async def stream(
        self, question: str, history: Sequence[Turn] = (), scope: Scope = Scope()
    ) -> AsyncGenerator[Event, None]:
        """`Retrieved`, then `Delta`s, then `Completed`; small talk has no `Retrieved`.

        It comes before anything is read, and again where other words have found other papers.
        """
        draft = Draft(_checked(question))
        if talk := small_talk.reply(question):
            yield draft.say(Piece(talk))
            yield Completed(draft.answer())
            return
        retrieved = await self._finding.retrieved(draft, history, scope)
        yield Retrieved(retrieved.hits)
        found = await self._finding.found(draft, retrieved)
        if found.hits != retrieved.hits:
            yield Retrieved(found.hits)
        draft.hits = found.hits
        async with aclosing(self._pieces(draft, found, history)) as pieces:
            async for piece in pieces:
                yield draft.say(piece)
        yield Completed(draft.answer())

    async def ask(
        self, question: str, history: Sequence[Turn] = (), scope: Scope = Scope()
    ) -> Answer:
        """The finished answer: a fold over the stream."""
        return await finished(self.stream(question, history, scope))

    async def search(self, question: str, *, scope: Scope = Scope(), limit: int = 10) -> list[Hit]:
        """Papers alone, best first."""
        asked = _checked(question)
        return await asyncio.to_thread(
            self._searcher.search, asked, keywords(asked), scope=scope, limit=limit
        )

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

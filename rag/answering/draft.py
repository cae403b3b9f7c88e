"""An answer while it is being made."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from rag.answering.outcome import Piece, Written
from rag.answering.spending import total
from rag.types import Answer, Citation, Delta, Hit, Refusal, Timing, Usage

T = TypeVar("T")
NOT_WRITTEN = Written()


@dataclass(slots=True)
class Draft:
    """What is known of an answer while it is being made."""

    question: str
    hits: tuple[Hit, ...] = ()
    refusal: Refusal | None = None
    texts: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    timings: list[Timing] = field(default_factory=list)
    usages: list[Usage] = field(default_factory=list)
    written: Written = NOT_WRITTEN

    async def timed(self, stage: str, work: Callable[..., T], *args: object) -> T:
        """Does the work in a thread and notes how long it took."""
        began = time.perf_counter()
        result = await asyncio.to_thread(work, *args)
        self.timings.append(Timing(stage, time.perf_counter() - began))
        return result

    async def spent(self, stage: str, call: Awaitable[tuple[T, Usage]]) -> T:
        """What a model makes of the question; notes how long it took and what it cost."""
        began = time.perf_counter()
        told, usage = await call
        self.timings.append(Timing(stage, time.perf_counter() - began))
        self.usages.append(usage)
        return told

    def say(self, piece: Piece) -> Delta:
        self.texts.append(piece.text)
        self.citations.extend(piece.citations)
        return Delta(piece.text, piece.citations)

    def note(self, written: Written) -> None:
        """What a writer says of the answer at its end."""
        self.written, self.refusal = written, written.refusal
        self.timings.extend(written.timings)
        self.usages.append(written.usage)

    def answer(self) -> Answer:
        return Answer(
            question=self.question,
            text="".join(self.texts),
            citations=tuple(self.citations),
            refusal=self.refusal,
            retrieved=self.hits,
            timings=tuple(self.timings),
            usage=total(self.usages),
            model=self.written.model,
            failure=self.written.failure,
            dropped=self.written.dropped,
        )

"""The engine, with everything that it answers counted and timed, whoever asks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Protocol

from rag.errors import QuestionError
from rag.types import Answer, Completed, Delta, Event, Hit, Scope, Turn, finished
from ui.server.answer_metrics import AnswerMetrics, Outcome


class Engine(Protocol):
    """What answers, and finds papers."""

    def stream(
        self, question: str, history: Sequence[Turn] = ..., scope: Scope = ...
    ) -> AsyncGenerator[Event, None]: ...

    async def search(self, question: str, *, scope: Scope = ..., limit: int = ...) -> list[Hit]: ...


class Measured:
    """Gives what the engine gives, event by event."""

    def __init__(self, engine: Engine, metrics: AnswerMetrics) -> None:
        self._engine, self._metrics = engine, metrics

    async def stream(
        self, question: str, history: Sequence[Turn] = (), scope: Scope = Scope()
    ) -> AsyncGenerator[Event, None]:
        """As the engine's."""
        watch = _Watch(self._metrics)
        try:
            async with aclosing(self._engine.stream(question, history, scope)) as events:
                async for event in events:
                    watch.saw(event)
                    yield event
        except Exception as error:
            watch.failed(error)
            raise
        finally:
            self._metrics.ended(watch.outcome)

    async def ask(
        self, question: str, history: Sequence[Turn] = (), scope: Scope = Scope()
    ) -> Answer:
        """The finished answer: a fold over the stream."""
        return await finished(self.stream(question, history, scope))

    async def search(self, question: str, *, scope: Scope = Scope(), limit: int = 10) -> list[Hit]:
        """As the engine's."""
        began = time.perf_counter()
        found = await self._engine.search(question, scope=scope, limit=limit)
        self._metrics.searched(time.perf_counter() - began)
        return found


class _Watch:
    """One question; left is what came to no end and did not fail."""

    def __init__(self, metrics: AnswerMetrics) -> None:
        self.outcome: Outcome = "left"
        self._metrics, self._began = metrics, time.perf_counter()
        self._has_begun = False

    def saw(self, event: Event) -> None:
        seconds = time.perf_counter() - self._began
        if isinstance(event, Delta) and not self._has_begun:
            self._has_begun = True
            self._metrics.began(seconds)
        elif isinstance(event, Completed):
            self.outcome = "refused" if event.answer.refusal else "answered"
            self._metrics.answered(event.answer, seconds)

    def failed(self, error: Exception) -> None:
        if self.outcome == "left" and not isinstance(error, asyncio.CancelledError):
            self.outcome = "invalid" if isinstance(error, QuestionError) else "failed"

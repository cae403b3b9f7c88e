"""The engine with a memory: what was asked before, of the same shelf, is not made anew."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Hashable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Protocol

from rag.language.words import whole
from rag.remembering.memory import Key, Memory
from rag.remembering.together import Together
from rag.types import Answer, Completed, Event, Hit, Scope, Timing, Turn, finished


class Answering(Protocol):
    """The engine."""

    def stream(
        self, question: str, history: Sequence[Turn] = ..., scope: Scope = ...
    ) -> AsyncGenerator[Event, None]: ...

    async def search(self, question: str, *, scope: Scope = ..., limit: int = ...) -> list[Hit]: ...


class Shelved(Protocol):
    """The shelf; `version` is another after every change, and while one goes on."""

    @property
    def version(self) -> int: ...


class Remembering:
    """Answers as the engine does, with the same events.

    Who asks the same at the same time shares one answer in the making; it goes on until the last
    of them has left. What a model wrote, and what failed, is made anew each time. `today` counts
    as well: questions may speak of last month.
    """

    def __init__(
        self,
        engine: Answering,
        shelf: Shelved,
        memory: Memory,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._engine, self._shelf, self._memory = engine, shelf, memory
        self._today = today
        self._making: dict[tuple[asyncio.AbstractEventLoop, Key], Together] = {}

    async def stream(
        self, question: str, history: Sequence[Turn] = (), scope: Scope = Scope()
    ) -> AsyncGenerator[Event, None]:
        """As the engine's; one answer has one wording of its events, whoever asks."""
        began = time.perf_counter()
        key = Key(self._state(), " ".join(question.split()), tuple(history), scope)
        if (known := self._memory.recall(key)) is not None:
            for event in known:
                taken = time.perf_counter() - began
                yield _asked(event, question, (Timing("remember", taken),))
            return
        async with aclosing(self._together(key, question).events()) as events:
            async for event in events:
                yield _asked(event, question)

    async def ask(
        self, question: str, history: Sequence[Turn] = (), scope: Scope = Scope()
    ) -> Answer:
        """The finished answer: a fold over the stream."""
        return await finished(self.stream(question, history, scope))

    async def search(self, question: str, *, scope: Scope = Scope(), limit: int = 10) -> list[Hit]:
        """As the engine's; nothing is remembered."""
        return await self._engine.search(question, scope=scope, limit=limit)

    def _together(self, key: Key, question: str) -> Together:
        """The answer in the making that there is, else a new one."""
        place = asyncio.get_running_loop(), key
        if place not in self._making:
            stream = self._engine.stream(question, key.history, key.scope)
            self._making[place] = Together(stream, partial(self._made, place))
        return self._making[place]

    def _made(
        self, place: tuple[asyncio.AbstractEventLoop, Key], events: tuple[Event, ...]
    ) -> None:
        del self._making[place]
        key = place[1]
        # What was made while the shelf changed is neither of the one nor of the other.
        if events and _may_be_kept(events[-1]) and key.state == self._state():
            self._memory.keep(key, events)

    def _state(self) -> Hashable:
        return self._shelf.version, self._today()


def _may_be_kept(last: Event) -> bool:
    return isinstance(last, Completed) and last.answer.model is None and last.answer.failure is None


def _asked(event: Event, question: str, timings: tuple[Timing, ...] | None = None) -> Event:
    """The event for somebody who asked in this spelling: blanks may differ."""
    if not isinstance(event, Completed):
        return event
    answer = replace(event.answer, question=whole(question).strip())
    return Completed(answer if timings is None else replace(answer, timings=timings))

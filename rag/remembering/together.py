"""One answer in the making, for everybody who waits for the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TypeAlias

from rag.types import Completed, Event

WhenOver: TypeAlias = Callable[[tuple[Event, ...]], None]


class Together:
    """Makes the events of a stream once, within one event loop; stops when nobody listens.

    `when_over` is called once, as soon as nobody may join any more: with all events where the
    answer is whole, with none where it was broken off.
    """

    def __init__(self, stream: AsyncGenerator[Event, None], when_over: WhenOver) -> None:
        self._told: list[Event] = []
        self._news = asyncio.Event()
        self._listeners = 0
        self._when_over: WhenOver | None = when_over
        self._making = asyncio.ensure_future(self._make(stream))
        self._making.add_done_callback(lambda _: self._stir())

    async def events(self) -> AsyncGenerator[Event, None]:
        """All of them, from the first; raises what the stream raises."""
        self._listeners += 1
        heard = 0
        try:
            while True:
                news = self._news
                if heard < len(self._told):
                    heard += 1
                    yield self._told[heard - 1]
                elif self._making.done():
                    break
                else:
                    await news.wait()
            self._making.result()
        finally:
            self._listeners -= 1
            if not self._listeners:
                await self._end()

    async def _make(self, stream: AsyncGenerator[Event, None]) -> None:
        async with aclosing(stream):
            async for event in stream:
                # Before anyone hears the end: who has heard it may leave at once.
                if isinstance(event, Completed):
                    self._over((*self._told, event))
                self._told.append(event)
                self._stir()

    def _stir(self) -> None:
        """Wakes those who wait for more."""
        if self._making.done():
            self._over(())
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _end(self) -> None:
        self._over(())
        self._making.cancel()
        await asyncio.wait({self._making})
        if not self._making.cancelled():
            self._making.exception()  # nobody is left to be told of it

    def _over(self, events: tuple[Event, ...]) -> None:
        when_over, self._when_over = self._when_over, None
        if when_over:
            when_over(events)

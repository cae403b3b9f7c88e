"""How many questions are answered at once, and how many may wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class BusyError(Exception):
    """So many wait already that nobody else may."""


class Places:
    """A bounded queue before the engine."""

    def __init__(self, *, running: int = 8, waiting: int = 32) -> None:
        self.running = running
        self._free = asyncio.Semaphore(running)
        self._most = running + waiting
        self._taken = 0

    @property
    def are_taken(self) -> bool:
        """Whether the next to come would have to wait."""
        return self._free.locked()

    @property
    def are_waited_for(self) -> bool:
        """Whether somebody waits at this moment."""
        return self._taken > self.running

    @property
    def taken(self) -> int:
        """How many are answered or wait at this moment."""
        return self._taken

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """A place, waited for in order; raises BusyError at once where the queue is full."""
        if self._taken >= self._most:
            raise BusyError
        self._taken += 1
        try:
            async with self._free:
                yield
        finally:
            self._taken -= 1

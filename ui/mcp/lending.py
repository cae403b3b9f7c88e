"""The shelf on loan: opened when a tool first needs it, given back when none has for a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any, Final

from rag.config import Settings
from rag.errors import ShelfBusyError
from ui.remote.opening import Opened, opened

IDLE: Final = 60.0  # seconds; an assistant stays open for hours, and other commands want the shelf
PATIENCE: Final = 10.0  # seconds, where another command has it
LOOKS_EVERY: Final = 0.25  # seconds


class Lending:
    """Lends one open shelf to any number of calls at once."""

    def __init__(
        self, settings: Settings, *, idle: float = IDLE, patience: float = PATIENCE
    ) -> None:
        self._settings, self._idle, self._patience = settings, idle, patience
        self._lock = asyncio.Lock()
        self._borrowers = 0
        self._open: tuple[Opened, AbstractContextManager[Opened]] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Opened]:
        """Raises what opening raises; a call that is cancelled meanwhile leaves nothing undone."""
        self._borrowers += 1
        if self._timer:
            self._timer.cancel()
        try:
            ready = asyncio.create_task(self._ready())
            self._keep(ready)
            yield await asyncio.shield(ready)
        finally:
            self._borrowers -= 1
            if not self._borrowers:
                self._give_back_later()

    async def close(self) -> None:
        """Gives back what is open, whoever still has it."""
        if self._timer:
            self._timer.cancel()
        async with self._lock:
            await self._shut()

    async def _ready(self) -> Opened:
        async with self._lock:
            if self._open is None:
                self._open = await self._opened()
            return self._open[0]

    async def _opened(self) -> tuple[Opened, AbstractContextManager[Opened]]:
        ends_by = asyncio.get_running_loop().time() + self._patience
        while True:
            manager = opened(self._settings)
            try:
                return await asyncio.to_thread(manager.__enter__), manager
            except ShelfBusyError:
                if asyncio.get_running_loop().time() > ends_by:
                    raise
            await asyncio.sleep(LOOKS_EVERY)

    def _give_back_later(self) -> None:
        """A server is asked anew each time: it may be another by then, or gone."""
        is_own = self._open is None or self._open[0].is_own
        after = self._idle if is_own else 0
        self._timer = asyncio.get_running_loop().call_later(after, self._begin_giving_back)

    def _begin_giving_back(self) -> None:
        self._keep(asyncio.create_task(self._give_back()))

    async def _give_back(self) -> None:
        async with self._lock:
            if not self._borrowers:
                await self._shut()

    async def _shut(self) -> None:
        if self._open:
            (_, manager), self._open = self._open, None
            await asyncio.to_thread(manager.__exit__, None, None, None)

    def _keep(self, task: asyncio.Task[Any]) -> None:
        """The loop alone would forget it."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

"""How much the shelf and its indexes hold, counted again every few seconds at most."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from rag.store.tally import Tally

KEEPS = 5.0  # seconds


class Tallied(Protocol):
    """The shelf; None while something is being changed."""

    def tally(self) -> Tally | None: ...


class Tallies:
    """All who ask share a count; what it raised is raised for as long as it is kept."""

    def __init__(self, shelf: Tallied, *, keeps: float = KEEPS) -> None:
        self._shelf, self._keeps = shelf, keeps
        self._counting = asyncio.Lock()
        self._counted = float("-inf")
        self._last: Tally | None = None
        self._failure: Exception | None = None

    @property
    def papers(self) -> int:
        """Papers that can be found, when they were last counted."""
        return self._last.catalogue.papers if self._last else 0

    @property
    def pending(self) -> int:
        """Papers that are to be indexed, when they were last counted."""
        return self._last.catalogue.pending if self._last else 0

    async def current(self) -> Tally | None:
        """The last count; None where there was none but while something was being changed."""
        async with self._counting:
            if time.monotonic() - self._counted >= self._keeps:
                await self._count()
        if self._failure:
            raise self._failure
        return self._last

    async def _count(self) -> None:
        try:
            found = await asyncio.to_thread(self._shelf.tally)
        except Exception as error:  # noqa: BLE001  (it is raised to each who asks)
            self._failure = error
        else:
            self._last, self._failure = found or self._last, None
        self._counted = time.monotonic()

"""Who still looks at the page: an answer that nobody waits for any more is ended at once.

Gradio notices within ten seconds that a page is gone, and stops only between two updates.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import TypeVar

T = TypeVar("T")


class Visits:
    """What goes on for each open page, by Gradio's name of its session."""

    def __init__(self) -> None:
        self._going_on: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    @contextmanager
    def during(self, session: str) -> Iterator[asyncio.Event]:
        """An event that is set when the page is left meanwhile."""
        left = asyncio.Event()
        self._going_on[session].add(left)
        try:
            yield left
        finally:
            self._going_on[session].discard(left)
            if not self._going_on[session]:
                del self._going_on[session]

    def leave(self, session: str) -> None:
        for left in self._going_on.get(session, ()):
            left.set()


async def until(left: asyncio.Event, items: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """The items, until the event is set; then what makes them is cancelled and closed."""
    leaving = asyncio.ensure_future(left.wait())
    async with aclosing(items):
        try:
            while not left.is_set():
                following = asyncio.ensure_future(anext(items))
                try:
                    await asyncio.wait({following, leaving}, return_when=asyncio.FIRST_COMPLETED)
                    if not following.done():
                        return
                    yield following.result()
                except StopAsyncIteration:
                    return
                finally:
                    following.cancel()
                    await asyncio.wait({following})
        finally:
            leaving.cancel()

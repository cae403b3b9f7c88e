"""Work that goes on while what it has handed over is looked at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Hand: TypeAlias = Callable[[T], None]


async def ahead(work: Callable[[Hand[T]], Coroutine[None, None, None]]) -> AsyncGenerator[T, None]:
    """What the work hands over, in order; then its error, if it has one.

    Closing the iterator cancels the work and waits for its end.
    """
    handed: asyncio.Queue[tuple[T] | None] = asyncio.Queue()
    working = asyncio.create_task(work(lambda one: handed.put_nowait((one,))))
    working.add_done_callback(lambda _: handed.put_nowait(None))
    try:
        while (one := await handed.get()) is not None:
            yield one[0]
        await working
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)

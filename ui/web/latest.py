"""Of things that come all at once only the last: a page is not told what it cannot show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")


async def latest(items: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """Each item that nothing follows at once; an error comes after the item before it."""
    async with aclosing(items):
        coming = asyncio.ensure_future(anext(items))
        try:
            while True:
                try:
                    one = await coming
                except StopAsyncIteration:
                    return
                coming = asyncio.ensure_future(anext(items))
                await asyncio.sleep(0)  # lets it come, where it need not wait
                if not _has_come(coming):
                    yield one
        finally:
            coming.cancel()
            await asyncio.wait({coming})


def _has_come(coming: asyncio.Future[T]) -> bool:
    return coming.done() and not coming.cancelled() and coming.exception() is None

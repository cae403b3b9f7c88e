"""What comes at once is told once; nothing that is waited for is lost."""

import asyncio
from contextlib import aclosing

import pytest

from ui.web.latest import latest


async def coming(*items, ended=None):
    """Items; a number to wait for, an error to raise."""
    try:
        for item in items:
            if isinstance(item, float):
                await asyncio.sleep(item)
            elif isinstance(item, Exception):
                raise item
            else:
                yield item
    finally:
        if ended is not None:
            ended.append(True)


async def test_of_what_comes_at_once_the_last_is_told():
    assert [one async for one in latest(coming("a", "b", "c"))] == ["c"]


async def test_what_something_is_waited_for_after_is_told_meanwhile():
    told = [one async for one in latest(coming("a", "b", 0.01, "c", 0.01, "d", "e"))]

    assert told == ["b", "c", "e"]


async def test_nothing_gives_nothing():
    assert [one async for one in latest(coming())] == []


async def test_an_error_comes_after_what_was_there_before_it():
    items = latest(coming("a", "b", ValueError("why")))

    assert await anext(items) == "b"
    with pytest.raises(ValueError, match="why"):
        await anext(items)


async def test_who_stops_listening_ends_what_was_being_made():
    ended = []
    async with aclosing(latest(coming("a", 9.0, "b", ended=ended))) as items:
        assert await anext(items) == "a"

    assert ended == [True]


async def test_who_is_cancelled_while_waiting_ends_it_too():
    ended = []

    async def listen():
        async for _ in latest(coming(9.0, "a", ended=ended)):
            pass

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.01)
    listening.cancel()

    with pytest.raises(asyncio.CancelledError):
        await listening
    assert ended == [True]

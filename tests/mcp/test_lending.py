"""The shelf on loan: opened once, shared, and given back so that other commands can have it."""

import asyncio

import pytest

from rag.config import Settings
from rag.errors import ShelfBusyError
from rag.store.lock import Ownership
from ui.mcp.lending import Lending


@pytest.fixture
def settings(home):
    return Settings(home=home)


def is_free(home):
    try:
        with Ownership(home):
            return True
    except ShelfBusyError:
        return False


async def until_free(home):
    async with asyncio.timeout(5):
        while not is_free(home):  # noqa: ASYNC110  (the system knows it, not this loop)
            await asyncio.sleep(0.01)


async def test_nothing_is_opened_before_it_is_needed(settings, home):
    Lending(settings)

    assert is_free(home)


async def test_calls_at_once_share_one_shelf(settings, home):
    lending = Lending(settings)

    async with lending.lent() as first, lending.lent() as second:
        assert first is second
        assert not is_free(home)
    await lending.close()


async def test_it_is_given_back_when_nobody_has_needed_it_for_a_while(settings, home):
    lending = Lending(settings, idle=0.05)

    async with lending.lent():
        await asyncio.sleep(0.1)
        assert not is_free(home)
    assert not is_free(home)

    await until_free(home)


async def test_it_is_kept_between_calls_that_follow_one_another(settings, home):
    lending = Lending(settings, idle=0.2)

    async with lending.lent() as first:
        pass
    await asyncio.sleep(0.1)
    async with lending.lent() as second:
        await asyncio.sleep(0.2)

    assert first is second
    await lending.close()


async def test_it_is_opened_again_after_it_was_given_back(settings, home):
    lending = Lending(settings, idle=0)
    async with lending.lent():
        pass
    await until_free(home)

    async with lending.lent() as again:
        assert again.shelf.statistics().papers > 5
    await lending.close()


async def test_closing_gives_it_back_at_once(settings, home):
    lending = Lending(settings)
    async with lending.lent():
        pass

    await lending.close()

    assert is_free(home)


async def test_a_call_that_is_cancelled_while_it_is_opened_leaves_nothing_open(settings, home):
    lending = Lending(settings, idle=0)

    async def call():
        async with lending.lent():
            pass

    task = asyncio.create_task(call())
    await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await asyncio.sleep(0.3)
    await until_free(home)


async def test_another_command_is_waited_for(settings, home):
    lending = Lending(settings, patience=5)
    other = Ownership(home)
    asyncio.get_running_loop().call_later(0.3, other.close)

    async with lending.lent() as opened:
        assert opened.is_own
    await lending.close()


async def test_but_not_for_ever_and_the_next_call_tries_again(settings, home):
    lending = Lending(settings, patience=0.1)

    with Ownership(home), pytest.raises(ShelfBusyError, match="in use by process"):
        async with lending.lent():
            pass

    async with lending.lent() as opened:
        assert opened.is_own
    await lending.close()

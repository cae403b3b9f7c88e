"""Calls that block: done in threads, and left behind where they last too long."""

import asyncio
import contextvars
import subprocess
import sys
import threading
import time

import pytest

from ui.server.calls import Calls

LEFT = """
import asyncio, time
from ui.server.calls import Calls

async def main():
    asyncio.get_running_loop().set_default_executor(Calls(ends_within=0.2))
    asyncio.create_task(asyncio.to_thread(time.sleep, 60))
    await asyncio.sleep(0.1)

asyncio.run(main())
print("ended")
"""


@pytest.fixture
def calls():
    made = Calls(most=3, ends_within=1)
    yield made
    made.shutdown()


async def installed(calls):
    asyncio.get_running_loop().set_default_executor(calls)


async def test_what_a_call_gives_and_raises_arrives(calls):
    await installed(calls)

    assert await asyncio.to_thread(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await asyncio.to_thread(divmod, 7, 0)
    assert await asyncio.to_thread(lambda **named: named, a=1) == {"a": 1}


async def test_a_call_sees_the_context_it_is_made_in(calls):
    await installed(calls)
    told = contextvars.ContextVar("told", default="nothing")
    told.set("something")

    assert await asyncio.to_thread(told.get) == "something"


async def test_so_many_calls_go_on_at_once_and_the_rest_waits(calls):
    await installed(calls)
    going_on, most, counting = 0, 0, threading.Lock()

    def count():
        nonlocal going_on, most
        with counting:
            going_on += 1
            most = max(most, going_on)
        time.sleep(0.01)
        with counting:
            going_on -= 1

    await asyncio.gather(*(asyncio.to_thread(count) for _ in range(30)))

    assert most == 3


async def test_what_was_cancelled_before_it_began_is_not_called(calls):
    await installed(calls)
    go_on, called = threading.Event(), []
    blocking = [asyncio.ensure_future(asyncio.to_thread(go_on.wait)) for _ in range(3)]
    waiting = asyncio.ensure_future(asyncio.to_thread(called.append, 1))
    await asyncio.sleep(0.05)

    waiting.cancel()
    await asyncio.wait({waiting})
    go_on.set()
    await asyncio.gather(*blocking)
    await asyncio.to_thread(int)

    assert called == []


def test_a_short_call_is_waited_for_at_the_end():
    calls, done = Calls(most=1, ends_within=5), []
    calls.submit(time.sleep, 0.1)
    calls.submit(done.append, 1)

    calls.shutdown()

    assert done == [1]


def test_a_long_call_is_left_behind_at_the_end():
    calls, go_on = Calls(most=2, ends_within=0.1), threading.Event()
    calls.submit(go_on.wait)

    began = time.monotonic()
    calls.shutdown()

    assert time.monotonic() - began < 2
    go_on.set()


def test_nothing_is_called_after_the_end(calls):
    calls.shutdown()
    calls.shutdown()

    with pytest.raises(RuntimeError, match="after the end"):
        calls.submit(print)


def test_a_process_ends_although_a_call_goes_on():
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", LEFT], text=True, capture_output=True, check=True)

    assert (done.stdout, done.stderr) == ("ended\n", "")
    assert time.monotonic() - began < 10

"""Headers have an end, and come in time: whoever connects, without a key, cannot hold a server."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from ui.server import connections
from ui.server.serving import listening, server_for

BEGUN = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
LONG = 0.3  # seconds


async def application(scope, receive, send):
    """Answers at once, but for /slow; says how many bytes came."""
    if scope["type"] == "lifespan":
        for kind in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{kind}.complete"})
        return
    size, is_more = 0, True
    while is_more:
        message = await receive()
        size, is_more = size + len(message.get("body", b"")), message.get("more_body", False)
    if scope["path"] == "/slow":
        await asyncio.sleep(4 * LONG)
    told = b"%d bytes" % size
    headers = [(b"content-length", b"%d" % len(told))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": told})


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(connections, "PATIENCE", LONG)


@asynccontextmanager
async def connected():
    opened = asyncio.Event()
    with listening("127.0.0.1", 0) as bound:
        server = server_for(application, opened.set)
        running = asyncio.create_task(server.serve(sockets=[bound]))
        await opened.wait()
        reading, writing = await asyncio.open_connection(*bound.getsockname())
        yield reading, writing
        writing.close()
        server.should_exit = True
        await running


async def until_the_end(reading):
    async with asyncio.timeout(10):
        try:
            return await reading.read()
        except ConnectionResetError:
            return b""


@pytest.mark.parametrize("piece", [b"a" * 8192, b"x: y\r\n" * 1024], ids=["one", "many"])
async def test_headers_without_an_end_are_refused(piece):
    async with connected() as (reading, writing):
        writing.write(BEGUN + b"X-A: ")
        sent = 0
        try:
            while sent < 4 * 1024 * 1024 and not reading.at_eof():
                writing.write(piece)
                await writing.drain()
                sent += len(piece)
                await asyncio.sleep(0)
        except ConnectionError:
            pass
        said = await until_the_end(reading)

    assert sent < 4 * 1024 * 1024
    assert said == b"" or said.startswith(b"HTTP/1.1 431 ")


async def test_headers_that_are_too_large_are_told_so():
    async with connected() as (reading, writing):
        for piece in (BEGUN, b"X-A: ", b"a" * connections.MOST_BYTES, b"a"):
            writing.write(piece)
            await writing.drain()
            await asyncio.sleep(0.05)
        said = await until_the_end(reading)

    assert said.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert said.endswith(connections.TOO_LARGE)


async def test_headers_that_do_not_come_are_not_waited_for():
    async with connected() as (reading, writing):
        writing.write(BEGUN)
        said = await until_the_end(reading)

    assert said.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert said.endswith(connections.TOO_SLOW)


async def test_who_says_nothing_is_let_go():
    async with connected() as (reading, _):
        assert await until_the_end(reading) == b""


async def test_a_second_request_on_a_connection_has_the_same_limits():
    async with connected() as (reading, writing):
        writing.write(BEGUN + b"\r\n")
        assert (await reading.readuntil(b"0 bytes")).startswith(b"HTTP/1.1 200 ")
        writing.write(BEGUN)
        assert (await until_the_end(reading)).startswith(b"HTTP/1.1 408 ")


async def test_a_body_is_no_header_however_large():
    body = b"b" * (4 * connections.MOST_BYTES)
    async with connected() as (reading, writing):
        writing.write(BEGUN + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        said = await reading.readuntil(b" bytes")

    assert said.endswith(b"%d bytes" % len(body))


async def test_an_answer_that_takes_longer_is_not_cut_off_by_what_comes_behind_it():
    async with connected() as (reading, writing):
        writing.write(BEGUN.replace(b"/ ", b"/slow ") + b"\r\n" + BEGUN)
        async with asyncio.timeout(10):
            assert (await reading.readuntil(b"0 bytes")).startswith(b"HTTP/1.1 200 ")

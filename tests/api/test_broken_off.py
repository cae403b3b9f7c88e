"""Where a server is stopped, whoever still waits is told so, in the form that they understand."""

import asyncio
import json

import pytest

from ui.api.sending import Body, Stream, event

SCOPE = {"type": "http", "method": "POST", "path": "/answers", "headers": []}


async def stopped(response):
    """What a client gets of a response whose task is cancelled, as a server does that ends."""
    sent, first = [], asyncio.Event()

    async def receive():
        await asyncio.Event().wait()

    async def send(message):
        sent.append(message)
        first.set()

    answering = asyncio.create_task(response(SCOPE, receive, send))
    await asyncio.wait((asyncio.create_task(first.wait()),), timeout=0.1)
    answering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answering
    return sent


async def never(*first):
    for one in first:
        yield one
    await asyncio.Event().wait()


def late(error):
    return event({"error": {"message": error.message, "code": error.code}}, "error")


@pytest.mark.parametrize("response", [Body(never()), Stream(never(), late)], ids=["body", "stream"])
async def test_what_has_not_begun_has_a_status_and_may_be_asked_again(response):
    start, body = await stopped(response)

    assert start["status"] == 503
    assert (b"retry-after", b"5") in start["headers"]
    assert json.loads(body["body"])["error"]["code"] == "server_ending"


async def test_a_stream_ends_with_an_error_and_is_whole():
    start, *parts = await stopped(Stream(never(b"data: 1\n\n"), late))

    assert start["status"] == 200
    text = b"".join(part["body"] for part in parts).decode()
    assert text.startswith("data: 1\n\nevent: error\ndata: ")
    assert "server_ending" in text
    assert [part["more_body"] for part in parts] == [True, True, False]


async def test_the_work_has_ended_before_the_client_is_told():
    ended = []

    async def parts():
        try:
            yield b"data: 1\n\n"
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    await stopped(Stream(parts(), late))

    assert ended

"""A page that asks while its stream of answers is being closed gets its answer all the same."""

import asyncio
import json
import threading
import time

import pytest
from acting import DOUGH, SENTENCE, TIDES, Papers, served
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from visiting import ask

from ui.server.services import Services
from ui.web.closed_streams import CLOSING, STREAMED, ClosedStreams

SOON = 0.4  # seconds


async def stream(request):
    assert "accept-encoding" not in request.headers

    async def messages():
        yield b'data: {"msg":"estimation"}\n\n'
        if "open" not in request.query_params:
            yield b'data: {"msg":"close_stream"}\n\n'

    return StreamingResponse(messages(), media_type="text/event-stream")


async def join(request):
    return Response((await request.body())[:20])


@pytest.fixture
def client():
    routes = [
        Route("/gradio_api/queue/data", stream),
        Route("/gradio_api/queue/join", join, methods=["POST"]),
        Route("/", lambda request: JSONResponse({})),
    ]
    return TestClient(ClosedStreams(Starlette(routes=routes), heard_within=SOON))


def seconds_to_join(client, session):
    began = time.monotonic()
    response = client.post("/gradio_api/queue/join", content=json.dumps({"session_hash": session}))
    assert response.text == json.dumps({"session_hash": session})[:20]
    return time.monotonic() - began


def test_what_is_asked_right_after_a_stream_was_closed_is_answered_a_little_later(client):
    client.get("/gradio_api/queue/data?session_hash=mine")

    assert seconds_to_join(client, "mine") > SOON * 0.7
    assert seconds_to_join(client, "mine") < SOON * 0.7, "by now the page has heard of it"


def test_nobody_else_waits_for_it(client):
    client.get("/gradio_api/queue/data?session_hash=mine")

    assert seconds_to_join(client, "theirs") < SOON * 0.7


def test_where_no_stream_was_closed_nobody_waits(client):
    client.get("/gradio_api/queue/data?session_hash=mine&open=1")

    assert seconds_to_join(client, "mine") < SOON * 0.7


@pytest.mark.parametrize("body", [b"", b"{", b"7", b"[]", b"\xff"])
def test_what_is_no_question_is_left_to_whom_it_is_sent(client, body):
    assert client.post("/gradio_api/queue/join", content=body).content == body
    assert client.get("/").json() == {}


class Slow:
    """A network on which it takes a while until a page hears that its stream is closed."""

    def __init__(self, app, *, closing):
        self._app, self._closing = app, closing

    async def __call__(self, scope, receive, send):
        async def slowly(message):
            if CLOSING in message.get("body", b""):
                self._closing.set()
                await asyncio.sleep(0.25)
            await send(message)

        is_stream = scope["type"] == "http" and scope["path"] == STREAMED
        await self._app(scope, receive, slowly if is_stream else send)


@pytest.mark.e2e
def test_whoever_asks_in_the_moment_in_which_the_stream_is_closed_is_answered(open_page, acting):
    closing = threading.Event()
    services = Services(acting, Papers(TIDES, DOUGH))
    with served(services, guards=(lambda app: Slow(app, closing=closing),)) as where:
        page = open_page(where)
        assert closing.wait(20), "what the page asks for when it is opened is answered by now"

        ask(page, "What is TideNet?")

        page.locator("#chat").get_by_text(SENTENCE).wait_for()
        page.locator("#chat .ended").wait_for()

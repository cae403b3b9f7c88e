"""What becomes of a request: the server's own sentence, or one that says what is wrong with it."""

import asyncio
import socket
import time
from contextlib import ExitStack, closing, contextmanager
from threading import Thread

import pytest
from fastapi import FastAPI, Request
from serving_api import served_api
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from rag.errors import (
    ChatError,
    ConfigError,
    FootnoteError,
    PaperNotFoundError,
    QuestionError,
    ShelfError,
)
from rag.types import Delta
from ui.remote.connection import ROOT, Connection
from ui.remote.failures import RemoteError
from ui.remote.server import Server
from ui.server.wire import encode, framed


@contextmanager
def connected(answer, key="", **options):
    """A connection to a server that answers every request with what this gives."""
    app = FastAPI()

    @app.api_route("/{path:path}", methods=["GET", "POST", "DELETE"])
    async def anything(request: Request):
        return answer(request)

    with ExitStack() as stack:
        server = Server(stack.enter_context(served_api({ROOT: app})), key, **options)
        yield stack.enter_context(closing(Connection(server)))


def error(status, code, message="A sentence of the server.", **headers):
    body = {"error": {"message": message, "type": "x", "param": None, "code": code}}
    return lambda _: JSONResponse(body, status, headers=headers)


async def events(connection):
    return [event async for event in connection.answer_events("/answers", {})]


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, "not_found", PaperNotFoundError),
        (422, "invalid_question", QuestionError),
        (422, "invalid_request", RemoteError),
        (403, "missing_scope", RemoteError),
        (502, "upstream_error", ChatError),
        (503, "shelf_unavailable", ShelfError),
        (500, "internal_error", RemoteError),
    ],
)
async def test_the_servers_own_sentence_is_raised_as_the_error_it_stands_for(status, code, kind):
    with connected(error(status, code)) as connection:
        with pytest.raises(kind) as one:
            await asyncio.to_thread(connection.call, "GET", "/stats")
        with pytest.raises(kind) as other:
            await events(connection)

    assert str(one.value) == str(other.value) == "A sentence of the server."


def test_a_key_that_is_not_known_is_told_with_where_to_set_it():
    with (
        connected(error(401, "invalid_api_key"), key="fn-wrong") as connection,
        pytest.raises(ConfigError) as refused,
    ):
        connection.call("GET", "/stats")

    assert str(refused.value) == (
        "A sentence of the server. Set FOOTNOTE_SERVER_KEY to a key that it knows."
    )
    assert "fn-wrong" not in str(refused.value)


def test_what_a_guard_before_the_api_says_is_passed_on():
    with (
        connected(lambda _: JSONResponse({"detail": "Not under this name."}, 400)) as connection,
        pytest.raises(RemoteError, match=r"^Not under this name\.$"),
    ):
        connection.call("GET", "/stats")


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: HTMLResponse("<h1>Welcome</h1>"),
        lambda _: HTMLResponse("<h1>Not here</h1>", 404),
        lambda _: RedirectResponse("/elsewhere", 307),
        lambda _: Response(b"[" * 100_000, 500),
        lambda _: JSONResponse(["error"], 400),
    ],
)
def test_another_server_is_told_to_be_none_of_ours(answer):
    with connected(answer) as connection, pytest.raises(RemoteError, match="no Footnote server"):
        connection.call("GET", "/stats")


def test_the_key_goes_along_and_an_empty_one_does_not():
    def echo(request):
        return JSONResponse({"key": request.headers.get("authorization")})

    with connected(echo, key="fn-1") as connection:
        assert connection.call("GET", "/stats") == {"key": "Bearer fn-1"}
    with connected(echo) as connection:
        assert connection.call("GET", "/stats") == {"key": None}


def test_parameters_without_a_value_are_left_out():
    with connected(lambda request: JSONResponse(dict(request.query_params))) as connection:
        assert connection.call("GET", "/papers", params={"a": 1, "b": None}) == {"a": "1"}


def test_no_proxy_is_asked_for_what_is_on_this_machine(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    with connected(lambda _: JSONResponse({"is": "here"}), is_own=True) as connection:
        assert connection.call("GET", "/stats") == {"is": "here"}


def test_a_server_that_is_not_there_is_told_with_what_to_do():
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        address = f"http://name:secret@127.0.0.1:{free.getsockname()[1]}"

    with (
        closing(Connection(Server(address))) as connection,
        pytest.raises(RemoteError, match=r"No server answers at http://127\.0\.0\.1:\d+\. Start"),
    ):
        connection.call("GET", "/stats")


def test_a_server_that_breaks_off_is_told_so():
    def cut(connection):
        taken, _ = connection.accept()
        with taken:
            taken.recv(65536)
            taken.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")

    with closing(socket.create_server(("127.0.0.1", 0))) as bound:
        server = Server(f"http://127.0.0.1:{bound.getsockname()[1]}")
        with closing(Connection(server)) as connection:
            thread = Thread(target=cut, args=(bound,))
            thread.start()
            with pytest.raises(RemoteError, match=r"broke off before its end\. Try again\."):
                connection.call("GET", "/stats")
            thread.join()


async def test_a_server_that_is_full_for_a_moment_is_asked_again():
    asked = []

    def answer(request):
        asked.append(time.monotonic())
        if len(asked) % 2:
            return error(429, "rate_limit", **{"retry-after": "1"})(request)
        return Response(framed(Delta("Yes.")), media_type="text/event-stream")

    with connected(answer) as connection:
        assert await events(connection) == [encode(Delta("Yes."))]
        await asyncio.to_thread(connection._sent, "GET", "/stats")

    assert len(asked) == 4
    assert asked[1] - asked[0] >= 1
    assert asked[3] - asked[2] >= 1


@pytest.mark.parametrize("wait", ["86400", "0", "-1", "soon", ""])
def test_a_limit_that_does_not_end_soon_is_told_at_once(wait):
    answer = error(429, "daily_tokens", "The key has used up its day.", **{"retry-after": wait})

    with connected(answer) as connection, pytest.raises(FootnoteError, match="used up its day"):
        connection.call("GET", "/stats")

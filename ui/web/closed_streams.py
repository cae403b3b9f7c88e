"""Nothing that is asked is lost while the stream of a page's answers is just being closed.

Gradio's server ends a stream when nothing is to come on it any more. What a page asks for before
it has heard of that, it takes to be answered on the stream that it has, and waits for ever. So its
request is answered only once the page must have heard; what it asked for is done meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import time

from starlette.datastructures import MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASKED, STREAMED = "/gradio_api/queue/join", "/gradio_api/queue/data"
CLOSING = b"close_stream"
HEARD_WITHIN = 0.5  # seconds


class ClosedStreams:
    """Stands before Gradio's routes; `heard_within` seconds a page has heard that one is closed."""

    def __init__(self, app: ASGIApp, *, heard_within: float = HEARD_WITHIN) -> None:
        self._app, self._heard_within = app, heard_within
        self._closed: dict[str, float] = {}  # when, by the name of the page's session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if path == STREAMED:
            await self._stream(scope, receive, send)
        elif path == ASKED:
            await self._ask(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        session = QueryParams(scope["query_string"]).get("session_hash", "")

        async def noting(message: Message) -> None:
            if CLOSING in message.get("body", b""):
                self._note(session)
            await send(message)

        # What is packed could not be read here.
        plain = {**scope, "headers": list(scope["headers"])}
        del MutableHeaders(scope=plain)["accept-encoding"]
        await self._app(plain, receive, noting)

    async def _ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytearray()

        async def reading() -> Message:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        async def waiting(message: Message) -> None:
            if message["type"] == "http.response.start":
                await asyncio.sleep(self._until_heard(_session(bytes(body))))
            await send(message)

        await self._app(scope, reading, waiting)

    def _note(self, session: str) -> None:
        now = time.monotonic()
        recent = {one: at for one, at in self._closed.items() if now - at < self._heard_within}
        self._closed = {**recent, session: now}

    def _until_heard(self, session: str) -> float:
        """Seconds; none where no stream of this page was closed just now."""
        if session not in self._closed:
            return 0
        return max(0, self._closed[session] + self._heard_within - time.monotonic())


def _session(body: bytes) -> str:
    try:
        asked = json.loads(body)
    except ValueError:
        return ""
    return str(asked.get("session_hash", "")) if isinstance(asked, dict) else ""

"""A response that is made while its client is there; one that leaves ends the work.

The first part is waited for before anything is sent, so that what fails before it has its own
status. All parts are asked for in one task, as deadlines of the engine need it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, Final

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from ui.api.errors import ApiError, response, told

STREAM: Final = "text/event-stream"
STREAM_HEADERS: Final = {"cache-control": "no-cache", "x-accel-buffering": "no"}
ENDING: Final = ApiError(
    503,
    "The server is being stopped. Ask again in a moment.",
    code="server_ending",
    headers={"retry-after": "5"},
)
Parts = AsyncGenerator[bytes, None]


class Body(Response):
    """A body that comes as a single part."""

    media_type = "application/json"

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._has_begun = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        work = asyncio.create_task(self._answer(scope, receive, send))
        watch = asyncio.create_task(_until_gone(receive))
        try:
            await asyncio.wait((work, watch), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await _stopped(work, watch)
            if work.cancelled():
                await self._break_off(scope, receive, send)
            raise
        await _stopped(work, watch)
        if not work.cancelled():
            work.result()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._parts) as parts:
            try:
                first = await anext(parts)
            except Exception as error:  # noqa: BLE001  (whoever asks is told)
                await response(told(error))(scope, receive, send)
            else:
                await self._send(first, parts, send)

    async def _break_off(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Where the server ends: nobody else stops a response while its client is there."""
        if not self._has_begun:
            await response(ENDING)(scope, receive, send)

    async def _send(self, first: bytes, parts: Parts, send: Send) -> None:
        self._has_begun = True
        headers = [*self._known(), (b"content-length", str(len(first)).encode())]
        await send(_start(headers))
        await send(_part(first, is_last=True))

    def _known(self) -> list[tuple[bytes, bytes]]:
        """Those that were set on the way, without the length of what is not there yet."""
        return [(name, value) for name, value in self.raw_headers if name != b"content-length"]


class Stream(Body):
    """Server-sent events; `late` writes the one that ends a stream in which something failed."""

    media_type = STREAM

    def __init__(self, parts: Parts, late: Callable[[ApiError], bytes]) -> None:
        super().__init__(parts)
        self._late = late
        self.headers.update(STREAM_HEADERS)

    async def _break_off(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super()._break_off(scope, receive, send)
        if self._has_begun:
            await send(_part(self._late(ENDING)))
            await send(_part(b"", is_last=True))

    async def _send(self, first: bytes, parts: Parts, send: Send) -> None:
        self._has_begun = True
        await send(_start(self._known()))
        await send(_part(first))
        try:
            async for part in parts:
                await send(_part(part))
        except Exception as error:  # noqa: BLE001  (whoever asks is told)
            await send(_part(self._late(told(error))))
        await send(_part(b"", is_last=True))


def as_json(value: object) -> bytes:
    """As it is sent; half a character, which no encoder takes, becomes a question mark."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def event(value: object, name: str = "") -> bytes:
    """A server-sent event."""
    head = f"event: {name}\n".encode() if name else b""
    return head + b"data: " + as_json(value) + b"\n\n"


async def _stopped(*tasks: asyncio.Task[None]) -> None:
    for one in tasks:
        one.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _start(headers: list[tuple[bytes, bytes]]) -> Message:
    return {"type": "http.response.start", "status": 200, "headers": headers}


def _part(body: bytes, *, is_last: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": not is_last}

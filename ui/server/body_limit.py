"""Requests that are too large, or never end, go no further; also where nobody says how large."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1024 * 1024
PATIENCE = 30.0  # seconds for all of it
DRAINED_BYTES = 32 * MOST_BYTES
DRAINED_FOR = 5.0  # seconds; a client that is cut off while it sends never reads our sentence


@dataclass(frozen=True, slots=True)
class Refusals:
    """What answers instead of the application."""

    too_large: ASGIApp
    too_slow: ASGIApp


class TooLargeError(Exception):
    """More came than may; `is_more` where that is not even all."""

    def __init__(self, *, is_more: bool) -> None:
        super().__init__()
        self.is_more = is_more


class LeftError(Exception):
    """The client is gone before it has sent everything."""


class BodyLimit:
    """Reads a request whole before the application does; `except_for` has limits of its own."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        refusals: Refusals,
        most: int = MOST_BYTES,
        except_for: Callable[[Scope], bool] = lambda _: False,
    ) -> None:
        self._app, self._refusals = app, refusals
        self._most, self._except_for = most, except_for

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._except_for(scope):
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(PATIENCE):
                body = await self._whole(scope, receive)
        except LeftError:
            return
        except TooLargeError as error:
            await _drain(receive, is_more=error.is_more)
            await self._refusals.too_large(scope, receive, send)
        except TimeoutError:
            await self._refusals.too_slow(scope, receive, send)
        else:
            await self._app(scope, _again(body, receive), send)

    async def _whole(self, scope: Scope, receive: Receive) -> bytes:
        told = Headers(scope=scope).get("content-length", "")
        if told.isdecimal() and int(told) > self._most:
            raise TooLargeError(is_more=True)
        body, is_more = bytearray(), True
        while is_more:
            piece, is_more = await _piece(receive)
            body += piece
            if len(body) > self._most:
                raise TooLargeError(is_more=is_more)
        return bytes(body)


async def _piece(receive: Receive) -> tuple[bytes, bool]:
    """The next one, and whether others follow."""
    message = await receive()
    if message["type"] != "http.request":
        raise LeftError
    return message.get("body", b""), message.get("more_body", False)


async def _drain(receive: Receive, *, is_more: bool) -> None:
    size = 0
    with suppress(TimeoutError, LeftError):
        async with asyncio.timeout(DRAINED_FOR):
            while is_more and size <= DRAINED_BYTES:
                piece, is_more = await _piece(receive)
                size += len(piece)


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives the body once more, then whatever else comes: that the client is gone."""
    left = [body]

    async def received() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return received

"""A name for each request: on its response, in the log and in the audit."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "x-request-id"
NOTED = "footnote.request_id"  # in the scope, of a request that has its name already
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_CURRENT: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """That of the request that is answered here; empty outside of one."""
    return _CURRENT.get()


def of(scope: Scope) -> str:
    """That of a request, where what goes on is not part of answering it."""
    return str(scope.get(NOTED, ""))


class RequestIds:
    """Takes over a sane one that a client or a proxy has given; else makes its own.

    Further inside, where the same class stands again, a request keeps the name that it has.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or NOTED in scope:
            await self._app(scope, receive, send)
            return
        name = _given(scope) or f"req_{secrets.token_hex(12)}"

        async def send_with_name(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = name
            await send(message)

        token = _CURRENT.set(name)
        try:
            await self._app({**scope, NOTED: name}, receive, send_with_name)
        finally:
            _CURRENT.reset(token)


def _given(scope: Scope) -> str:
    given = Headers(scope=scope).getlist(HEADER)
    return given[0] if len(given) == 1 and _SANE.fullmatch(given[0]) else ""

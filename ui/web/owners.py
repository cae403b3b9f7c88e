"""Whose conversations they are: a person's who signed in, else a browser's."""

from __future__ import annotations

import hashlib
import re
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import Protocol

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "footnote_browser"
LASTS = 400 * 24 * 3600  # seconds; browsers keep none for longer
_VALUE = re.compile(r"[0-9a-f]{32}")


class Asking(Protocol):
    """A request, of ours or of Gradio's."""

    @property
    def headers(self) -> Headers: ...


def owner_of(request: Asking) -> str:
    """A name for whoever asks; empty where they cannot be told apart from others.

    What is kept of a browser is a digest: who reads the file cannot pass for it.
    """
    user = getattr(getattr(request, "state", None), "user", None)
    if name := user or getattr(request, "username", None):
        return f"user:{name}"
    value = _value(request.headers.get("cookie", ""))
    return f"browser:{hashlib.sha256(value.encode()).hexdigest()[:32]}" if value else ""


class BrowserNames:
    """Gives every browser that opens the chat a name of its own, which nobody can guess."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        value = _value(Headers(scope=scope).get("cookie", "")) or secrets.token_hex(16)
        secure = "; Secure" if scope["scheme"] == "https" else ""
        cookie = f"{COOKIE}={value}; Path=/; Max-Age={LASTS}; HttpOnly; SameSite=Lax{secure}"

        async def send_with_name(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self._app(scope, receive, send_with_name)


def _value(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found and _VALUE.fullmatch(found.value) else ""

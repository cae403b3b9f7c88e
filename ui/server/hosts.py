"""Under which names we are served, and from where things may be done.

Any site may give its own name the address 127.0.0.1, and is then read as if it were ours. Any
site may send a form to us as well. A browser says in both cases whose page it is.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.server import texts
from ui.server.key_showing import shows_key
from ui.server.refusing import refuse

THIS_MACHINE = frozenset(("localhost", "127.0.0.1", "::1"))
READING = frozenset(("GET", "HEAD", "OPTIONS"))
API = ("/v1/", "/api/v1/", "/slack/")
LONGEST_SHOWN = 80


class Hosts:
    """Answers 400 where the page is asked for under another name than these.

    A port is not looked at: it may be forwarded, and no site can make up a *name* with it.
    """

    def __init__(self, app: ASGIApp, *, names: Collection[str] = ()) -> None:
        self._app, self._names = app, THIS_MACHINE | {one.strip().lower() for one in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            hosts = Headers(scope=scope).getlist("host")
            host = hosts[0] if len(hosts) == 1 else ""
            if not self._is_ours(host):
                shown = host[:LONGEST_SHOWN] or "?"
                await refuse(400, texts.OTHER_HOST.format(host=shown))(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        return host.lower() in self._names or name_of(host) in self._names


class OwnPagesOnly:
    """Answers 403 to whatever another site's page wants done; the API sees to that by itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_checked = _does_something(scope) and not is_for_api(scope)
        if is_checked and not comes_from_us(Headers(scope=scope)):
            await refuse(403, texts.OTHER_SITE)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def is_for_api(scope: Scope) -> bool:
    """Whether it is answered by the API, or as by the API: a key is looked for there."""
    return bool(scope["type"] == "http" and scope["path"].startswith(API)) or shows_key(scope)


def comes_from_us(headers: Headers) -> bool:
    """Whether a browser says so; what is no browser says nothing, and carries nobody's cookie."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or _place(origin) == headers.get("host", "").lower()


def name_of(host: str) -> str:
    """The name in `name:port` or `[address]:port`; empty where it is neither."""
    try:
        return (urlsplit(f"//{host}").hostname or "") if _is_plain(host) else ""
    except ValueError:
        return ""


def _is_plain(host: str) -> bool:
    return not set(host) & set("/@?#\\ ")


def _does_something(scope: Scope) -> bool:
    if scope["type"] == "websocket":
        return True
    return scope["type"] == "http" and scope["method"] not in READING


def _place(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower() or origin
    except ValueError:
        return origin

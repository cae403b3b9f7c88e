"""Signing in and out: a page that works without any script."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.server.hosts import is_for_api
from ui.server.peers import site_of
from ui.server.refusing import refuse
from ui.web import access_texts as texts
from ui.web.attempts import Attempts
from ui.web.pages import page
from ui.web.sessions import COOKIE, Sessions

SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
ASKED_BY_MACHINES = frozenset(("/healthz", "/readyz", "/metrics"))  # the last asks for itself
OPEN = ASKED_BY_MACHINES | frozenset((SIGN_IN, "/favicon.ico", "/robots.txt"))
OPEN_BELOW = "/look/"
LONGEST = 2000  # characters of what is typed in
SEE_OTHER = 303


@dataclass(frozen=True, slots=True)
class SignIn:
    """What signing in needs."""

    sessions: Sessions
    attempts: Attempts = field(default_factory=Attempts)


def router(sign_in: SignIn) -> APIRouter:
    """The page, and what its forms are sent to."""
    routes = APIRouter()

    @routes.get(SIGN_IN)
    async def show(request: Request, next: str = "/") -> Response:
        if sign_in.sessions.name(request.cookies.get(COOKIE)):
            return RedirectResponse(_local(next), SEE_OTHER)
        return _page(request, next)

    @routes.post(SIGN_IN)
    async def enter(
        request: Request,
        user: Annotated[str, Form(max_length=LONGEST)] = "",
        password: Annotated[str, Form(max_length=LONGEST)] = "",
        next: Annotated[str, Form(max_length=LONGEST)] = "/",
    ) -> Response:
        wait = sign_in.attempts.try_again_in(user, site_of(request.scope))
        if wait:
            return _too_often(request, next, user, wait)
        name = await sign_in.sessions.passwords.name_of(user, password)
        if name is None:
            return _page(request, next, user=user, error=texts.WRONG, status=401)
        sign_in.attempts.forget(user)
        return _entered(request, sign_in.sessions, name, next)

    @routes.get(SIGN_OUT)
    async def ask(request: Request) -> Response:
        return page(request, "sign_out.html", a=texts)

    @routes.post(SIGN_OUT)
    async def leave(request: Request) -> Response:
        await asyncio.to_thread(sign_in.sessions.end, request.cookies.get(COOKIE))
        response = RedirectResponse(SIGN_IN, SEE_OTHER)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=_is_safe(request))
        return response

    return routes


class SignedInOnly:
    """Lets through who has signed in, and sets `scope["state"]["user"]`.

    Of others, pages are led to `/sign-in`, and all else is answered with 401; but the API looks
    for a key by itself.
    """

    def __init__(self, app: ASGIApp, *, sessions: Sessions) -> None:
        self._app, self._sessions = app, sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request = Request({**scope, "type": "http"})
        name = self._sessions.name(request.cookies.get(COOKIE))
        if name or is_open(scope["path"]) or is_for_api(scope):
            state = {**scope.get("state", {}), "user": name, "can_sign_out": bool(name)}
            await self._app({**scope, "state": state}, receive, send)
        else:
            await _led_in(scope, request)(scope, receive, send)


class NamedByProxyOnly:
    """Lets through whom the trusted proxy named, as `Peers` has noted, and all to the API."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_asked = scope["type"] in ("http", "websocket") and scope["path"] not in ASKED_BY_MACHINES
        if is_asked and not is_for_api(scope) and not scope.get("state", {}).get("user"):
            await refuse(401, texts.NOT_BY_PROXY)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def is_open(path: str) -> bool:
    """What everybody gets: nothing of the shelf, and nothing of anybody."""
    return path in OPEN or (path.startswith(OPEN_BELOW) and ".." not in path)


def _led_in(scope: Scope, request: Request) -> ASGIApp:
    is_page = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
    if is_page and "text/html" in request.headers.get("accept", ""):
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{SIGN_IN}?{urlencode({'next': here})}", SEE_OTHER)
    return refuse(401, texts.NOT_SIGNED_IN.format(address=SIGN_IN))


def _entered(request: Request, sessions: Sessions, name: str, target: str) -> Response:
    response = RedirectResponse(_local(target), SEE_OTHER)
    response.set_cookie(
        COOKIE,
        sessions.begin(name),
        max_age=sessions.lasts,
        httponly=True,
        samesite="lax",
        secure=_is_safe(request),
    )
    return response


def _too_often(request: Request, target: str, user: str, wait: int) -> Response:
    minutes, seconds = divmod(wait, 60)
    shown = f"{minutes + bool(seconds)} minutes" if minutes else f"{seconds} seconds"
    error = texts.TOO_OFTEN.format(wait=shown)
    response = _page(request, target, user=user, error=error, status=429)
    response.headers["retry-after"] = str(wait)
    return response


def _page(
    request: Request, target: str, *, user: str = "", error: str = "", status: int = 200
) -> Response:
    response = page(
        request,
        "sign_in.html",
        status=status,
        a=texts,
        target=_local(target),
        tried=user,
        error=error,
    )
    response.headers["cache-control"] = "no-store"
    return response


def _local(target: str) -> str:
    """A path on this server: from an address that somebody sent, nobody is led elsewhere."""
    is_path = target.startswith("/") and target.isprintable() and "\\" not in target
    return target if is_path and not target.startswith("//") else "/"


def _is_safe(request: Request) -> bool:
    return request.url.scheme == "https"

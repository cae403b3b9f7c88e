"""Who may see the operator's page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.server.serving import is_loopback
from ui.web import operator_texts as texts

ADDRESS = "/operator"
# A proxy on this machine speaks for people who are elsewhere.
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@dataclass(frozen=True, slots=True)
class Operators:
    """Those named, where people sign in; else whoever sits at the machine itself."""

    names: Collection[str] = ()

    @classmethod
    def named(cls, setting: str) -> Operators:
        """From names with commas between."""
        return cls(frozenset(filter(None, map(str.strip, setting.split(",")))))

    def include(self, request: Request) -> bool:
        user = user_of(request)
        return user in self.names if user else _is_here(request)

    def why_not(self, request: Request) -> str:
        """How somebody who may not see the page would get to."""
        user = user_of(request)
        return texts.NOT_YOURS_SIGNED_IN.format(user=user) if user else texts.NOT_YOURS_AWAY


def user_of(request: Request) -> str:
    """Who is signed in; empty where nobody is."""
    return getattr(request.state, "user", None) or ""


def _is_here(request: Request) -> bool:
    """The peer and the name that it called us by are both this machine's own."""
    if request.client is None or any(one in request.headers for one in FORWARDED):
        return False
    return is_loopback(request.client.host) and is_loopback(request.url.hostname or "")


class OperatorLink:
    """Adds the operator's page to the bar, for an operator; after whatever sets the links."""

    def __init__(self, app: ASGIApp, *, operators: Operators) -> None:
        self._app, self._operators = app, operators

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._operators.include(Request(scope)):
            state = scope.get("state", {})
            links = ((ADDRESS, texts.OPERATOR), *state.get("links", ()))
            scope = {**scope, "state": {**state, "links": links}}
        await self._app(scope, receive, send)

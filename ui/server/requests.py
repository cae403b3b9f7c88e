"""What is seen of every request: for counting, for the log; never what it says."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.server.principals import Principal

NOTED = "footnote.seen"  # in the scope
LEFT = 499  # as nginx has it: the client was gone before anything was sent
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
Surface: TypeAlias = Literal["openai", "native", "slack", "chat", "pages"]
_BELOW: tuple[tuple[str, Surface], ...] = (
    ("/v1/", "openai"),
    ("/api/v1/", "native"),
    ("/slack/", "slack"),
    ("/gradio_api/", "chat"),
)


@dataclass(slots=True)
class Seen:
    """A request while it is answered; `route` is its template, empty where it led nowhere.

    `is_whole` says whether the response came to its end.
    """

    method: str
    surface: Surface
    route: str = ""
    principal: str = ""
    status: int = 0
    is_whole: bool = False
    began: float = field(default_factory=time.perf_counter)
    seconds: float = 0.0


Told: TypeAlias = Callable[[Seen], object]


class Observed:
    """Tells of each request once it is over; stands before everything that may turn it away."""

    def __init__(self, app: ASGIApp, *, told: Sequence[Told]) -> None:
        self._app, self._told = app, told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen = Seen(_method(scope), surface_of(scope["path"]))

        async def send_and_see(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                seen.status = message["status"]
            seen.is_whole = _is_end(message)

        try:
            await self._app({**scope, NOTED: seen}, receive, send_and_see)
        except Exception:
            seen.status = seen.status or 500
            raise
        finally:
            seen.seconds = time.perf_counter() - seen.began
            seen.status = seen.status or LEFT
            for tell in self._told:
                tell(seen)


class Routed:
    """Right around an application: notes which of its routes was taken, and who signed in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        finally:
            if isinstance(seen := scope.get(NOTED), Seen):
                seen.route = seen.route or _template(scope)
                seen.principal = seen.principal or _principal(scope)


def surface_of(path: str) -> Surface:
    if path == "/":
        return "chat"
    return next((name for below, name in _BELOW if path.startswith(below)), "pages")


def _method(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in METHODS else "OTHER"


def _template(scope: Scope) -> str:
    path = getattr(scope.get("route"), "path", None)
    return f"{scope.get('root_path', '')}{path}" if path else ""


def _principal(scope: Scope) -> str:
    """Whom a gate let in, or who signed in; empty where nobody was asked."""
    state = scope.get("state", {})
    who = getattr(state.get("caller"), "principal", None)
    if isinstance(who, Principal):
        return who.name
    return f"user {state['user']}" if state.get("user") else ""


def _is_end(message: Message) -> bool:
    return message["type"] == "http.response.body" and not message.get("more_body")

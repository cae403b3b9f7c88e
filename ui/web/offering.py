"""What the chat's address offers to programs: one endpoint by its name, and to a key no other."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.server.key_showing import JOINED, shows_key
from ui.server.refusing import refuse
from ui.web.visits import Visits

MOST_BYTES = 1_000_000
NO_KEYS_HERE: Final = "No key is of use here. Open the page in a browser."
NOT_OFFERED: Final = "With a key, only /ask can be called here; the pages are for people."
Refusing: TypeAlias = Callable[[Request], ASGIApp | None]


@dataclass(frozen=True, slots=True)
class Offer:
    """The endpoint, as `gr.api` takes it, and the answer to whoever shows a key that may not ask.

    What the endpoint does ends when a visit ends. `refusing` gives None for a key that may; it
    blocks for microseconds.
    """

    endpoint: Callable[[Visits], Callable[..., Any]]
    refusing: Refusing


class OnlyOffered:
    """Lets who shows a key call the endpoints with these numbers; others are let through.

    Where nothing is offered, a key opens nothing.
    """

    def __init__(self, app: ASGIApp, *, offer: Offer | None, numbers: Collection[int]) -> None:
        self._app, self._offer, self._numbers = app, offer, numbers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not shows_key(scope):
            await self._app(scope, receive, send)
        elif refusal := self._refusal(scope):
            await refusal(scope, receive, send)
        elif scope["path"] == JOINED:
            await self._join(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        if self._offer is None:
            return refuse(401, NO_KEYS_HERE)
        return self._offer.refusing(Request(scope))

    async def _join(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        if _number(body) in self._numbers:
            await self._app(scope, _giving(body, receive), send)
        else:
            await refuse(403, NOT_OFFERED)(scope, receive, send)


async def _read(receive: Receive) -> bytes:
    """The whole body; empty where it is too much, or whoever sent it has left."""
    body = bytearray()
    while len(body) <= MOST_BYTES:
        message = await receive()
        body.extend(message.get("body", b""))
        if not message.get("more_body"):
            return bytes(body)
    return b""


def _giving(body: bytes, receive: Receive) -> Receive:
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def giving() -> Message:
        return first.pop() if first else await receive()

    return giving


def _number(body: bytes) -> int | None:
    try:
        asked = json.loads(body)
    except ValueError:
        return None
    number = asked.get("fn_index") if isinstance(asked, dict) else None
    return number if type(number) is int else None

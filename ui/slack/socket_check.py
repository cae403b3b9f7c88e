"""Whether events can come over a socket, and whether one does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType
from slack_sdk.web.async_client import AsyncWebClient

from ui.slack import doctor_texts as said
from ui.slack import texts
from ui.slack.findings import Finding, note, right, wrong
from ui.slack.permissions import events
from ui.slack.refusals import refusal
from ui.slack.secret_forms import APP
from ui.slack.workspaces import FAILURES, reason_of

HELLO_WITHIN: Final = 10  # seconds
KINDS: Final = frozenset((*events(is_installed_by_many=True), "message"))


async def socket_examined(
    web: AsyncWebClient, app_token: str, shared: ClientSession, listen: int
) -> AsyncIterator[Finding]:
    """Opens a connection and ends it; acknowledges nothing, so that Slack sends all of it again."""
    try:
        address = str((await web.apps_connections_open(app_token=app_token))["url"])
    except FAILURES as error:
        yield refusal(error, APP)
        return
    try:
        async with shared.ws_connect(address) as socket:
            async for finding in _examined(socket, listen):
                yield finding
    except FAILURES as error:
        yield wrong(texts.NO_SLACK.format(reason=reason_of(error)), said.PROXY)


async def _examined(socket: ClientWebSocketResponse, listen: int) -> AsyncIterator[Finding]:
    hello = await _received(socket, "hello", HELLO_WITHIN)
    if hello is None:
        yield wrong(said.NO_HELLO.format(seconds=HELLO_WITHIN), said.PROXY)
        return
    yield right(said.OPENED)
    count = hello.get("num_connections")
    if isinstance(count, int) and count > 1:
        yield note(said.OTHERS.format(count=count))
    told = ", ".join(events())
    if not listen:
        yield note(said.EVENTS, said.CHECK_EVENTS.format(events=told))
        return
    yield note(said.LISTENING.format(seconds=listen))
    came = await _received(socket, "events_api", listen)
    yield _came(came) if came else _none_came(listen, told)


def _came(envelope: dict[str, Any]) -> Finding:
    kind = ((envelope.get("payload") or {}).get("event") or {}).get("type")
    return right(said.CAME.format(kind=kind if kind in KINDS else said.SOME_KIND))


def _none_came(seconds: int, told: str) -> Finding:
    return wrong(said.NONE_CAME.format(seconds=seconds), said.NO_EVENTS.format(events=told))


async def _received(
    socket: ClientWebSocketResponse, kind: str, seconds: int
) -> dict[str, Any] | None:
    """The next message of a kind; None where the time is over, or the connection."""
    try:
        async with asyncio.timeout(seconds):
            async for message in socket:
                body = message.json() if message.type == WSMsgType.TEXT else None
                if isinstance(body, dict) and body.get("type") == kind:
                    return body
    except TimeoutError:
        return None
    return None

"""Events over HTTP: the address that Slack sends signed requests to."""

from __future__ import annotations

import hashlib
import hmac
import re
import time

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp

from ui.server import incidents
from ui.slack import texts
from ui.slack.names import EVENTS_ADDRESS

LARGEST = 1_000_000  # bytes
OLDEST = 300  # seconds
_TIMESTAMP = re.compile(r"\d{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


def slack_router(app: AsyncApp, signing_secret: str) -> APIRouter:
    """`POST /slack/events` for events, commands, shortcuts and clicks alike.

    Each request is checked here before the SDK sees it, which fails on headers that are garbage.
    """
    router = APIRouter()
    handler = AsyncSlackRequestHandler(app)

    @router.post(EVENTS_ADDRESS, include_in_schema=False)
    async def events(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return PlainTextResponse(texts.TOO_LARGE, 413)
        if not is_genuine(request, body, signing_secret.encode()):
            return PlainTextResponse(texts.NOT_GENUINE, 401)
        try:
            return await handler.handle(request)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            incidents.note(error)  # it was signed, and is no request that the SDK can read
            return PlainTextResponse(texts.NO_REQUEST, 400)

    return router


def is_genuine(request: Request, body: bytes, secret: bytes) -> bool:
    """Whether Slack signed it, and not long ago; what is not UTF-8 is none of Slack's."""
    sent = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not (_TIMESTAMP.fullmatch(sent) and _SIGNATURE.fullmatch(signature)):
        return False
    if abs(time.time() - int(sent)) > OLDEST or not _is_text(body):
        return False
    expected = hmac.new(secret, b"v0:" + sent.encode() + b":" + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={expected}", signature)


async def _body(request: Request) -> bytes | None:
    """All of it, kept for who reads it next; None where it is too large to be an event."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > LARGEST:
            return None
        pieces.append(piece)
    request._body = b"".join(pieces)
    return request._body


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

"""Saying no in a sentence, whatever was asked for."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

POLICY_VIOLATION = 1008  # RFC 6455


def refuse(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> ASGIApp:
    """An application that only says this: to programs as JSON, as FastAPI's own errors are."""

    async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": sentence})
            return
        response: Response = JSONResponse({"detail": sentence}, status, headers)
        if "text/html" in Headers(scope=scope).get("accept", ""):
            response = PlainTextResponse(sentence, status, headers)
        await response(scope, receive, send)

    return refusing

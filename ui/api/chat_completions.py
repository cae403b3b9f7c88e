"""POST /v1/chat/completions."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import Final, TypeAlias

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from ui.api.errors import ApiError, envelope
from ui.api.openai_replying import reply
from ui.api.openai_requests import ChatRequest
from ui.api.openai_wanted import asker, wanted
from ui.api.openai_writing import Whole
from ui.api.sending import event
from ui.api.services import Api
from ui.server.principals import Principal

DONE: Final = b"data: [DONE]\n\n"
Json: TypeAlias = dict[str, object]


def router(api: Api) -> APIRouter:
    """`/chat/completions`."""
    routes = APIRouter()
    may_ask = Depends(api.gate.needs("ask"))

    @routes.post("/chat/completions", response_model=None)
    async def chat(
        request: Request, asked: ChatRequest, principal: Principal = may_ask
    ) -> Response:
        want = wanted(api, asked, asker(request, principal))
        return reply(api, want, Completion(asked), is_stream=asked.stream)

    return routes


class Completion:
    """One completion; all its parts share an id and a moment."""

    def __init__(self, asked: ChatRequest) -> None:
        self._model, self._counts = asked.model, asked.counts
        self._id = f"chatcmpl-{secrets.token_hex(14)}"
        self._created = int(time.time())

    def body(self, whole: Whole) -> Json:
        message = {
            "role": "assistant",
            "content": whole.text,
            "refusal": None,
            "annotations": [one.nested() for one in whole.annotations],
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {
            **self._head("chat.completion"),
            "choices": [choice],
            "usage": whole.used.as_chat(),
            **whole.added,
        }

    def opening(self) -> Iterator[bytes]:
        yield self._chunk({"role": "assistant", "content": "", "refusal": None})

    def delta(self, text: str) -> bytes:
        return self._chunk({"content": text})

    def closing(self, whole: Whole) -> Iterator[bytes]:
        """What comes after the last piece of the text."""
        if whole.annotations:
            yield self._chunk({"annotations": [one.nested() for one in whole.annotations]})
        yield self._chunk({}, "stop", whole.added)
        if self._counts:
            yield self._event({"choices": [], "usage": whole.used.as_chat()})
        yield DONE

    def late(self, error: ApiError) -> bytes:
        return event(envelope(error))

    def _chunk(self, delta: Json, finish: str | None = None, more: Json | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return self._event({"choices": [choice], **(more or {})})

    def _event(self, fields: Json) -> bytes:
        uncounted: Json = {"usage": None} if self._counts else {}
        return event({**self._head("chat.completion.chunk"), **uncounted, **fields})

    def _head(self, kind: str) -> Json:
        return {
            "id": self._id,
            "object": kind,
            "created": self._created,
            "model": self._model,
            "system_fingerprint": None,
        }

"""What comes from an endpoint through the SDK, and what goes wrong in there, as our own types."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import httpx2
from openai import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    AsyncStream,
    OpenAIError,
)

from rag.models.openai_failure import Asked, EndpointError, Failure, refused
from rag.models.retrying import asked_to_wait

NO_PROTOCOL = Failure(
    "bad-response",
    "What answers at OPENAI_BASE_URL does not speak OpenAI's protocol. Most addresses end in /v1.",
)
UNREADABLE = Failure("bad-response", "The language model sent something that cannot be read.")
UNREACHABLE = Failure(
    "unreachable",
    "The language model cannot be reached, or broke the connection. Look at OPENAI_BASE_URL.",
    is_passing=True,
)
_RAISED = (
    OpenAIError,
    httpx2.HTTPError,
    httpx2.InvalidURL,
    TimeoutError,
    ValueError,
    RecursionError,
)
_END = object()


class Incoming(Protocol):
    """A reply on its way, as the JSON objects that it is sent in."""

    async def next(self, deadline: float) -> Mapping[str, object] | None:
        """The next object, None after the last; raises EndpointError."""
        ...


@dataclass(frozen=True, slots=True)
class Bounds:
    """Lets the SDK work until a deadline, and turns what it raises into an EndpointError."""

    asked: Asked
    seconds: float
    deadline: float

    @asynccontextmanager
    async def until(self, deadline: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout_at(deadline):
                yield
        except _RAISED as error:
            # Without its cause: the SDK's errors may hold a part of the key.
            raise EndpointError(self._failure(error)) from None

    def _failure(self, error: Exception) -> Failure:
        match error:
            case APIStatusError():
                wait = asked_to_wait(error.response.headers)
                return refused(self.asked, error.status_code, error.body, wait)
            case APITimeoutError() if not isinstance(error.__cause__, httpx2.ConnectTimeout):
                return _timeout(f"sent nothing for {self.seconds:g} seconds", is_passing=True)
            case APIConnectionError() | httpx2.HTTPError() | httpx2.InvalidURL():
                return UNREACHABLE
            case APIError():
                return refused(self.asked, None, error.body)
            case TimeoutError():
                return _timeout(f"was not done within {self.deadline:g} seconds", is_passing=False)
            case _:
                return UNREADABLE


def _timeout(what: str, *, is_passing: bool) -> Failure:
    return Failure("timeout", f"The language model {what}.", is_passing=is_passing)


def incoming(stream: AsyncStream[object], bounds: Bounds) -> Incoming:
    """The reply of a stream; raises EndpointError where it is a web page."""
    form = stream.response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if form.endswith("html"):
        raise EndpointError(NO_PROTOCOL)
    return (_Whole if form.endswith("json") else _Chunks)(stream, bounds)


class _Chunks:
    """Server-sent events, one object each."""

    def __init__(self, stream: AsyncStream[object], bounds: Bounds) -> None:
        self._stream = stream
        self._bounds = bounds

    async def next(self, deadline: float) -> Mapping[str, object] | None:
        while True:
            async with self._bounds.until(deadline):
                chunk = await anext(self._stream, _END)
            if chunk is _END:
                return None
            if isinstance(chunk, Mapping):
                return chunk


class _Whole:
    """One object, from an endpoint that streams nothing."""

    def __init__(self, stream: AsyncStream[object], bounds: Bounds) -> None:
        self._response = stream.response
        self._bounds = bounds

    async def next(self, deadline: float) -> Mapping[str, object] | None:
        if self._response.is_closed:
            return None
        async with self._bounds.until(deadline):
            completion = json.loads(await self._response.aread())
        if not isinstance(completion, Mapping):
            raise EndpointError(UNREADABLE)
        if completion.get("error"):
            raise EndpointError(refused(self._bounds.asked, None, completion))
        return completion

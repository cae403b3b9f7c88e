"""One way to answer, whole or as a stream, whatever the shape that a client asked for."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import Protocol

from starlette.responses import Response

from ui.api.errors import ApiError
from ui.api.openai_writing import Piece, Wanted, Whole, writing
from ui.api.sending import Body, Stream, as_json
from ui.api.services import Api


class Shape(Protocol):
    """How one answer looks: as one body, or as the events of a stream."""

    def body(self, whole: Whole) -> dict[str, object]: ...

    def opening(self) -> Iterable[bytes]: ...

    def delta(self, text: str) -> bytes: ...

    def closing(self, whole: Whole) -> Iterable[bytes]: ...

    def late(self, error: ApiError) -> bytes: ...


def reply(api: Api, wanted: Wanted, shape: Shape, *, is_stream: bool) -> Response:
    """The response; its work begins when it is sent."""
    if is_stream:
        return Stream(_events(api, wanted, shape), shape.late)
    return Body(_body(api, wanted, shape))


async def _body(api: Api, wanted: Wanted, shape: Shape) -> AsyncGenerator[bytes, None]:
    async with aclosing(writing(api, wanted)) as written:
        async for one in written:
            if isinstance(one, Whole):
                yield as_json(shape.body(one))


async def _events(api: Api, wanted: Wanted, shape: Shape) -> AsyncGenerator[bytes, None]:
    """The first part comes with the first sentence, or with what there is instead of one."""
    is_open = False
    async with aclosing(writing(api, wanted)) as written:
        async for one in written:
            if not is_open:
                yield b"".join(shape.opening())
                is_open = True
            if isinstance(one, Piece):
                yield shape.delta(one.text)
            else:
                yield b"".join(shape.closing(one))

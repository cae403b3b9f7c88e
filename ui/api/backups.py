"""`POST /backups`: everything that is kept, as one file, while the server goes on."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from ui.api.errors import ApiError, Json
from ui.api.native_shapes import errors
from ui.api.services import Api
from ui.server.backups import Backups, UnderWayError

ARCHIVE: Final = "application/gzip"
RUNNING: Final = "A backup is being made already. Wait for it to end."
SHOWN: Final[Json] = {
    "content": {ARCHIVE: {"schema": {"type": "string", "format": "binary"}}},
    "description": "A tar archive, compressed with gzip; `footnote restore` reads it.",
}


def router(api: Api) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["backups"])
    backups = Backups(api.application.shelf)

    @routes.post(
        "/backups",
        summary="Back up everything",
        dependencies=[Depends(api.gate.needs("admin"))],
        response_class=StreamingResponse,
        responses={200: SHOWN, **errors(409)},
    )
    async def back_up() -> StreamingResponse:
        """Papers and indexes of one moment, conversations, records, jobs, and the API keys' hashes.

        Whoever has the file has all of that: keep it private.
        """
        try:
            pieces = backups.begin()
        except UnderWayError:
            raise ApiError(409, RUNNING, code="busy") from None
        first = await anext(pieces)
        headers = {"content-disposition": f'attachment; filename="{_name()}"'}
        return StreamingResponse(_sent(first, pieces), media_type=ARCHIVE, headers=headers)

    return routes


async def _sent(first: bytes, others: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(others):
        yield first
        async for piece in others:
            yield piece


def _name() -> str:
    return f"footnote-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar.gz"

"""What people say of an answer: `POST /feedback`, and `GET /feedback?ids=` what they said."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ui.answer_log import AnswerLog, Feedback, Reason, Thumb
from ui.server.same_origin import is_same_origin
from ui.web import feedback_texts as texts

ADDRESS = "/feedback"
LARGEST = 4096  # bytes
LONGEST_NOTE = 500  # characters
MOST_IDS = 200
ID = Field(pattern="^[0-9a-f]{32}$")


class Said(BaseModel):
    """Feedback as a page sends it; without a thumb it is taken back."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, ID]
    thumb: Thumb | None
    reason: Reason | None = None
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""

    @property
    def feedback(self) -> Feedback | None:
        """A reason belongs to a thumb down alone."""
        if self.thumb != "down":
            return Feedback("up") if self.thumb else None
        return Feedback("down", self.reason, self.note.strip())


def router(log: AnswerLog) -> APIRouter:
    """The routes; who knows an answer's id may read and change what was said of it."""
    routes = APIRouter()

    @routes.post(ADDRESS)
    async def say(request: Request) -> Response:
        said = await _read(request)
        if not await asyncio.to_thread(log.rate, said.id, said.feedback):
            raise HTTPException(404, texts.UNKNOWN)
        return Response(status_code=204)

    @routes.get(ADDRESS)
    async def said(
        response: Response, ids: Annotated[str, Query(max_length=MOST_IDS * 33)] = ""
    ) -> dict[str, dict[str, str | None]]:
        response.headers["cache-control"] = "no-store"
        found = await asyncio.to_thread(log.feedback, ids.split(","))
        return {name: asdict(one) for name, one in found.items()}

    return routes


async def _read(request: Request) -> Said:
    """Raises HTTPException with a sentence for whatever is no feedback of our own page."""
    if not is_same_origin(request):
        raise HTTPException(403, texts.NOT_FROM_HERE)
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise HTTPException(415, texts.NO_JSON)
    try:
        return Said.model_validate_json(await _body(request))
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or "body"
        raise HTTPException(422, texts.WRONG.format(why=f"{where}: {first['msg']}")) from None


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise HTTPException(413, texts.TOO_LONG.format(most=f"{LARGEST:,}"))
    return bytes(body)

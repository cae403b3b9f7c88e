"""`GET /stats`: how much there is on the shelf, and for whoever administers, what was answered."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from rag.store.counting import Statistics
from ui.answer_log import AnswerLog
from ui.api.native_shapes import off_the_loop
from ui.api.services import Api
from ui.server.principals import Principal


class AnswersCounted(BaseModel):
    """How many answers there are records of, and of which kind."""

    all: int
    refused: int
    failed: int
    thumbs_down: int


class StatsShown(BaseModel):
    """The counts of the shelf; those of answers for whoever may administer."""

    shelf: Statistics
    embedding: Annotated[str | None, Field(description="What the papers were embedded with.")]
    answers: AnswersCounted | None


def router(api: Api) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["stats"])
    asking = Depends(api.gate.needs("ask"))

    @routes.get("/stats", summary="Count what there is")
    async def stats(
        principal: Principal = asking,
    ) -> StatsShown:
        is_admin = principal.may("admin")
        embedding = await off_the_loop(api.application.shelf.embedding)
        return StatsShown(
            shelf=await off_the_loop(api.services.shelf.statistics),
            embedding=str(embedding) if embedding else None,
            answers=await off_the_loop(partial(_counted, api.log)) if is_admin else None,
        )

    return routes


def _counted(log: AnswerLog) -> AnswersCounted:
    return AnswersCounted(
        all=log.count("all"),
        refused=log.count("refused"),
        failed=log.count("failed"),
        thumbs_down=log.count("down"),
    )

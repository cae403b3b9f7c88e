"""`POST /search`: the papers nearest to a question, without an answer."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from rag.types import Hit
from ui.api.answers import LONGEST_QUESTION
from ui.api.native_shapes import Asked, ScopeAsked, shown_by
from ui.api.services import Api
from ui.server.wire import MOST_HITS


class SearchAsked(Asked):
    """What to look for, and within which papers."""

    model_config = shown_by(
        {"query": "quantization of large models"},
        {"query": "image generation", "scope": {"since": "2021", "until": "2023"}, "limit": 3},
    )

    query: Annotated[
        str,
        Field(min_length=1, max_length=LONGEST_QUESTION, examples=["quantization of large models"]),
    ]
    scope: ScopeAsked = ScopeAsked()
    limit: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=MOST_HITS,
            description="How many at most; only the few hundred nearest are looked at.",
        ),
    ] = 10


class SearchShown(BaseModel):
    """Papers that were found, best first; scores are between 0 and 1."""

    hits: list[Hit]
    seconds: float


def router(api: Api) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["search"])

    @routes.post("/search", summary="Find papers", dependencies=[Depends(api.gate.needs("ask"))])
    async def search(asked: SearchAsked) -> SearchShown:
        scope, began = asked.scope.scope, time.perf_counter()
        async with api.services.places.one():
            hits = await api.services.engine.search(asked.query, scope=scope, limit=asked.limit)
        return SearchShown(hits=hits, seconds=time.perf_counter() - began)

    return routes

"""POST /v1/responses; nothing of a response is kept."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from ui.api.openai_replying import reply
from ui.api.openai_requests import ResponseRequest
from ui.api.openai_wanted import asker, wanted
from ui.api.response_events import Events
from ui.api.services import Api
from ui.server.principals import Principal


def router(api: Api) -> APIRouter:
    """`/responses`."""
    routes = APIRouter()
    may_ask = Depends(api.gate.needs("ask"))

    @routes.post("/responses", response_model=None)
    async def responses(
        request: Request, asked: ResponseRequest, principal: Principal = may_ask
    ) -> Response:
        want = wanted(api, asked, asker(request, principal))
        return reply(api, want, Events(asked), is_stream=asked.stream)

    return routes

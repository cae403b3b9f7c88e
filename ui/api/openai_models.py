"""The models that this server has: one, whatever it writes with."""

from __future__ import annotations

import time
from typing import Final, TypeAlias

from fastapi import APIRouter, Depends

from ui.api.errors import ApiError
from ui.api.services import Api
from ui.server.principals import Principal

MODEL: Final = "footnote"
NO_SUCH_MODEL = "There is no model {model!r} here; the only one is {ours!r}."
LONGEST_SHOWN = 80  # characters of a name that was made up
Json: TypeAlias = dict[str, object]


def check_model(name: str) -> None:
    """Raises ApiError, in the words that clients look for, where it is another one."""
    if name != MODEL:
        message = NO_SUCH_MODEL.format(model=name[:LONGEST_SHOWN], ours=MODEL)
        raise ApiError(404, message, code="model_not_found", param="model")


def router(api: Api) -> APIRouter:
    """`/models` and what is below it."""
    routes, since = APIRouter(), int(time.time())
    may_ask = Depends(api.gate.needs("ask"))
    told: Json = {"id": MODEL, "object": "model", "created": since, "owned_by": "footnote"}

    @routes.get("/models")
    async def models(principal: Principal = may_ask) -> Json:
        return {"object": "list", "data": [told]}

    @routes.get("/models/{name:path}")
    async def model(name: str, principal: Principal = may_ask) -> Json:
        check_model(name)
        return told

    return routes

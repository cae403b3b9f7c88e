"""What several parts of the native API speak in: who is asked for what, within which papers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Final, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from rag.types import Dating, Scope
from rag.types import Range as Numbers
from ui.api.errors import ApiError, Json, envelope
from ui.server.scoping import ORGANIZATION, SINCE, SOURCE, UNTIL, scope_of
from ui.server.wire import MEDIA_TYPE, Failure

LONGEST_NAME: Final = 200  # characters
MOST_IDS: Final = 1000
MOST_NAMES: Final = 20
MOST: Final = 10**9
INVALID: Final = 422
Found = TypeVar("Found")
Name: TypeAlias = Annotated[str, StringConstraints(max_length=LONGEST_NAME)]
Date: TypeAlias = Annotated[
    Name,
    Field(description="A year, a month or a day.", examples=["2025", "2025-10", "2025-10-24"]),
]
Number: TypeAlias = Annotated[int, Field(strict=True, ge=0, le=MOST)]
PaperId: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_NAME), Field(examples=["2510.12345"])
]


class Asked(BaseModel):
    """What is sent; a field that is not known is refused, not passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def shown_by(*examples: dict[str, Any]) -> ConfigDict:
    """Adds whole bodies, each of which can be sent as it is, to the description."""
    return ConfigDict(json_schema_extra={"examples": list(examples)})


class RangeAsked(Asked):
    """Numbers from `least` to `most`, both included."""

    least: Number | None = None
    most: Number | None = None


class ScopeAsked(Asked):
    """Hard filters: a paper outside them is never looked at. Left out, each bars nothing."""

    paper_ids: Annotated[tuple[PaperId, ...], Field(max_length=MOST_IDS)] = ()
    since: Date | None = None
    until: Date | None = None
    organization: Annotated[Name | None, Field(description="A part of the name is enough.")] = None
    source: Annotated[Name | None, Field(description="The file that the papers came in.")] = None
    dating: Annotated[Dating, Field(description="Which dates count as within the two.")] = "sure"
    authors: Annotated[tuple[Name, ...], Field(max_length=MOST_NAMES)] = ()
    author_count: RangeAsked | None = None
    upvotes: RangeAsked | None = None

    @property
    def scope(self) -> Scope:
        """Raises FilterError where a date is none, or the two cross."""
        return scoped(self)


class ErrorTold(BaseModel):
    """What went wrong, in a sentence; `code` is for programs, `param` where in the request."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorShown(BaseModel):
    """The body of every response that is an error."""

    error: ErrorTold


def scoped(asked: ScopeAsked) -> Scope:
    """The filters as the engine takes them; raises FilterError."""
    names = (SINCE, UNTIL, ORGANIZATION, SOURCE)
    plain = scope_of({name: getattr(asked, name) or "" for name in names})
    return replace(
        plain,
        paper_ids=tuple(dict.fromkeys(asked.paper_ids)),
        dating=asked.dating,
        authors=tuple(name for one in asked.authors if (name := " ".join(one.split()))),
        author_count=_numbers(asked.author_count),
        upvotes=_numbers(asked.upvotes),
    )


def failed(error: ApiError) -> Failure:
    """The error as an event of a stream."""
    inner: Any = envelope(error)["error"]
    return Failure(inner["message"], inner["code"], inner["type"], inner["param"], error.status)


def errors(*statuses: int) -> dict[int | str, Json]:
    """Declares that these responses may come, each with a sentence."""
    return {status: {"model": ErrorShown, "description": _SAID[status]} for status in statuses}


def event_stream(*names: str, example: bytes) -> Json:
    """Declares server-sent events of these names; the schema is that of each."""
    data = {"type": "string", "contentMediaType": "application/json"}
    properties = {"event": {"enum": names}, "data": data}
    each = {"type": "object", "required": ["event", "data"], "properties": properties}
    return {MEDIA_TYPE: {"schema": each, "example": example.decode()}}


async def off_the_loop(call: Callable[[], Found]) -> Found:
    """What blocks, in a thread."""
    return await asyncio.to_thread(call)


def _numbers(asked: RangeAsked | None) -> Numbers | None:
    return Numbers(asked.least, asked.most) if asked else None


_SAID: Final = {
    400: "The body cannot be read.",
    401: "No key, or none that is known.",
    403: "The key may not do this.",
    404: "There is no such thing, or it is not yours.",
    408: "The files took too long to arrive.",
    409: "It cannot be done with what there is.",
    413: "That is too much at once.",
    422: "The request says something that cannot be.",
    429: "That is too often; `retry-after` says when to ask again.",
    500: "Something went wrong on the server; the sentence has a reference for whoever runs it.",
    502: "The language model did not answer.",
    503: "The server cannot do it just now.",
    504: "The language model took too long.",
    507: "The server has no room left.",
}
EVERYWHERE: Final = errors(400, 401, 403, 422, 429, 500, 503)

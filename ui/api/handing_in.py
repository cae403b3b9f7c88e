"""`POST /papers` and `/papers/upload`: papers are handed in, and a job adds them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from rag.loaders.text import MAX_ABSTRACT, MAX_TITLE
from ui.api.errors import ApiError, Json
from ui.api.job_shapes import JobShown
from ui.api.native_shapes import Asked, Date, Name, Number, errors, shown_by
from ui.api.services import Api
from ui.server.job import Job
from ui.server.jobs import Lot, QueueFullError
from ui.server.principals import Principal
from ui.server.receiving import ReceivingError, receive, safe_name

MOST_RECORDS: Final = 1000
MOST_AUTHORS: Final = 1000
LONGEST_ADDRESS: Final = 2000
FULL: Final = (
    "Others are adding papers just now, and no more are taken. Try again in a little while."
)
_REFUSED: Final = {408: "too_slow", 413: "too_large", 507: "no_room"}
FORM: Final[Json] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {"type": "array", "items": {"type": "string", "format": "binary"}}
                    },
                }
            }
        },
    }
}


class RecordAsked(Asked):
    """What is known of one paper; more may be known of it already, and is kept."""

    title: Annotated[str, Field(min_length=1, max_length=MAX_TITLE, examples=["Slow Dough"])]
    abstract: Annotated[
        str, Field(min_length=1, max_length=MAX_ABSTRACT, examples=["Bakers judge dough by eye."])
    ]
    authors: Annotated[tuple[Name, ...], Field(max_length=MOST_AUTHORS)] = ()
    author_count: Number | None = None
    organization: Name | None = None
    published: Date | None = None
    upvotes: Number | None = None
    url: Annotated[str | None, Field(max_length=LONGEST_ADDRESS)] = None
    arxiv: Annotated[Name | None, Field(examples=["2510.12345"])] = None
    doi: Name | None = None
    pmid: Name | None = None
    id: Annotated[Name | None, Field(description="The number that its source gives it.")] = None


class RecordsAsked(Asked):
    """Papers to add."""

    model_config = shown_by(
        {
            "records": [
                {
                    "title": "Slow Dough",
                    "abstract": "Bakers judge dough by eye. We weigh it: slow dough rises by 20%.",
                    "authors": ["Mara Lindqvist"],
                    "published": "2025-10",
                    "arxiv": "2510.12345",
                }
            ],
            "source": "my reading list",
        }
    )

    records: Annotated[list[RecordAsked], Field(min_length=1, max_length=MOST_RECORDS)]
    source: Annotated[
        str,
        Field(
            min_length=1,
            max_length=100,
            description="What they come from. A record replaces what the same source said before.",
        ),
    ] = "api"


def router(api: Api) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/papers", tags=["papers"])
    writing = Depends(api.gate.needs("write"))
    _add_records(routes, api, writing)

    @routes.post(
        "/upload",
        status_code=202,
        summary="Add papers from files",
        openapi_extra=FORM,
        responses=errors(408, 413, 507),
    )
    async def upload(
        request: Request, response: Response, principal: Principal = writing
    ) -> JobShown:
        """Saved pages, JSON, JSON Lines, CSV: whatever `footnote add` reads."""
        with _place(api, principal) as lot:
            try:
                paths = await receive(request, lot.folder)
            except ReceivingError as error:
                code = _REFUSED.get(error.status, "invalid_request")
                raise ApiError(error.status, str(error), code=code) from None
            return _told(response, request, await api.jobs.begin(lot, paths))

    return routes


def _add_records(routes: APIRouter, api: Api, writing: Any) -> None:  # noqa: ANN401  (a dependency)
    @routes.post("", status_code=202, summary="Add papers", responses=errors(413))
    async def add(
        request: Request,
        response: Response,
        asked: RecordsAsked,
        principal: Principal = writing,
    ) -> JobShown:
        """Answers at once with a job; `/jobs/{id}` says how far it is."""
        with _place(api, principal) as lot:
            path = await asyncio.to_thread(_written, asked, lot.folder)
            return _told(response, request, await api.jobs.begin(lot, [path]))


@contextmanager
def _place(api: Api, principal: Principal) -> Iterator[Lot]:
    try:
        with api.jobs.place(principal.owner) as lot:
            yield lot
    except QueueFullError:
        raise ApiError(503, FULL, code="busy", headers={"retry-after": "5"}) from None


def _written(asked: RecordsAsked, folder: Path) -> Path:
    """The records as a file of JSON Lines, which is named as their source."""
    path = folder / "0" / safe_name(asked.source)
    path.parent.mkdir()
    lines = (one.model_dump(exclude_none=True) for one in asked.records)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="ascii")
    return path


def _told(response: Response, request: Request, job: Job) -> JobShown:
    # Not `url_for`: the application may be inside others, which have routes of their own.
    response.headers["location"] = f"{request.scope.get('root_path', '')}/jobs/{job.id}"
    return JobShown.of(job)

"""`/papers`: those of the shelf, filtered, sorted, a page at a time; each alone; and removed."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final, TypeAlias

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from rag.errors import PaperNotFoundError
from rag.store.scoping import Sort
from rag.types import Paper
from ui.api.errors import ApiError
from ui.api.exports import FILES, PaperFormat, paper_file
from ui.api.native_shapes import (
    LONGEST_NAME,
    MOST,
    Asked,
    Date,
    Name,
    PaperId,
    RangeAsked,
    ScopeAsked,
    errors,
    off_the_loop,
)
from ui.api.services import Api

MOST_LISTED: Final = 200
MOST_NAMED: Final = 100
LONGEST_MEANT: Final = 1000
Id: TypeAlias = Annotated[str, Path(max_length=LONGEST_NAME, examples=["2510.12345"])]


class PapersAsked(Asked):
    """Filters, order and place of a page of papers; filters that are left out bar nothing."""

    id: Annotated[tuple[PaperId, ...], Field(max_length=MOST_NAMED)] = ()
    since: Date | None = None
    until: Date | None = None
    organization: Name | None = None
    source: Name | None = None
    author: Annotated[
        tuple[Name, ...], Field(max_length=20, description="Each of them has to have written it.")
    ] = ()
    least_upvotes: Annotated[int | None, Field(ge=0, le=MOST)] = None
    sort: Sort = "added"
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED)] = 50
    offset: Annotated[int, Field(ge=0, le=MOST)] = 0

    @property
    def filters(self) -> ScopeAsked:
        upvotes = None if self.least_upvotes is None else RangeAsked(least=self.least_upvotes)
        return ScopeAsked(
            paper_ids=self.id,
            since=self.since,
            until=self.until,
            organization=self.organization,
            source=self.source,
            authors=self.author,
            upvotes=upvotes,
        )


class PapersShown(BaseModel):
    """A page of papers; `total` fit the filters."""

    papers: list[Paper]
    total: int
    limit: int
    offset: int


def router(api: Api) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/papers", tags=["papers"])
    _add_reading(routes, api)
    _add_each(routes, api)
    return routes


def _add_reading(routes: APIRouter, api: Api) -> None:
    may_ask = [Depends(api.gate.needs("ask"))]

    @routes.get("", summary="List papers", dependencies=may_ask)
    async def papers(asked: Annotated[PapersAsked, Query()]) -> PapersShown:
        scope, shelf = asked.filters.scope, api.services.shelf
        place = {"limit": asked.limit, "offset": asked.offset}
        found = await off_the_loop(partial(shelf.find, scope, sort=asked.sort, **place))
        total = await off_the_loop(partial(shelf.count, scope))
        return PapersShown(papers=found, total=total, **place)

    @routes.get(
        "/meant",
        summary="Find the paper that somebody means",
        dependencies=may_ask,
        responses=errors(404),
    )
    async def meant(
        name: Annotated[
            str,
            Query(
                min_length=1,
                max_length=LONGEST_MEANT,
                description="An id or its beginning, an arXiv id, a DOI, an address or a title.",
                examples=["arxiv:2510.12345"],
            ),
        ],
    ) -> Paper:
        return await off_the_loop(partial(api.application.shelf.resolve, name))


def _add_each(routes: APIRouter, api: Api) -> None:
    may_ask = [Depends(api.gate.needs("ask"))]

    @routes.get("/{paper_id}", summary="Read a paper", dependencies=may_ask, responses=errors(404))
    async def paper(paper_id: Id) -> Paper:
        return await _paper(api, paper_id)

    @routes.get(
        "/{paper_id}/export",
        summary="Export a paper",
        dependencies=may_ask,
        response_class=Response,
        responses={200: FILES, **errors(404)},
    )
    async def exported(
        paper_id: Id, form: Annotated[PaperFormat, Query(alias="format")] = "bib"
    ) -> Response:
        found = await _paper(api, paper_id)
        return paper_file([found], form, found.id)

    @routes.delete(
        "/{paper_id}",
        status_code=204,
        summary="Remove a paper for good",
        dependencies=[Depends(api.gate.needs("write"))],
        responses=errors(404),
    )
    async def remove(paper_id: Id) -> None:
        found = await _paper(api, paper_id)
        if not await off_the_loop(partial(api.application.shelf.remove, [found.id])):
            raise _absent(paper_id)


async def _paper(api: Api, paper_id: str) -> Paper:
    try:
        return await off_the_loop(partial(api.application.shelf.paper, paper_id))
    except PaperNotFoundError:
        raise _absent(paper_id) from None


def _absent(paper_id: str) -> ApiError:
    sentence = f"No paper on the shelf has the id {paper_id[:LONGEST_NAME]!r}."
    return ApiError(404, sentence, code="not_found", param="paper_id")

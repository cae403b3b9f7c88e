"""`POST /exports`: papers as a file for a reference manager; and how any export is sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Final, Literal, TypeAlias

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.responses import Response

from rag.types import Answer, Citation, Paper
from ui.api.errors import ApiError, Json
from ui.api.native_shapes import MOST_IDS, Asked, PaperId, errors, off_the_loop, shown_by
from ui.api.services import Api
from ui.conversation import Kept
from ui.exports import FORMATS
from ui.exports.works import works

LONGEST_NAME: Final = 48  # characters of a file's name
NOTHING: Final = "No paper is cited in it, so that there is nothing to export."
UNKNOWN: Final = "The shelf has no paper with the id {ids}."
MOST_TOLD: Final = 5
FormatName: TypeAlias = Literal["md", "bib", "ris", "json"]
PaperFormat: TypeAlias = Literal["bib", "ris", "json"]
_UNFIT = re.compile(r"[^A-Za-z0-9]+")
FILES: Final[Json] = {
    "description": "The file.",
    "content": {
        one.media_type: {"schema": {"type": "array"} if suffix == ".json" else {"type": "string"}}
        for suffix, one in FORMATS.items()
    },
}


class ExportAsked(Asked):
    """Which papers, and for which reference manager."""

    model_config = shown_by({"paper_ids": ["2510.12345"], "format": "ris"})

    paper_ids: Annotated[list[PaperId], Field(min_length=1, max_length=MOST_IDS)]
    format: PaperFormat = "bib"


def router(api: Api) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["exports"])

    @routes.post(
        "/exports",
        summary="Export papers",
        dependencies=[Depends(api.gate.needs("ask"))],
        response_class=Response,
        responses={200: FILES, **errors(404)},
    )
    async def exports(asked: ExportAsked) -> Response:
        ids = list(dict.fromkeys(asked.paper_ids))
        found = await off_the_loop(partial(api.application.shelf.papers, ids))
        if missing := [one for one in ids if one not in {paper.id for paper in found}]:
            told = ", ".join(map(repr, missing[:MOST_TOLD]))
            raise ApiError(404, UNKNOWN.format(ids=told), code="not_found", param="paper_ids")
        return paper_file(found, asked.format, "papers")

    return routes


def file(said: Sequence[Kept], form_name: FormatName, title: str) -> Response:
    """Answers as a file; raises ApiError where they cite nothing that it could hold."""
    form = FORMATS[f".{form_name}"]
    if form.papers_alone and not works([one.answer for one in said]):
        raise ApiError(409, NOTHING, code="nothing_to_export")
    name = _UNFIT.sub("-", title)[:LONGEST_NAME].strip("-").lower() or "footnote"
    return Response(
        form.written(said).encode("utf-8", "replace"),
        media_type=f"{form.media_type}; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{name}.{form_name}"',
            "cache-control": "no-store",
        },
    )


def paper_file(papers: Sequence[Paper], form_name: PaperFormat, title: str) -> Response:
    """Papers alone as a file."""
    cited = tuple(Citation(number, paper, None) for number, paper in enumerate(papers, 1))
    return file([Kept(Answer("", "", cited))], form_name, title)

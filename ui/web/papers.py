"""The papers of the shelf: a page to search and filter them, and a page for each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from rag.errors import FootnoteError, PaperNotFoundError
from rag.types import Answer, Citation, Paper
from ui import exports, render
from ui.conversation import Kept
from ui.server.scoping import MOST
from ui.web import papers_query, papers_rows, papers_search
from ui.web import papers_texts as texts
from ui.web.charts import charts
from ui.web.pages import TotalRoute, notice, page
from ui.web.papers_overview import Overview
from ui.web.papers_query import Asked
from ui.web.papers_search import ON_A_PAGE, Catalogue, Found, Searching


@dataclass(frozen=True, slots=True)
class Shown:
    """What one view of the papers page needs."""

    asked: Asked
    found: Found
    problems: tuple[str, ...]


def router(engine: Searching, shelf: Catalogue) -> APIRouter:
    """`/papers` and what is below it."""
    routes = APIRouter(route_class=TotalRoute)
    overview = Overview(shelf)

    @routes.get("/papers")
    async def listed(request: Request) -> Response:
        shown = await _shown(papers_query.read(request.query_params), engine, shelf)
        drawn = await asyncio.to_thread(_around, shown, overview)
        return page(request, "papers.html", **_values(shown), **drawn)

    @routes.get("/papers/ask")
    async def ask(request: Request, only: Annotated[list[str], Query()] = []) -> Response:  # noqa: B006
        ids = list(dict.fromkeys(only))
        if ids and len(ids) <= MOST:
            return RedirectResponse(papers_rows.asking(ids), status_code=303)
        sentence = texts.TOO_MANY_ASKED.format(most=MOST) if ids else texts.NONE_SELECTED
        return notice(request, texts.PAPERS, sentence, status=400, back=_back())

    @routes.get("/papers/{paper_id}")
    async def one(request: Request, paper_id: str) -> Response:
        paper = await _paper(shelf, paper_id)
        if paper is None:
            return _missing(request, paper_id)
        if paper.id != paper_id:
            return RedirectResponse(papers_rows.address(paper), status_code=303)
        return page(request, "paper.html", **await _about(paper, engine, shelf))

    @routes.get("/papers/{paper_id}/cite.{form}")
    async def cite(
        request: Request, paper_id: str, form: Literal["bib", "ris", "json"]
    ) -> Response:
        paper = await _paper(shelf, paper_id)
        return _missing(request, paper_id) if paper is None else _citation(paper, f".{form}")

    return routes


async def _shown(asked: Asked, engine: Searching, shelf: Catalogue) -> Shown:
    problems = tuple(papers_query.problems(asked))
    try:
        return Shown(asked, await papers_search.found(asked, engine, shelf), problems)
    except FootnoteError as error:
        return Shown(asked, Found(), (*problems, str(error)))


def _values(shown: Shown) -> dict[str, Any]:
    asked, found = shown.asked, shown.found
    return {
        "asked": asked,
        "problems": shown.problems,
        "rows": papers_rows.rows(found.papers, asked.words, found.scores),
        "first": (asked.page - 1) * ON_A_PAGE + 1,
        "total": found.total,
        "pages": ceil(found.total / ON_A_PAGE),
        "most": MOST,
    }


def _around(shown: Shown, overview: Overview) -> dict[str, Any]:
    """What stands around the list: its count, its charts, and what the fields suggest."""
    whole, drawn = overview.whole(), overview.within(shown.found.scope)
    return {
        "count": _count(shown, is_empty=not whole.papers),
        "charts": charts(drawn, shown.asked) if drawn else [],
        "organizations": [name for name, _ in whole.by_organization],
        "sources": papers_rows.names([source for source, _ in whole.by_source]),
    }


def _count(shown: Shown, *, is_empty: bool) -> str:
    """How many papers were found, and which of them are seen."""
    found, words = shown.found, shown.asked.words
    if is_empty:
        return texts.EMPTY
    if not found.total:
        return texts.NONE_FIT
    papers = render.several(found.total, "paper")
    first = (shown.asked.page - 1) * ON_A_PAGE + 1
    last = first + len(found.papers) - 1
    is_whole = found.total <= ON_A_PAGE or last < first
    form = (
        (texts.NEAREST if is_whole else texts.SHOWN_NEAREST)
        if found.scores
        else (texts.ALL if is_whole else texts.SHOWN)
    )
    return form.format(papers=papers, words=words, first=f"{first:,}", last=f"{last:,}")


async def _paper(shelf: Catalogue, paper_id: str) -> Paper | None:
    try:
        return await asyncio.to_thread(shelf.paper, paper_id)
    except PaperNotFoundError:
        return None


async def _about(paper: Paper, engine: Searching, shelf: Catalogue) -> dict[str, Any]:
    ready = await asyncio.to_thread(shelf.papers, [paper.id])
    near = await _near(paper, engine) if ready else []
    return {
        "paper": paper,
        "is_ready": bool(ready),
        "byline": papers_rows.byline(paper),
        "record": list(papers_rows.record(paper)),
        "address": papers_rows.address(paper),
        "ask": papers_rows.asking([paper.id]),
        "formats": exports.FORMATS,
        "similar": papers_rows.similar(near),
    }


async def _near(paper: Paper, engine: Searching) -> Sequence[Paper]:
    """None where the search fails: the paper can be read all the same."""
    try:
        return [hit.paper for hit in await papers_search.similar(paper, engine)]
    except FootnoteError:
        logging.getLogger(__name__).warning("no similar papers could be searched for")
        return []


def _citation(paper: Paper, suffix: str) -> Response:
    """A file for a reference manager, of this paper alone."""
    form = exports.FORMATS[suffix]
    written = form.written([Kept(Answer("", "", (Citation(1, paper, None),)))])
    name = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in paper.id)
    headers = {"content-disposition": f'attachment; filename="{name}{suffix}"'}
    return Response(written, headers=headers, media_type=f"{form.media_type}; charset=utf-8")


def _missing(request: Request, paper_id: str) -> Response:
    sentence = texts.MISSING_SENTENCE.format(paper_id=paper_id[:80])
    return notice(request, texts.MISSING, sentence, status=404, back=_back())


def _back() -> tuple[str, str]:
    return papers_query.ADDRESS, texts.BACK

"""The operator's page: `GET /operator`, and `GET /operator/health`, which checks the shelf."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import PurePath
from platform import python_version
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from starlette.types import ASGIApp

from rag.build import Application
from rag.errors import FootnoteError
from rag.store.health import Health
from rag.types import Paper
from ui import render
from ui.answer_log import LISTINGS, AnswerLog, Listing
from ui.server.services import Services
from ui.web import operator_texts as texts
from ui.web import overview
from ui.web.feedback_texts import REASONS
from ui.web.operators import ADDRESS, OperatorLink, Operators
from ui.web.pages import TotalRoute, page

PER_PAGE = 25
SOURCES_LISTED = 8
INCIDENTS_LISTED = 20
PARTS = "footnote gradio fastapi chromadb tantivy onnxruntime llama-index-core openai".split()


@dataclass(frozen=True, slots=True)
class Operation:
    """What the page tells of: how the server was set up, and since when it runs."""

    services: Services
    log: AnswerLog
    check: Callable[[], Health]
    operators: Operators = field(default_factory=Operators)
    model: str = ""
    embedding: str = ""
    keeps_texts: bool = True
    began: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, application: Application, services: Services, log: AnswerLog) -> Self:
        """As the settings say."""
        settings = application.settings
        return cls(
            services,
            log,
            application.shelf.check,
            Operators.named(settings.operators),
            settings.llm.partition("{")[0].strip(),  # arguments may hold a key
            application.encoder.name.partition("{")[0].strip(),
            settings.keep_questions,
        )

    @property
    def link(self) -> Callable[[ASGIApp], OperatorLink]:
        """What puts the page into the bar, for those who may see it."""
        return partial(OperatorLink, operators=self.operators)


def router(operation: Operation) -> APIRouter:
    """Both routes answer 403 to whoever is no operator."""
    routes = APIRouter(route_class=TotalRoute)
    checking = asyncio.Lock()

    @routes.get(ADDRESS)
    async def operator(
        request: Request,
        show: Listing = "all",
        number: Annotated[int, Query(alias="page", ge=1, le=1_000_000)] = 1,
    ) -> HTMLResponse:
        if not operation.operators.include(request):
            return _refused(operation, request)
        shown = await asyncio.to_thread(_shown, operation, show, number)
        return page(request, "operator.html", words=texts, reasons=REASONS, **shown)

    @routes.get(f"{ADDRESS}/health")
    async def health(request: Request) -> HTMLResponse:
        if not operation.operators.include(request):
            return _refused(operation, request)
        if request.headers.get("sec-fetch-site") == "cross-site":
            return _checked(request, 403, trouble=texts.FROM_ELSEWHERE)
        if checking.locked():
            return _checked(request, 409, trouble=texts.RUNNING)
        async with checking:
            return await _check(operation, request)

    return routes


def _refused(operation: Operation, request: Request) -> HTMLResponse:
    why = operation.operators.why_not(request)
    return page(request, "operator_refused.html", status=403, words=texts, why=why)


async def _check(operation: Operation, request: Request) -> HTMLResponse:
    began = time.perf_counter()
    try:
        found = await asyncio.to_thread(operation.check)
    except FootnoteError as error:
        return _checked(request, 500, trouble=texts.UNCHECKED.format(why=error))
    papers = render.several(found.papers, "paper")
    took = texts.CHECKED.format(papers=papers, seconds=time.perf_counter() - began)
    return _checked(request, 200, findings=found.findings, took=took)


def _checked(
    request: Request,
    status: int,
    *,
    trouble: str = "",
    findings: tuple[str, ...] = (),
    took: str = "",
) -> HTMLResponse:
    return page(
        request,
        "operator_health.html",
        status=status,
        words=texts,
        trouble=trouble,
        findings=findings,
        took=took,
    )


def _shown(operation: Operation, show: Listing, number: int) -> dict[str, Any]:
    """Everything on the page; it blocks."""
    log = operation.log
    counts = {one: log.count(one) for one in LISTINGS}
    return {
        "sums": overview.overview(log, datetime.now().astimezone()),
        "counts": counts,
        "show": show,
        "number": number,
        "pages": max(1, -(-counts[show] // PER_PAGE)),
        "entries": log.latest(show, limit=PER_PAGE, offset=(number - 1) * PER_PAGE),
        "shelf": _shelf(operation),
        "health": _health(operation),
        "incidents": log.noticed(INCIDENTS_LISTED),
    }


def _shelf(operation: Operation) -> list[tuple[str, str]]:
    library = operation.services.shelf
    found = library.statistics()
    newest = library.find(sort="published", limit=1)
    names = list(dict.fromkeys(PurePath(source).name for source, _ in found.by_source))
    listed = names[:SOURCES_LISTED]
    if more := len(names) - len(listed):
        listed.append(texts.MORE_SOURCES.format(count=more))
    rows = [
        (texts.PAPERS, f"{found.papers:,}"),
        (texts.PASSAGES, f"{found.passages:,}"),
        (texts.PENDING, f"{found.pending:,}" if found.pending else ""),
        (texts.NEWEST, " · ".join(filter(None, map(_dated, newest)))),
        (texts.SOURCES, ", ".join(listed)),
    ]
    return [row for row in rows if row[1]]


def _dated(paper: Paper) -> str:
    return " · ".join(filter(None, (render.title(paper), render.date(paper.published))))


def _health(operation: Operation) -> list[tuple[str, str]]:
    places = operation.services.places
    running = min(places.taken, places.running)
    queue = texts.QUEUE_STATE.format(
        running=running, places=places.running, waiting=places.taken - running
    )
    kept = texts.TEXTS_KEPT if operation.keeps_texts else texts.TEXTS_NOT_KEPT
    versions = ", ".join(f"{one} {version(one)}" for one in PARTS)
    return [
        (texts.UPTIME, duration(time.monotonic() - operation.began)),
        (texts.QUEUE, queue),
        (texts.WRITES, operation.model or texts.NO_MODEL),
        (texts.EMBEDDING, operation.embedding),
        (texts.RECORDS, kept.format(days=render.several(operation.log.keep_days, texts.KEPT_DAY))),
        (texts.VERSIONS, f"{versions}, Python {python_version()}"),
    ]


def duration(seconds: float) -> str:
    """In the two largest units, as in "2 d 3 h"."""
    left, parts = int(seconds), []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        if count := left // size:
            parts.append(f"{count} {unit}")
        left %= size
    return " ".join(parts[:2]) or "0 s"

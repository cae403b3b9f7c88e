"""The page on which papers are added, and how far that is."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from ui.progress import fault_line
from ui.render import several
from ui.server import texts as server_texts
from ui.server.receiving import MOST_BYTES, MOST_FILES, ReceivingError, in_megabytes, receive
from ui.server.uploads import Job, QueueFullError, Uploads
from ui.web import access_texts as texts
from ui.web.pages import page

ADD = "/add"
SHOWN_FAULTS = 200
SEE_OTHER = 303


def router(uploads: Uploads) -> APIRouter:
    """Nothing of it is there where the operator does not allow it."""

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncGenerator[None, None]:
        yield
        await uploads.ended()

    routes = APIRouter(lifespan=lifespan)

    @routes.get(ADD)
    async def form(request: Request) -> Response:
        return _form(request)

    @routes.post(ADD)
    async def add(request: Request) -> Response:
        try:
            job = await _received(request, uploads)
        except QueueFullError:
            return _form(request, texts.QUEUE_FULL, 503)
        except ReceivingError as error:
            return _form(request, str(error), error.status)
        return RedirectResponse(f"{ADD}/{job.id}", SEE_OTHER)

    @routes.get(ADD + "/{job_id}")
    async def progress(request: Request, job_id: str) -> Response:
        job = uploads.job(job_id, _user(request))
        found: Response
        if "application/json" in request.headers.get("accept", ""):
            found = JSONResponse(job_json(job) if job else {"detail": texts.GONE})
        else:
            found = _progress(request, job) if job else _form(request, texts.GONE)
        found.status_code = 200 if job else 404
        found.headers.update({"cache-control": "no-store", "vary": "Accept"})
        return found

    return routes


def job_json(job: Job) -> dict[str, object]:
    """What the script of the page asks for, again and again."""
    return {
        "state": job.state,
        "finished": job.is_finished,
        "done": job.done,
        "total": job.total,
        "sentence": sentence(job),
        "rejected": len(job.faults),
    }


def sentence(job: Job) -> str:
    """How far it is, in a few words."""
    if job.state == "reading" and job.done:
        read = texts.READ_SO_FAR.format(records=several(job.done, "record"))
        return f"{texts.STATES[job.state]} {read}"
    if job.state == "indexing":
        indexed = texts.INDEXED_SO_FAR.format(done=f"{job.done:,}", total=f"{job.total:,}")
        return f"{texts.STATES[job.state]} {indexed}"
    return texts.STATES[job.state]


async def _received(request: Request, uploads: Uploads) -> Job:
    job = uploads.open(_user(request))
    try:
        paths = await receive(request, job.folder)
    except BaseException:
        uploads.drop(job)
        raise
    uploads.begin(job, paths)
    return job


def _user(request: Request) -> str | None:
    user: str | None = getattr(request.state, "user", None)
    return user


def _form(request: Request, error: str = "", status: int = 200) -> Response:
    size = in_megabytes(MOST_BYTES)
    return page(
        request,
        "add.html",
        status=status,
        a=texts,
        error=error,
        limits=texts.LIMITS.format(files=MOST_FILES, size=size),
        too_large=server_texts.TOO_LARGE.format(size=size),
        too_many=server_texts.TOO_MANY_FILES.format(files=MOST_FILES),
        most_bytes=MOST_BYTES,
        most_files=MOST_FILES,
    )


def _progress(request: Request, job: Job) -> Response:
    report = job.report
    counts = [(text, f"{getattr(report, one):,}") for one, text in texts.COUNTS.items() if report]
    more = len(job.faults) - SHOWN_FAULTS
    return page(
        request,
        "added.html",
        a=texts,
        job=job,
        sentence=sentence(job),
        names=[path.name for path in job.paths],
        counts=counts,
        faults=[fault_line(fault) for fault in job.faults[:SHOWN_FAULTS]],
        more=texts.MORE_FAULTS.format(count=f"{more:,}") if more > 0 else "",
    )

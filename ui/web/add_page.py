"""The page on which papers are added, and how far that is."""

from __future__ import annotations

from pathlib import PurePath
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from ui.progress import fault_line
from ui.render import several
from ui.server import texts as server_texts
from ui.server.job import Job
from ui.server.jobs import Jobs, QueueFullError
from ui.server.receiving import MOST_BYTES, MOST_FILES, ReceivingError, in_megabytes, receive
from ui.web import access_texts as texts
from ui.web.pages import TotalRoute, page

ADD = "/add"
SEE_OTHER = 303


def router(jobs: Jobs) -> APIRouter:
    """Nothing of it is there where the operator does not allow it."""
    routes = APIRouter(route_class=TotalRoute)

    @routes.get(ADD)
    async def form(request: Request) -> Response:
        return _form(request)

    @routes.post(ADD)
    async def add(request: Request) -> Response:
        try:
            job = await _received(request, jobs)
        except QueueFullError:
            return _form(request, texts.QUEUE_FULL, 503)
        except ReceivingError as error:
            return _form(request, str(error), error.status)
        return RedirectResponse(f"{ADD}/{job.id}", SEE_OTHER)

    @routes.get(ADD + "/{job_id}")
    async def progress(request: Request, job_id: str) -> Response:
        job = await jobs.find(job_id, _owner(request))
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
        "rejected": job.rejected,
    }


def sentence(job: Job) -> str:
    """How far it is, in a few words."""
    if job.state == "reading" and job.done:
        read = texts.READ_SO_FAR.format(records=several(job.done, "record"))
        return f"{texts.STATES[job.state]} {read}"
    if job.state == "indexing":
        indexed = texts.INDEXED_SO_FAR.format(done=f"{job.done:,}", total=f"{job.total:,}")
        return f"{texts.STATES[job.state]} {indexed}"
    if job.state == "done" and not job.gave_papers:
        return texts.NOTHING_ADDED
    return texts.STATES[job.state]


async def _received(request: Request, jobs: Jobs) -> Job:
    with jobs.place(_owner(request)) as lot:
        return await jobs.begin(lot, await receive(request, lot.folder))


def _owner(request: Request) -> str:
    user = getattr(request.state, "user", None)
    return f"user:{user}" if user else ""


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
    became = job.counts
    counts = [(text, f"{getattr(became, one):,}") for one, text in texts.COUNTS.items() if became]
    more = job.rejected - len(job.faults)
    return page(
        request,
        "added.html",
        a=texts,
        job=job,
        sentence=sentence(job),
        names=job.names,
        counts=counts,
        faults=[fault_line(fault) for fault in job.faults],
        more=texts.MORE_FAULTS.format(count=f"{more:,}") if more > 0 else "",
        state=job.state if job.gave_papers else "failed",
        onwards=_onwards(job),
    )


def _onwards(job: Job) -> tuple[str, str]:
    """An address and its text: papers of one file can be asked about alone, of several cannot."""
    if job.gave_papers and len(job.names) == 1:
        return f"/?{urlencode({'source': PurePath(job.names[0]).name})}", texts.ASK_THEM
    return "/", texts.ASK_NOW

"""`/jobs`: what was handed in, how far it is, and that it be called off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from ui.api.errors import ApiError, Json
from ui.api.job_shapes import JobShown, JobsShown
from ui.api.native_shapes import MOST, errors, event_stream, failed
from ui.api.sending import Stream
from ui.api.services import Api
from ui.server.job import Job
from ui.server.principals import Principal
from ui.server.wire import event, framed

MOST_LISTED: Final = 200
ALIVE_EVERY: Final = 15.0  # seconds; proxies close what is silent for longer
ALIVE: Final = b": it goes on\n\n"
ABSENT: Final = "There is no such job among yours; jobs are listed for a week after their end."
_NOON: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
_EXAMPLE: Final = Job("nSM3kQpyZuj_kTaI", "", ("a.jsonl",), _NOON, _NOON, "indexing", 4, total=9)


def _told(job: Job) -> bytes:
    """The event of a job that is as far as that."""
    name = "finished" if job.is_finished else "progress"
    return event(name, JobShown.of(job).model_dump_json(ensure_ascii=True))


EVENTS: Final[Json] = {
    "description": "`progress` at each change, with the job; then `finished`. A server that ends "
    "closes the stream before: look again when it is back.",
    "content": event_stream("progress", "finished", "error", example=_told(_EXAMPLE)),
}


def router(api: Api) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/jobs", tags=["jobs"])
    writing = Depends(api.gate.needs("write"))

    async def whose(principal: Principal = writing) -> str | None:
        """Whoever may administer sees everybody's."""
        return None if principal.may("admin") else principal.owner

    owning = Depends(whose)

    async def theirs(job_id: str, owner: str | None = owning) -> Job:
        job = await api.jobs.find(job_id, owner)
        if job is None:
            raise ApiError(404, ABSENT, code="not_found", param="job_id")
        return job

    _add_list(routes, api, owning)
    _add_each(routes, api, Depends(theirs))
    return routes


def _add_list(routes: APIRouter, api: Api, whose: Any) -> None:  # noqa: ANN401  (a dependency)
    @routes.get("", summary="List jobs")
    async def jobs(
        limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 50,
        offset: Annotated[int, Query(ge=0, le=MOST)] = 0,
        owner: str | None = whose,
    ) -> JobsShown:
        found = await api.jobs.latest(owner, limit=limit, offset=offset)
        total = await api.jobs.count(owner)
        shown = [JobShown.of(one) for one in found]
        return JobsShown(jobs=shown, total=total, limit=limit, offset=offset)


def _add_each(routes: APIRouter, api: Api, theirs: Any) -> None:  # noqa: ANN401  (a dependency)
    @routes.get("/{job_id}", summary="See how far a job is", responses=errors(404))
    async def job(found: Job = theirs) -> JobShown:
        return JobShown.of(found)

    @routes.get(
        "/{job_id}/events",
        summary="Watch a job",
        response_class=Response,
        responses={200: EVENTS, **errors(404)},
    )
    async def events(found: Job = theirs) -> Response:
        return Stream(_watched(api, found), lambda error: framed(failed(error)))

    @routes.delete("/{job_id}", summary="Call a job off", responses=errors(404))
    async def cancel(found: Job = theirs) -> JobShown:
        """What was added before stays; a job that is finished stays as it is."""
        return JobShown.of(await api.jobs.cancel(found))


async def _watched(api: Api, job: Job) -> AsyncGenerator[bytes, None]:
    async with aclosing(api.jobs.watch(job)) as seen:
        coming = asyncio.ensure_future(anext(seen, None))
        try:
            while True:
                await asyncio.wait((coming,), timeout=ALIVE_EVERY)
                if not coming.done():
                    yield ALIVE
                    continue
                if (found := coming.result()) is None:
                    return
                yield _told(found)
                coming = asyncio.ensure_future(anext(seen, None))
        finally:
            coming.cancel()
            await asyncio.wait((coming,))

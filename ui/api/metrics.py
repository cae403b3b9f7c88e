"""`GET /metrics`: for whoever is at the machine itself, and for keys that may administer."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from fastapi import APIRouter, Request, Response

from ui.api.errors import ApiError, response, told
from ui.api.services import Api
from ui.server.metrics import Metrics
from ui.server.serving import is_loopback
from ui.server.tallies import Tallies

ADDRESS: Final = "/metrics"
MOST_JOBS: Final = 100  # far fewer are open at once
# A proxy on this machine speaks for people who are elsewhere.
FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")


def router(api: Api, metrics: Metrics, tallies: Tallies) -> APIRouter:
    """The route; it stands beside the APIs, where Prometheus looks for it."""
    routes = APIRouter()
    admitted = asynccontextmanager(api.gate.needs("admin"))

    @routes.get(ADDRESS)
    async def show(request: Request) -> Response:
        try:
            async with AsyncExitStack() as stack:
                if not is_here(request):
                    await stack.enter_async_context(admitted(request, None))
                return await _shown(request)
        except ApiError as error:
            return response(error)

    async def _shown(request: Request) -> Response:
        try:
            await tallies.current()
        except Exception as error:  # noqa: BLE001  (what else is known is shown all the same)
            told(error)
        latest = await api.jobs.latest(None, limit=MOST_JOBS)
        metrics.jobs(one.state for one in latest)
        body, media_type = metrics.page(request.headers.get("accept", ""))
        return Response(body, headers={"content-type": media_type, "cache-control": "no-store"})

    return routes


def is_here(request: Request) -> bool:
    """Whether the peer and the name that it called us by are both this machine's own."""
    if request.client is None or any(one in request.headers for one in FORWARDED):
        return False
    return is_loopback(request.client.host) and is_loopback(request.url.hostname or "")

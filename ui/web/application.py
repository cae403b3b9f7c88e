"""The web application: our own routes, then the chat at `/`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from types import MappingProxyType

import gradio as gr
from fastapi import APIRouter, FastAPI, Request
from fastapi.staticfiles import StaticFiles
from starlette.routing import Mount
from starlette.types import ASGIApp

from ui.server.calls import Calls
from ui.server.headers import SecurityHeaders
from ui.server.services import Services
from ui.web import filters, look, past
from ui.web.access import Guard
from ui.web.chat import offered, page
from ui.web.closed_streams import ClosedStreams
from ui.web.examples import Examples
from ui.web.offering import Offer, OnlyOffered
from ui.web.open_routes import OpenRoutes
from ui.web.owners import BrowserNames

PLACES_IN_GRADIO = 200  # events; our own queue is full long before
health = APIRouter()


def application(
    services: Services,
    *routers: APIRouter,
    guards: Sequence[Guard] = (),
    mounts: Mapping[str, ASGIApp] = MappingProxyType({}),
    offer: Offer | None = None,
) -> FastAPI:
    """Routes and mounts go before the chat, which takes what they leave; guards before all.

    `offer` is what `gradio_client` finds at the chat's address.
    """
    examples = Examples(services)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=_warming(examples))
    for router in (health, *_beside_the_chat(services), *routers):
        app.include_router(router)
    for address, mounted in mounts.items():
        app.mount(address, mounted)
    app.mount(look.ADDRESS, StaticFiles(directory=look.FOLDER), name="look")
    app = _with_chat(app, page(services, examples, offer), offer)
    app.add_middleware(BrowserNames)
    for guard in reversed(guards):
        app.add_middleware(guard)
    app.add_middleware(SecurityHeaders)
    return app


@health.api_route("/healthz", methods=["GET", "HEAD"])
async def healthz() -> dict[str, str]:
    """Whether the process answers."""
    return {"status": "ok"}


def _beside_the_chat(services: Services) -> Iterator[APIRouter]:
    """What the scripts of the chat ask for."""
    yield filters.router(services.shelf)
    if services.conversations:
        yield past.router(services.conversations)


def _with_chat(app: FastAPI, blocks: gr.Blocks, offer: Offer | None) -> FastAPI:
    blocks.queue(max_size=PLACES_IN_GRADIO, default_concurrency_limit=16)
    app = gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        theme=look.theme(),
        head=look.head() + past.head(),
        favicon_path=look.ICON,
        footer_links=[],
        show_error=False,
        run_history=False,
        auth_dependency=_user,
        enable_monitoring=False,
        ssr_mode=False,
    )
    blocks.has_launched = True  # a mounted page checks files less strictly without it
    mounted = next(one for one in reversed(app.routes) if isinstance(one, Mount))
    chat = OnlyOffered(ClosedStreams(mounted.app), offer=offer, numbers=offered(blocks))
    mounted.app = OpenRoutes(chat)
    return app


def _user(request: Request) -> str:
    """Who the guards say it is, for `gr.Request.username`; empty where nobody is asked."""
    return getattr(request.state, "user", None) or ""


def _warming(examples: Examples) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        """Chooses the examples while nobody waits for them, nor for the models at the end."""
        asyncio.get_running_loop().set_default_executor(Calls())
        choosing = asyncio.create_task(examples.chosen())
        yield
        choosing.cancel()
        with suppress(asyncio.CancelledError):
            await choosing

    return lifespan

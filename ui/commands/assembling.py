"""Everything that is served, put together over an open shelf: chat, pages, APIs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from rag.build import Application
from ui.conversation import Conversations
from ui.web import access_texts
from ui.web.access import Entrance, Guard

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI
    from starlette.types import ASGIApp

    from ui.api.gate import Gate
    from ui.api.services import Api
    from ui.commands.watching import Watch
    from ui.server.jobs import Jobs
    from ui.web.operating import Operation

ADD = ("/add", access_texts.ADD_LINK)


@dataclass(frozen=True, slots=True)
class Site:
    """What is served, who may come in, and what they may do.

    `may_add`: whether papers may be added in the browser. `is_alone`: whether it is one person's,
    on their own machine.
    """

    application: Application
    way_in: Entrance
    may_add: bool = False
    is_alone: bool = False


@dataclass(frozen=True, slots=True)
class Assembled:
    """What a server runs, and what is to be called as soon as it is told to end."""

    app: FastAPI
    when_ending: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Addition:
    """What stands beside the chat, and what watches all of it."""

    routers: tuple[APIRouter, ...]
    api: Api
    watch: Watch


@asynccontextmanager
async def assembled(site: Site, address: str) -> AsyncIterator[Assembled]:
    """Open until the block ends; other commands of this user find it at the address meanwhile.

    Gradio takes seconds to import, and makes loops that nobody closes where none runs.
    """
    from ui.api.services import Api
    from ui.commands.slacking import events_routes
    from ui.commands.watching import watching
    from ui.server.announcing import announced
    from ui.server.audit import Audit
    from ui.server.keys import local_key

    key = local_key()
    async with AsyncExitStack() as stack:
        # First, so that commands wait for us rather than hear that the shelf is in use.
        stack.enter_context(announced(site.application.settings.home, address, key))
        watch = stack.enter_context(watching(site.application))
        operation = stack.enter_context(_operation(site.application, watch))
        gate = stack.enter_context(_gate(site, key))
        jobs = await stack.enter_async_context(_jobs(site.application))
        settings = site.application.settings
        audit = Audit(settings.home, keeps_texts=settings.audit_texts)
        api = Api(operation.services, gate, site.application, operation.log, jobs, audit)
        slack = await stack.enter_async_context(events_routes(api))
        routers = (*_pages(site, api, operation), *watch.routers(api), *slack)
        app = _web_application(site, operation, Addition(routers, api, watch))
        yield Assembled(app, jobs.end)


def _web_application(site: Site, operation: Operation, added: Addition) -> FastAPI:
    from ui.api.gradio_endpoint import offer
    from ui.server.page_limit import page_limit
    from ui.server.request_ids import RequestIds
    from ui.web.application import application
    from ui.web.bar_links import BarLinks

    links = partial(BarLinks, links=(ADD,) if site.may_add else ())
    return application(
        operation.services,
        *added.routers,
        guards=(
            RequestIds,
            *added.watch.outer,
            *site.way_in.guards,
            links,
            operation.link,
            page_limit,
            added.watch.inner,
        ),
        mounts=_mounts(added.api, added.watch.inner),
        offer=offer(added.api),
    )


@contextmanager
def _operation(application: Application, watch: Watch) -> Iterator[Operation]:
    """What is kept of answers and conversations, open meanwhile."""
    from ui.server.recording import Recorder, answer_log
    from ui.server.services import Services
    from ui.web.operating import Operation

    settings = application.settings
    with (
        answer_log(settings.home, keep_days=settings.keep_days) as log,
        Conversations(settings.home) as conversations,
    ):
        services = Services(
            watch.engine(application.answering),
            application.shelf,
            conversations=conversations,
            recorder=Recorder(log, keeps_texts=settings.keep_questions),
        )
        yield Operation.of(application, services, log)


@contextmanager
def _gate(site: Site, key: str) -> Iterator[Gate]:
    from ui.api.callers import People
    from ui.api.gate import opened
    from ui.web.operators import Operators
    from ui.web.owners import owner_of

    settings = site.application.settings
    people = People(owner_of, Operators.named(settings.operators).include)
    with opened(settings, people, is_alone=site.is_alone, local_key=key) as gate:
        yield gate


def _jobs(application: Application) -> Jobs:
    from ui.server.jobs import Jobs, adding

    return Jobs(adding(application.shelf, application.encoder), application.settings.home)


def _pages(site: Site, api: Api, operation: Operation) -> Iterator[APIRouter]:
    """The pages of our own, a line each."""
    from ui.web import add_page, feedback, operating, pages, papers

    yield from site.way_in.routers
    yield feedback.router(operation.log)
    yield operating.router(operation)
    yield pages.router()
    yield papers.router(api.services.engine, site.application.shelf)
    if site.may_add:
        yield add_page.router(api.jobs)


def _mounts(api: Api, routed: Guard) -> dict[str, ASGIApp]:
    from ui.api.native_application import native_application
    from ui.api.openai_application import openai_application
    from ui.api.surroundings import surrounded
    from ui.server.cross_origin import origins_in

    origins = origins_in(api.application.settings.cors_origins)
    around = partial(surrounded, audit=api.audit, origins=origins)
    return {
        "/v1": around(routed(openai_application(api)), "openai"),
        "/api/v1": around(routed(native_application(api)), "native"),
    }

"""`footnote serve`: the chat in the browser."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from rag.build import Application, build
from rag.config import load_settings
from ui.conversation import Conversations
from ui.hints import tell_of_pending
from ui.server import incidents
from ui.server.serving import HOST, address_of, check_address, empty_folder, listening, server_for
from ui.terminal import out, print_text, waiting
from ui.web import access_texts, texts
from ui.web.access import Access, Entrance, entrance

if TYPE_CHECKING:
    from fastapi import APIRouter

    from ui.server.uploads import Uploads
    from ui.web.operating import Operation

ADD = ("/add", access_texts.ADD_LINK)


@dataclass(frozen=True, slots=True)
class Site:
    """What is served, who may come in, and whether they may add papers."""

    application: Application
    way_in: Entrance
    may_add: bool = False


def serve(host: str, port: int, access: Access) -> int:
    """Opens the shelf and serves it until SIGINT or SIGTERM."""
    incidents.log_to_stderr()
    check_address(host, is_guarded=access.knows_people or access.is_insecure)
    settings = load_settings()
    way_in = entrance(access, host, settings.home)
    with ExitStack() as stack:
        bound = stack.enter_context(closing(listening(host, port)))
        with waiting("Opening the shelf …"):
            application = stack.enter_context(build(settings))
        tell_of_pending(application.shelf.statistics())
        runner = stack.enter_context(asyncio.Runner())
        serve_application(Site(application, way_in, may_add=access.may_add(host)), bound, runner)
    return 0


def serve_alone(application: Application, bound: socket.socket, runner: asyncio.Runner) -> None:
    """Serves what is open already, to this machine alone."""
    access = Access()
    way_in = entrance(access, HOST, application.settings.home)
    serve_application(Site(application, way_in, may_add=access.may_add(HOST)), bound, runner)


def serve_application(site: Site, bound: socket.socket, runner: asyncio.Runner) -> None:
    """Serves what is open already, and says where as soon as it can be asked."""
    incidents.log_to_stderr()
    opened = texts.OPEN_AT.format(address=address_of(bound))
    with empty_folder(), waiting("Loading the chat …") as stop:

        def tell() -> None:
            stop()
            print_text(out(), opened)

        runner.run(_serve(site, bound, tell))


async def _serve(site: Site, bound: socket.socket, when_open: Callable[[], None]) -> None:
    """Gradio takes seconds to import, and makes loops that nobody closes where none runs."""
    from ui.web.application import application as web_application
    from ui.web.bar_links import BarLinks

    uploads = _uploads(site.application) if site.may_add else None
    links = partial(BarLinks, links=(ADD,) if uploads else ())
    with _operation(site.application) as operation:
        app = web_application(
            operation.services,
            *_pages(site, uploads, operation),
            guards=(*site.way_in.guards, links, operation.link),
        )
        when_ending = uploads.end if uploads else lambda: None
        await server_for(app, when_open, when_ending).serve(sockets=[bound])


@contextmanager
def _operation(application: Application) -> Iterator[Operation]:
    """What is kept of answers and conversations, open meanwhile."""
    from ui.server.recording import Recorder, answer_log
    from ui.server.services import Services
    from ui.web.operating import Operation

    settings = application.settings
    with answer_log(settings.home) as log, Conversations(settings.home) as conversations:
        services = Services(
            application.engine,
            application.shelf,
            conversations=conversations,
            recorder=Recorder(log, keeps_texts=settings.keep_questions),
        )
        yield Operation.of(application, services, log)


def _pages(site: Site, uploads: Uploads | None, operation: Operation) -> Iterator[APIRouter]:
    """The pages of our own, a line each."""
    from ui.web import add_page, feedback, operating, pages, papers

    yield from site.way_in.routers
    yield feedback.router(operation.log)
    yield operating.router(operation)
    yield pages.router()
    yield papers.router(site.application.engine, site.application.shelf)
    if uploads:
        yield add_page.router(uploads)


def _uploads(application: Application) -> Uploads:
    from ui.server.uploads import Uploads, adding

    return Uploads(adding(application.shelf, application.encoder), application.settings.home)

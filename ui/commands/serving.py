"""`footnote serve`: the chat in the browser, and the API beside it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import ExitStack, closing

from rag.build import Application, build
from rag.config import load_settings
from ui.commands.assembling import Site, assembled
from ui.hints import tell_of_pending
from ui.remote.opening import alone
from ui.server import logs
from ui.server.serving import HOST, address_of, check_address, empty_folder, listening, server_for
from ui.terminal import out, print_text, waiting
from ui.web import texts
from ui.web.access import Access, Entrance, entrance


def serve(host: str, port: int, access: Access) -> int:
    """Opens the shelf and serves it until SIGINT or SIGTERM."""
    check_address(host, is_guarded=access.knows_people or access.is_insecure)
    settings = load_settings()
    way_in = entrance(access, host, settings.home)
    with ExitStack() as stack:
        bound = stack.enter_context(closing(listening(host, port)))
        with alone(settings, "serve"), waiting("Opening the shelf …"):
            application = stack.enter_context(build(settings))
        tell_of_pending(application.shelf.statistics())
        runner = stack.enter_context(asyncio.Runner())
        serve_application(_site(application, way_in, access, host), bound, runner)
    return 0


def serve_alone(application: Application, bound: socket.socket, runner: asyncio.Runner) -> None:
    """Serves what is open already, to this machine alone."""
    access = Access()
    way_in = entrance(access, HOST, application.settings.home)
    serve_application(_site(application, way_in, access, HOST), bound, runner)


def serve_application(site: Site, bound: socket.socket, runner: asyncio.Runner) -> None:
    """Serves what is open already, and says where as soon as it can be asked."""
    logs.log_to_stderr(site.application.settings.log_format)
    opened = texts.OPEN_AT.format(address=address_of(bound))
    with empty_folder(), waiting("Loading the chat …") as stop:

        def tell() -> None:
            stop()
            print_text(out(), opened)

        runner.run(_serve(site, bound, tell))


def _site(application: Application, way_in: Entrance, access: Access, host: str) -> Site:
    return Site(application, way_in, may_add=access.may_add(host), is_alone=access.is_alone(host))


async def _serve(site: Site, bound: socket.socket, when_open: Callable[[], None]) -> None:
    async with assembled(site, address_of(bound)) as whole:
        await server_for(whole.app, when_open, whole.when_ending).serve(sockets=[bound])

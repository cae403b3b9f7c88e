"""`footnote serve`: the chat in the browser."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import ExitStack, closing

from rag.build import Application, build
from rag.config import load_settings
from ui.hints import tell_of_pending
from ui.terminal import out, print_text, waiting
from ui.web import incidents, texts
from ui.web.serving import address_of, check_address, empty_folder, listening, server_for


def serve(host: str, port: int, *, insecure: bool) -> int:
    """Opens the shelf and serves it until SIGINT or SIGTERM."""
    check_address(host, is_guarded=insecure)
    settings = load_settings()
    with ExitStack() as stack:
        bound = stack.enter_context(closing(listening(host, port)))
        with waiting("Opening the shelf …"):
            application = stack.enter_context(build(settings))
        tell_of_pending(application.shelf.statistics())
        runner = stack.enter_context(asyncio.Runner())
        serve_application(application, bound, runner)
    return 0


def serve_application(
    application: Application, bound: socket.socket, runner: asyncio.Runner
) -> None:
    """Serves what is open already, and says where as soon as it can be asked."""
    incidents.log_to_stderr()
    opened = texts.OPEN_AT.format(address=address_of(bound))
    with empty_folder(), waiting("Loading the chat …") as stop:

        def tell() -> None:
            stop()
            print_text(out(), opened)

        runner.run(_serve(application, bound, tell))


async def _serve(
    application: Application, bound: socket.socket, when_open: Callable[[], None]
) -> None:
    """Gradio takes seconds to import, and makes loops that nobody closes where none runs."""
    from ui.web.application import application as web_application
    from ui.web.services import Services

    app = web_application(Services(application.engine, application.shelf))
    await server_for(app, when_open).serve(sockets=[bound])

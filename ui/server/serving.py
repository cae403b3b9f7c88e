"""The server: where it listens, and how it ends."""

from __future__ import annotations

import errno
import ipaddress
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, chdir, contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from rag.errors import FootnoteError
from ui.server import texts
from ui.server.ending import end_within

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

HOST = "127.0.0.1"
PORT = 7860
ENDING = (signal.SIGINT, signal.SIGTERM)
GRACE = 2  # seconds for answers to end; an open page keeps its connection for ever


class AddressError(FootnoteError):
    """The server may not or cannot listen there."""


def check_address(host: str, *, is_guarded: bool) -> None:
    """Raises AddressError where others reach us and nobody is asked who they are."""
    if not (is_guarded or is_loopback(host)):
        raise AddressError(texts.PUBLIC_ADDRESS.format(host=host or texts.EVERY_ADDRESS))


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; raises AddressError with a sentence where it cannot."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with ExitStack() as undo:
            bound = undo.enter_context(socket.socket(family, socket.SOCK_STREAM))
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
            bound.listen()
            undo.pop_all()
    except OSError as error:
        raise AddressError(_why(host, port, error)) from None
    return bound


def address_of(bound: socket.socket) -> str:
    """What to type into a browser; where every address is listened on, the one of this machine."""
    host, port = bound.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def server_for(
    app: FastAPI, when_open: Callable[[], None], when_ending: Callable[[], None] = lambda: None
) -> uvicorn.Server:
    """A server that ends on SIGINT or SIGTERM, within `GRACE` seconds also where pages are open."""
    import uvicorn

    from ui.server.connections import Connection

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                when_open()

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            end_within()
            when_ending()
            super().handle_exit(sig, frame)

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Ends on a signal, and does not raise it again: what is open is still to be closed."""
            if threading.current_thread() is not threading.main_thread():
                yield
                return
            before = {one: signal.signal(one, self.handle_exit) for one in ENDING}
            try:
                yield
            finally:
                for one, handler in before.items():
                    signal.signal(one, handler)

    config = uvicorn.Config(
        app,
        timeout_graceful_shutdown=GRACE,
        log_config=None,
        access_log=False,
        server_header=False,
        http=Connection,
        proxy_headers=False,  # whom to believe is for `Peers` to say
        lifespan="on",
    )
    return Server(config)


@contextmanager
def empty_folder() -> Iterator[None]:
    """Works in an empty folder meanwhile: Gradio may hand out files of the one it works in."""
    with tempfile.TemporaryDirectory(prefix="footnote-") as folder, chdir(folder):
        os.environ["GRADIO_TEMP_DIR"] = folder
        yield


def _why(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return texts.PORT_TAKEN.format(host=host, port=port)
    reason = (error.strerror or "it is no address").lower()
    return texts.NO_PORT.format(host=host, port=port, reason=reason)

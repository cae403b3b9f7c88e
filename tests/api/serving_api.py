"""The API behind a real server on this machine."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager

from fastapi import FastAPI

from ui.server.serving import address_of, listening, server_for


@contextmanager
def served_api(mounts, *guards):
    """The address of a server that has these applications at these paths, until the block ends.

    `guards` are ASGI classes, put around all of it; the last one outermost.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for path, mounted in mounts.items():
        app.mount(path, mounted)
    for guard in guards:
        app.add_middleware(guard)
    bound = listening("127.0.0.1", 0)
    server = _Server(app, bound)
    server.start()
    try:
        assert server.opened.wait(20), "the server did not start"
        yield address_of(bound)
    finally:
        server.end()
        bound.close()


class _Server(threading.Thread):
    """Connections that are still open when it ends are closed."""

    def __init__(self, app, bound):
        super().__init__()
        self.bound, self.opened = bound, threading.Event()
        self.server = server_for(app, self.opened.set)

    def run(self):
        asyncio.run(self.server.serve(sockets=[self.bound]))

    def end(self):
        self.server.config.timeout_graceful_shutdown = 0.2
        self.server.should_exit = True
        self.join(10)
        assert not self.is_alive(), "the server did not end"

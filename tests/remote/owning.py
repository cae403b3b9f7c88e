"""A server that owns a real shelf and serves our API over it, as `footnote serve` does."""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack, contextmanager

from fastapi import FastAPI

from rag.build import build
from rag.config import Settings
from ui.api.callers import People
from ui.api.gate import opened
from ui.api.native_application import native_application
from ui.api.services import Api
from ui.api.surroundings import surrounded
from ui.conversation import Conversations
from ui.server.announcing import announced
from ui.server.audit import Audit
from ui.server.jobs import Jobs, adding
from ui.server.keys import local_key
from ui.server.recording import Recorder, answer_log
from ui.server.services import Services
from ui.server.serving import address_of, listening, server_for

NOBODY = People(owner_of=lambda _: "", is_operator=lambda _: False)


@contextmanager
def owning(home, *, engine=None, announces=True):
    """The server, in a thread, until the block ends; `engine` acts in place of the real one."""
    with ExitStack() as stack:
        application = stack.enter_context(build(Settings(home=home)))
        bound = stack.enter_context(listening("127.0.0.1", 0))
        server = Owner(application, engine or application.engine, bound)
        if announces:
            stack.enter_context(announced(home, address_of(bound), server.key))
        stack.callback(server.end)
        server.start()
        assert server.opened.wait(20), "the server did not start"
        yield server


class Owner(threading.Thread):
    """Knows its own key alone; `log` holds the records of its answers."""

    def __init__(self, application, engine, bound):
        super().__init__()
        self.application, self.engine, self.bound = application, engine, bound
        self.address, self.key = address_of(bound), local_key()
        self.opened, self.server = threading.Event(), None
        self.requests = []
        self.failure = None

    def run(self):
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self.failure = error
            raise

    async def _serve(self):
        home = self.application.settings.home
        with ExitStack() as stack:
            log = stack.enter_context(answer_log(home))
            kept = stack.enter_context(Conversations(home))
            gate = stack.enter_context(
                opened(self.application.settings, NOBODY, local_key=self.key)
            )
            services = Services(
                self.engine, self.application.shelf, conversations=kept, recorder=Recorder(log)
            )
            add = adding(self.application.shelf, self.application.encoder)
            async with Jobs(add, home) as jobs:
                app = FastAPI()
                api = Api(services, gate, self.application, log, jobs, Audit(home))
                app.mount("/api/v1", surrounded(native_application(api), "native"))
                self.server = server_for(self._noting(app), self.opened.set, jobs.end)
                await self.server.serve(sockets=[self.bound])

    def _noting(self, app):
        async def noting(scope, receive, send):
            if scope["type"] == "http":
                self.requests.append(f"{scope['method']} {scope['path'].removeprefix('/api/v1')}")
            await app(scope, receive, send)

        return noting

    def end(self):
        if self.server:
            self.server.config.timeout_graceful_shutdown = 0.2
            self.server.should_exit = True
        self.join(10)
        assert not self.is_alive(), "the server did not end"

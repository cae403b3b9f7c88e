"""A server that owns a shelf and backs it up, and archives that somebody made up."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import json
import sys
import tarfile
import threading
from contextlib import contextmanager
from pathlib import Path

from fastapi import FastAPI

from rag.build import Application, open_shelf
from rag.config import Settings
from rag.store.backup import INSIDE, MANIFEST
from ui.answer_log import AnswerLog
from ui.api import backups, errors, handing_in, jobs
from ui.api.callers import People
from ui.api.gate import opened
from ui.api.services import Api
from ui.server.announcing import announced
from ui.server.audit import Audit
from ui.server.jobs import Jobs, adding
from ui.server.keys import local_key
from ui.server.services import Services
from ui.server.serving import address_of, listening, server_for

sys.path.extend(str(Path(__file__).parents[1] / one) for one in ("web", "api"))
from acting import Acting

NOBODY = People(owner_of=lambda _: "", is_operator=lambda _: False)


@contextmanager
def owning(home, encoder):
    """The address and key of a server at this home, in a thread, until the block ends."""
    with (
        open_shelf(Settings(home=home), encoder) as shelf,
        listening("127.0.0.1", 0) as bound,
        AnswerLog(home) as log,
    ):
        server = Owner(
            Application(Settings(home=home), shelf, encoder, None, None, None), log, bound
        )
        with announced(home, server.address, server.key):
            server.start()
            assert server.opened.wait(20), "the server did not start"
            try:
                yield server
            finally:
                server.end()


class Owner(threading.Thread):
    """Takes papers and gives backups."""

    def __init__(self, application, log, bound):
        super().__init__()
        self.application, self.log, self.bound = application, log, bound
        self.address, self.key = address_of(bound), local_key()
        self.opened, self.server = threading.Event(), None

    def run(self):
        asyncio.run(self._serve())

    async def _serve(self):
        settings = self.application.settings
        with opened(settings, NOBODY, local_key=self.key) as gate:
            adding_here = adding(self.application.shelf, self.application.encoder)
            async with Jobs(adding_here, settings.home) as lots:
                services = Services(Acting(), self.application.shelf)
                audit = Audit(settings.home)
                api = Api(services, gate, self.application, self.log, lots, audit)
                app, inner = FastAPI(), FastAPI()
                for part in (handing_in, jobs, backups):
                    inner.include_router(part.router(api))
                errors.install(inner, invalid=422)
                app.mount("/api/v1", inner)
                self.server = server_for(app, self.opened.set, lots.end)
                await self.server.serve(sockets=[self.bound])

    def end(self):
        if self.server:
            self.server.config.timeout_graceful_shutdown = 0.2
            self.server.should_exit = True
        self.join(10)
        assert not self.is_alive(), "the server did not end"


def unpacked(file):
    """The names, entries and contents of a backup, and what it says of itself."""
    with tarfile.open(file, "r:gz") as archive:
        found = {one.name: (one, archive.extractfile(one).read()) for one in archive}
    told = json.loads(found.pop(MANIFEST)[1])
    return {name.removeprefix(f"{INSIDE}/"): what for name, what in found.items()}, told


def made_up(file, entries, *, manifest=None, listed=None):
    """An archive of these (name, content) or TarInfo; its manifest lists them unless told else."""
    infos = [_info(*one) if isinstance(one, tuple) else (one, b"") for one in entries]
    files = listed if listed is not None else [_filed(info, content) for info, content in infos]
    told = manifest if manifest is not None else manifest_of(files)
    with gzip.open(file, "wb") as packed, tarfile.open(fileobj=packed, mode="w|") as archive:
        for info, content in infos:
            archive.addfile(info, io.BytesIO(content))
        if told:
            archive.addfile(*_info_and_file(MANIFEST, json.dumps(told).encode()))
    return file


def manifest_of(files, **changed):
    counts = {"papers": 0, "passages": 0, "pending": 0, "removing": 0}
    told = {"format": 1, "made": "2026-11-25T12:00:00+00:00", "versions": {}, "counts": counts}
    return told | {"files": files} | changed


def _info(name, content):
    info = tarfile.TarInfo(name)
    info.size = len(content)
    return info, content


def _info_and_file(name, content):
    info, content = _info(name, content)
    return info, io.BytesIO(content)


def _filed(info, content):
    path = info.name.removeprefix(f"{INSIDE}/")
    return {"path": path, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}

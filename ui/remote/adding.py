"""Papers that are handed to a server: sent by the lot, and watched until they are added."""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from io import SEEK_END
from typing import Any, BinaryIO, Final, TypeAlias

from rag.errors import FootnoteError
from rag.ingest import Listener, Progress, Report
from rag.loaders import find_sources
from rag.loaders.source import Source
from rag.types import Fault
from ui.remote.connection import Connection
from ui.remote.failures import RemoteError
from ui.remote.shapes import read

MOST_FILES: Final = 50
MOST_BYTES: Final = 99 * 1024 * 1024  # what the server takes, less what is around the files
TOO_LARGE: Final = (
    "It has {size} MB, and a running server takes 99 MB at once. Split it, or stop the server and "
    "add it then."
)
UNREADABLE: Final = "It cannot be read: {reason}."
ENDED: Final = (
    "The server ended before all was added. It goes on by itself when it is started again."
)
CALLED_OFF: Final = "Somebody called this off on the server. {reason}"
File: TypeAlias = tuple[str, BinaryIO]
Job: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RemoteReport(Report):
    """What runs on a server did; of very many faults it tells only how many there are more."""

    untold: int = 0

    @property
    def rejected(self) -> int:
        return len(self.faults) + self.untold


def add(connection: Connection, paths: Sequence[str], listener: Listener) -> Report:
    """Adds what the paths hold, as `rag.ingest.add` does; stopped here, it is stopped there."""
    began, run = time.perf_counter(), _Run(listener)
    with closing(_lots(paths, run)) as lots:
        for lot in lots:
            run.count(_job_done(connection, lot, run))
    return run.report(time.perf_counter() - began)


def _lots(paths: Sequence[str], run: _Run) -> Generator[list[File], None, None]:
    """Open files, as many as may be sent at once; the next lot closes those before."""
    with ExitStack() as stack:
        lot, size = list[File](), 0
        for source in find_sources(paths):
            found = _opened(source) if isinstance(source, Source) else source
            if isinstance(found, Fault):
                run.reject(found)
                continue
            more = _size(found[1])
            if lot and (len(lot) == MOST_FILES or size + more > MOST_BYTES):
                yield lot
                stack.close()
                lot, size = [], 0
            stack.enter_context(found[1])
            lot, size = [*lot, found], size + more
        if lot:
            yield lot


def _opened(source: Source) -> File | Fault:
    try:
        file = source.open()
        size = _size(file)
    except OSError as error:
        return Fault(source.name, None, UNREADABLE.format(reason=error.strerror or error))
    if size > MOST_BYTES:
        file.close()
        return Fault(source.name, None, TOO_LARGE.format(size=size // (1024 * 1024)))
    return source.name, file


def _size(file: BinaryIO) -> int:
    size = file.seek(0, SEEK_END)
    file.seek(0)
    return size


def _job_done(connection: Connection, lot: list[File], run: _Run) -> Job:
    """Raises FootnoteError where it does not come to its end."""
    begun = connection.send_files("/papers/upload", [("files", file) for file in lot])
    job = _watched(connection, f"/jobs/{begun['id']}", run)
    match job["state"]:
        case "done":
            return job
        case "stopped":
            raise RemoteError(CALLED_OFF.format(reason=job["error"]))
    raise RemoteError(job["error"])


def _watched(connection: Connection, path: str, run: _Run) -> Job:
    try:
        with closing(connection.events(f"{path}/events")) as events:
            for name, data in events:
                job: Job = json.loads(data)
                run.hear(job)
                if name == "finished":
                    return job
    except KeyboardInterrupt:
        with suppress(FootnoteError):
            connection.call("DELETE", path)
        raise
    raise RemoteError(ENDED)


class _Run:
    """What is known so far of one call of `add`."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._faults: list[Fault] = []
        self._untold = self._heard = 0
        self._counts = dict.fromkeys(("records", "new", "changed", "unchanged", "duplicates"), 0)

    def reject(self, fault: Fault) -> None:
        self._faults.append(fault)
        self._listener(fault)

    def hear(self, job: Job) -> None:
        """How far a job is; its faults come with it again each time."""
        faults = job["faults"]
        for fault in faults[self._heard :]:
            self.reject(read(Fault, fault))
        self._heard = len(faults)
        if job["state"] in ("reading", "indexing"):
            before = 0 if job["total"] else self._counts["records"]
            self._listener(Progress(before + job["done"], job["total"]))

    def count(self, job: Job) -> None:
        """A job that is done; the next begins with no faults."""
        self._untold += job["rejected"] - len(job["faults"])
        self._heard = 0
        for name in self._counts:
            self._counts[name] += job["counts"][name]

    def report(self, seconds: float) -> RemoteReport:
        return RemoteReport(
            **self._counts, faults=tuple(self._faults), seconds=seconds, untold=self._untold
        )

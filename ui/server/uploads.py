"""Papers that somebody adds in the browser: one lot after the other, in the background."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias

from rag import ingest
from rag.errors import FootnoteError
from rag.ingest import Listener, Progress, Report, Store
from rag.ports import Encoder
from rag.types import Fault
from ui.server import incidents, texts
from ui.server.in_pieces import InPieces

State: TypeAlias = Literal["waiting", "reading", "indexing", "done", "failed", "stopped"]
Check: TypeAlias = Callable[[], None]
Adding: TypeAlias = Callable[[list[str], Listener, Check], Report]
MOST_OPEN = 8
MOST_KEPT = 50
FOLDER = "uploads"
ENDS_WITHIN = 1.5  # seconds; then it is left, and goes on when papers are added again
FINISHED: frozenset[State] = frozenset(("done", "failed", "stopped"))


class QueueFullError(Exception):
    """So many lots wait already that no other is taken."""


class StoppedError(Exception):
    """The server ends while papers are added."""


@dataclass(slots=True)
class Job:
    """A lot of files, and how far it is."""

    folder: Path
    user: str | None = None
    id: str = field(default_factory=partial(secrets.token_urlsafe, 12))
    paths: list[Path] = field(default_factory=list)
    state: State = "waiting"
    done: int = 0
    total: int | None = None
    faults: list[Fault] = field(default_factory=list)
    report: Report | None = None
    error: str = ""

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED

    def hear(self, event: Progress | Fault) -> None:
        if isinstance(event, Fault):
            self.faults.append(event)
        else:
            self.done, self.total = event.done, event.total
            self.state = "reading" if event.total is None else "indexing"


class Uploads:
    """Holds the lots that go on and those that are over, and runs one at a time."""

    def __init__(self, add: Adding, home: Path) -> None:
        self._add = add
        self._folder = home / FOLDER
        self._jobs: dict[str, Job] = {}
        self._turn = asyncio.Lock()
        self._ending = threading.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        # Of a server that was killed.
        shutil.rmtree(self._folder, ignore_errors=True)

    def open(self, user: str | None) -> Job:
        """A lot whose files are still to be received; raises QueueFullError."""
        if sum(not job.is_finished for job in self._jobs.values()) >= MOST_OPEN:
            raise QueueFullError
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        job = Job(Path(tempfile.mkdtemp(dir=self._folder)), user)
        self._jobs[job.id] = job
        return job

    def drop(self, job: Job) -> None:
        """Nothing came of it."""
        self._jobs.pop(job.id, None)
        shutil.rmtree(job.folder, ignore_errors=True)

    def begin(self, job: Job, paths: list[Path]) -> None:
        job.paths = paths
        task = asyncio.create_task(self._run(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def job(self, job_id: str, user: str | None) -> Job | None:
        """Only whose it is may see it."""
        job = self._jobs.get(job_id)
        return job if job and job.user == user else None

    def end(self) -> None:
        """Stops what goes on after its batch; safe to call from a signal handler."""
        self._ending.set()

    async def ended(self) -> None:
        """Waits until nothing is written to the shelf any more."""
        self.end()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=ENDS_WITHIN)

    async def _run(self, job: Job) -> None:
        try:
            async with self._turn:
                job.state = "reading"
                job.report = await _in_thread(partial(self._added, job))
            job.state = "done"
        except StoppedError:
            job.state, job.error = "stopped", texts.KEPT
        except FootnoteError as error:
            job.state, job.error = "failed", f"{error} {texts.KEPT}"
        except Exception as error:  # noqa: BLE001  (whatever it is, the page says so)
            sentence = texts.INCIDENT.format(reference=incidents.note(error))
            job.state, job.error = "failed", f"{sentence} {texts.KEPT}"
        finally:
            shutil.rmtree(job.folder, ignore_errors=True)
            self._forget_old()

    def _added(self, job: Job) -> Report:
        def hear(event: Progress | Fault) -> None:
            self._check()
            job.hear(event)

        self._check()
        return self._add([str(path) for path in job.paths], hear, self._check)

    def _check(self) -> None:
        if self._ending.is_set():
            raise StoppedError

    def _forget_old(self) -> None:
        finished = [one for one in self._jobs.values() if one.is_finished]
        for job in finished[:-MOST_KEPT]:
            del self._jobs[job.id]


def adding(store: Store, encoder: Encoder) -> Adding:
    """As `footnote add` does it, but ready to stop at any moment."""

    def add(paths: list[str], listener: Listener, check: Check) -> Report:
        return ingest.add(paths, store, InPieces(encoder, check), listener)

    return add


async def _in_thread(call: Callable[[], Report]) -> Report:
    """In a thread that nothing waits for at the end: a model that is asked may take minutes."""
    done: Future[Report] = Future()

    def run() -> None:
        try:
            done.set_result(call())
        except BaseException as error:  # noqa: BLE001  (it is raised where it is waited for)
            done.set_exception(error)

    threading.Thread(target=run, name="adding papers", daemon=True).start()
    return await asyncio.shield(asyncio.wrap_future(done))

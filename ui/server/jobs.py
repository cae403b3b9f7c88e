"""Papers that somebody hands in: one lot after the other, in the background, come what may.

A lot whose files have arrived whole is written down before anybody is told so. It goes on when
the server is started again, also after one that was killed: what was added already stays as it is.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import threading
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

from rag.errors import FootnoteError
from rag.ingest import Progress, Report
from rag.types import Fault
from ui.server import incidents, texts
from ui.server.adding import Adding, StoppedError, adding, in_thread
from ui.server.job import MOST_FAULTS, Counts, Files, Job, State
from ui.server.kept_jobs import KeptJobs, Unfinished

__all__ = ["Adding", "Jobs", "Lot", "QueueFullError", "StoppedError", "adding"]

MOST_OPEN = 8
MOST_ATTEMPTS = 3
FOLDER = "uploads"
ENDS_WITHIN = 1.5  # seconds; then it is left, and goes on when the server is started again
LOOKS_EVERY = 0.1  # seconds
LOST = "The files of this job are not whole any more. Hand them in again."
ENDED_US = (
    "The server has come to a sudden end {times} times while these papers were added. Hand in "
    "fewer at once, or tell whoever runs it."
)


class QueueFullError(Exception):
    """So many lots wait already that no other is taken."""


@dataclass(frozen=True, slots=True)
class Lot:
    """A place in the queue and a folder, for files that are still to come."""

    id: str
    folder: Path
    owner: str = ""


class Jobs:
    """Holds what waits and what goes on; the file beside it holds that and what is over.

    Made where no other process has these files; `async with` goes on with what was left.
    """

    def __init__(self, add: Adding, home: Path) -> None:
        self._add = add
        self._folder = home / FOLDER
        self._kept = KeptJobs(home)
        self._receiving: set[str] = set()
        self._live: dict[str, Job] = {}
        self._files: dict[str, Files] = {}
        self._waiting: deque[str] = deque()
        self._unwanted: set[str] = set()
        self._ending = threading.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._worker: asyncio.Task[None] | None = None
        for one in self._kept.unfinished():
            self._take_up(one)
        self._clear_away()

    @contextmanager
    def place(self, owner: str = "") -> Iterator[Lot]:
        """Where files may be received; raises QueueFullError. What was not begun is dropped."""
        open_now = sum(not job.is_finished for job in self._live.values())
        if len(self._receiving) + open_now >= MOST_OPEN:
            raise QueueFullError
        name = secrets.token_urlsafe(12)
        lot = Lot(name, self._folder / name, owner)
        self._receiving.add(lot.id)
        try:
            lot.folder.mkdir(parents=True, mode=0o700)
            yield lot
        finally:
            if lot.id in self._receiving:
                self._receiving.discard(lot.id)
                shutil.rmtree(lot.folder, ignore_errors=True)

    async def begin(self, lot: Lot, paths: list[Path]) -> Job:
        """All files are there: it is done now whether or not somebody waits for it."""
        files = Files.of(paths, lot.folder)
        job = Job(lot.id, lot.owner, files.names)
        self._files[job.id] = files
        self._live[job.id] = job
        self._receiving.discard(lot.id)
        await asyncio.shield(self._task(self._enter(job)))
        return self._live.get(job.id, job)

    async def find(self, job_id: str, owner: str | None) -> Job | None:
        """Only whose it is finds it, and whoever may see all, for whom `owner` is None."""
        job = self._live.get(job_id) or await asyncio.to_thread(self._kept.find, job_id)
        return job if job and owner in (None, job.owner) else None

    async def latest(self, owner: str | None, *, limit: int, offset: int = 0) -> list[Job]:
        """The last ones first, for as long as a week after their end."""
        listed = partial(self._kept.latest, owner, limit=limit, offset=offset)
        return [self._live.get(one.id, one) for one in await asyncio.to_thread(listed)]

    async def count(self, owner: str | None) -> int:
        return await asyncio.to_thread(self._kept.count, owner)

    async def watch(self, job: Job) -> AsyncGenerator[Job, None]:
        """The job as it is, then at each change, until it is finished or the server ends."""
        yield job
        while not (job.is_finished or self._ending.is_set()):
            await asyncio.sleep(LOOKS_EVERY)
            found = await self.find(job.id, None)
            if found is None:
                return
            if found != job:
                yield found
            job = found

    async def cancel(self, job: Job) -> Job:
        """Adds nothing more of it; what was added stays, and a job that is finished as it is."""
        if job.id not in self._live:
            return job
        self._unwanted.add(job.id)
        if job.id in self._waiting:
            self._waiting.remove(job.id)
            await self._finish(job.id, "stopped", texts.KEPT)
        return await self.find(job.id, None) or job

    def end(self) -> None:
        """Stops what goes on after its batch; safe to call from a signal handler."""
        self._ending.set()

    async def ended(self) -> None:
        """Waits until nothing is written to the shelf any more."""
        self.end()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=ENDS_WITHIN)
        await asyncio.to_thread(self._kept.left_in_order)

    async def __aenter__(self) -> Self:
        self._wake()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.ended()
        self._kept.close()

    def _take_up(self, left: Unfinished) -> None:
        """What another process left: to be gone on with, unless it cannot be."""
        job, folder = left.job, self._folder / left.job.id
        if left.attempts >= MOST_ATTEMPTS:
            self._kept.finish(_over(job, "failed", ENDED_US.format(times=left.attempts)))
        elif not left.files.are_whole(folder):
            self._kept.finish(_over(job, "failed", LOST))
        else:
            self._live[job.id], self._files[job.id] = job, left.files
            self._waiting.append(job.id)

    def _clear_away(self) -> None:
        """Files that a server was still receiving when it ended."""
        if self._folder.is_dir():
            for one in self._folder.iterdir():
                if one.name not in self._live:
                    shutil.rmtree(one, ignore_errors=True)

    async def _enter(self, job: Job) -> None:
        try:
            await asyncio.to_thread(self._kept.add, job, self._files[job.id])
        except BaseException:
            self._forget(job.id)
            raise
        self._waiting.append(job.id)
        self._wake()

    def _wake(self) -> None:
        if self._waiting and (self._worker is None or self._worker.done()):
            self._worker = self._task(self._work())

    async def _work(self) -> None:
        while self._waiting and not self._ending.is_set():
            await self._run(self._waiting.popleft())

    async def _run(self, job_id: str) -> None:
        try:
            await asyncio.to_thread(self._kept.begun, job_id)
            report = await in_thread(partial(self._added, job_id))
        except StoppedError:
            if job_id in self._unwanted:
                await self._finish(job_id, "stopped", texts.KEPT)
            else:
                self._change(job_id, state="waiting", done=0, total=None)
        except FootnoteError as error:
            await self._finish(job_id, "failed", f"{error} {texts.KEPT}")
        except Exception as error:  # noqa: BLE001  (whatever it is, whoever waits is told)
            sentence = texts.INCIDENT.format(reference=incidents.note(error))
            await self._finish(job_id, "failed", f"{sentence} {texts.KEPT}")
        else:
            self._change(job_id, counts=Counts.of(report))
            await self._finish(job_id, "done")

    def _added(self, job_id: str) -> Report:
        """Runs in a thread of its own."""

        def check() -> None:
            if self._ending.is_set() or job_id in self._unwanted:
                raise StoppedError

        def hear(event: Progress | Fault) -> None:
            check()
            self._hear(job_id, event)

        check()
        self._change(job_id, state="reading", rejected=0, faults=())
        paths = self._files[job_id].below(self._folder / job_id)
        return self._add([str(path) for path in paths], hear, check)

    def _hear(self, job_id: str, event: Progress | Fault) -> None:
        job = self._live[job_id]
        if isinstance(event, Progress):
            state: State = "reading" if event.total is None else "indexing"
            self._change(job_id, state=state, done=event.done, total=event.total)
        else:
            faults = (*job.faults, event)[:MOST_FAULTS]
            self._change(job_id, rejected=job.rejected + 1, faults=faults)

    def _change(self, job_id: str, **changed: Any) -> None:  # noqa: ANN401  (fields of a job)
        job = self._live[job_id]
        self._live[job_id] = replace(job, **changed, changed=datetime.now(UTC))

    async def _finish(self, job_id: str, state: State, error: str = "") -> None:
        """Where it cannot be written down, it is done once more after the next start."""
        job = _over(self._live[job_id], state, error)
        try:
            await asyncio.to_thread(self._kept.finish, job)
        except FootnoteError as failure:
            incidents.note(failure)
            self._live[job_id] = job
        else:
            await asyncio.to_thread(self._forget, job_id)

    def _forget(self, job_id: str) -> None:
        """Last of all that it is live: who sees it finished finds its files gone."""
        shutil.rmtree(self._folder / job_id, ignore_errors=True)
        self._unwanted.discard(job_id)
        self._files.pop(job_id, None)
        self._live.pop(job_id, None)

    def _task(self, what: Any) -> asyncio.Task[Any]:  # noqa: ANN401  (a coroutine)
        task = asyncio.create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _over(job: Job, state: State, error: str) -> Job:
    return replace(job, state=state, error=error, changed=datetime.now(UTC))

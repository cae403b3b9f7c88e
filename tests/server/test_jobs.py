"""Jobs: in order, one at a time, watched, called off, and gone on with after any end."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rag.errors import FootnoteError, ShelfError
from rag.ingest import Progress, Report
from rag.types import Fault
from ui.server import texts
from ui.server.job import MOST_FAULTS
from ui.server.jobs import FOLDER, LOST, MOST_ATTEMPTS, MOST_OPEN, Jobs, QueueFullError
from ui.server.kept_jobs import FILE, KeptJobs

PAPER = b'{"title": "Moss", "abstract": "Moss remembers rain."}\n'


class Shelf:
    """Adds what it is given, batch by batch, when it is let."""

    def __init__(self):
        self.lots, self.error, self.faults = [], None, ()
        self.go_on = threading.Event()
        self.go_on.set()

    def add(self, paths, listener, check):
        self.lots.append([Path(path).name for path in paths])
        for path in paths:
            Path(path).read_bytes()
        listener(Progress(len(paths), None))
        for fault in self.faults:
            listener(fault)
        while not self.go_on.wait(0.01):
            listener(Progress(0, len(paths)))
        check()
        if self.error:
            raise self.error
        return Report(len(paths), len(paths), 0, 0, 0, tuple(self.faults), 0.1)


@pytest.fixture
def shelf():
    return Shelf()


async def begun(jobs, *names, owner=""):
    with jobs.place(owner) as lot:
        paths = []
        for number, name in enumerate(names):
            path = lot.folder / str(number) / name
            path.parent.mkdir()
            path.write_bytes(PAPER)
            paths.append(path)
        return await jobs.begin(lot, paths)


async def finished(jobs, job):
    async with asyncio.timeout(5):
        while not job.is_finished:
            await asyncio.sleep(0.01)
            job = await jobs.find(job.id, None)
    return job


async def running(jobs, job, state="indexing"):
    async with asyncio.timeout(5):
        while job.state != state:
            await asyncio.sleep(0.01)
            job = await jobs.find(job.id, None)
    return job


def kept(home):
    return sorted(one.name for one in (home / FOLDER).rglob("*.*"))


async def test_what_is_handed_in_is_added_in_order_and_leaves_its_counts_alone(shelf, tmp_path):
    shelf.faults = (Fault("a.jsonl", 2, "There is no abstract."),)
    async with Jobs(shelf.add, tmp_path) as jobs:
        handed_in = [await begun(jobs, f"{number}.jsonl", "b.jsonl") for number in range(3)]
        done = [await finished(jobs, job) for job in handed_in]

        assert [job.state for job in done] == ["done"] * 3
        assert done[0].names == ("0.jsonl", "b.jsonl")
        assert (done[0].counts.records, done[0].counts.new, done[0].counts.rejected) == (2, 2, 1)
        assert done[0].faults == shelf.faults
        assert [lot[0] for lot in shelf.lots] == ["0.jsonl", "1.jsonl", "2.jsonl"]
        assert kept(tmp_path) == []
        listed = await jobs.latest(None, limit=2)
        assert [job.id for job in listed] == [done[2].id, done[1].id]
        assert await jobs.count(None) == 3


async def test_the_list_is_for_its_owner_alone_to_read(shelf, tmp_path):
    async with Jobs(shelf.add, tmp_path) as jobs:
        job = await finished(jobs, await begun(jobs, "a.jsonl", owner="user:mara"))

        assert await jobs.find(job.id, "user:joao") is None
        assert await jobs.find(job.id, "") is None
        assert await jobs.latest("user:joao", limit=9) == []
        assert await jobs.count("user:joao") == 0
        assert await jobs.find(job.id, "user:mara") == job
        assert await jobs.find(job.id, None) == job
        assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


async def test_a_job_is_watched_until_its_end(shelf, tmp_path):
    shelf.go_on.clear()
    async with Jobs(shelf.add, tmp_path) as jobs:
        job = await begun(jobs, "a.jsonl")
        seen = []
        async for one in jobs.watch(job):
            seen.append(one.state)
            if one.state == "indexing":
                shelf.go_on.set()

    assert seen[0] == "waiting"
    assert seen[-2:] == ["indexing", "done"]


async def test_what_runs_is_called_off_after_its_batch_and_what_waits_at_once(shelf, tmp_path):
    shelf.go_on.clear()
    async with Jobs(shelf.add, tmp_path) as jobs:
        first, second = await begun(jobs, "a.jsonl"), await begun(jobs, "b.jsonl")
        await running(jobs, first)

        stopped = await jobs.cancel(second)
        await jobs.cancel(first)

        assert (stopped.state, stopped.error) == ("stopped", texts.KEPT)
        assert (await finished(jobs, first)).state == "stopped"
        assert kept(tmp_path) == []
        assert shelf.lots == [["a.jsonl"]]
        shelf.go_on.set()
        third = await finished(jobs, await begun(jobs, "c.jsonl"))
        assert third.state == "done"
        assert await jobs.cancel(third) == third


async def test_the_end_of_the_server_lets_everything_wait_for_the_next(shelf, tmp_path):
    shelf.go_on.clear()
    async with Jobs(shelf.add, tmp_path) as jobs:
        first, second = (
            await begun(jobs, "a.jsonl"),
            await begun(jobs, "b.jsonl", owner="user:mara"),
        )
        await running(jobs, first)
        began = time.monotonic()
    assert time.monotonic() - began < 1.5
    assert kept(tmp_path) == ["a.jsonl", "b.jsonl"]

    shelf.go_on.set()
    async with Jobs(shelf.add, tmp_path) as jobs:
        assert (await jobs.find(second.id, "user:mara")).state == "waiting"
        assert (await finished(jobs, second)).state == "done"
        assert (await jobs.find(first.id, "")).state == "done"

    assert shelf.lots == [["a.jsonl"], ["a.jsonl"], ["b.jsonl"]]
    assert kept(tmp_path) == []


async def test_who_watches_is_told_at_the_end_of_the_server_that_it_waits(shelf, tmp_path):
    shelf.go_on.clear()
    async with Jobs(shelf.add, tmp_path) as jobs:
        job = await begun(jobs, "a.jsonl")
        await running(jobs, job)
        watched = asyncio.create_task(last_of(jobs.watch(job)))
        await asyncio.sleep(0.05)
        jobs.end()
        assert (await asyncio.wait_for(watched, 1)).state in ("indexing", "waiting")


async def last_of(events):
    async for one in events:
        last = one
    return last


KILLED = """
import asyncio, sys
from pathlib import Path
from rag.ingest import Progress
from ui.server.jobs import Jobs

def add(paths, listener, check):
    print("adding", flush=True)
    while True:
        listener(Progress(0, 1))

async def main(home):
    async with Jobs(add, home) as jobs:
        if not await jobs.count(None):
            with jobs.place() as lot:
                path = lot.folder / "0" / "a.jsonl"
                path.parent.mkdir()
                path.write_text('{"title": "Moss", "abstract": "Moss remembers rain."}')
                await jobs.begin(lot, [path])
        with jobs.place() as lot:
            (lot.folder / "half.jsonl").write_text("{")
            await asyncio.sleep(60)

asyncio.run(main(Path(sys.argv[1])))
"""


def killed_while_adding(home):
    process = subprocess.Popen([sys.executable, "-c", KILLED, home], stdout=subprocess.PIPE)
    with process:
        assert process.stdout.readline() == b"adding\n"
        os.kill(process.pid, signal.SIGKILL)


async def test_a_killed_server_loses_no_job_but_those_it_was_still_receiving(
    shelf, tmp_path, monkeypatch
):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    killed_while_adding(tmp_path)
    assert kept(tmp_path) == ["a.jsonl", "half.jsonl"]

    async with Jobs(shelf.add, tmp_path) as jobs:
        [job] = await jobs.latest("", limit=9)
        assert kept(tmp_path) in (["a.jsonl"], [])
        assert (await finished(jobs, job)).state == "done"

    assert shelf.lots == [["a.jsonl"]]
    assert kept(tmp_path) == []


async def test_a_job_that_kills_the_server_again_and_again_is_given_up(
    shelf, tmp_path, monkeypatch
):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    for _ in range(MOST_ATTEMPTS):
        killed_while_adding(tmp_path)

    async with Jobs(shelf.add, tmp_path) as jobs:
        [job] = await jobs.latest("", limit=9)

    assert job.state == "failed"
    assert "sudden end 3 times" in job.error
    assert shelf.lots == kept(tmp_path) == []


async def test_files_that_are_not_whole_any_more_are_not_added(shelf, tmp_path):
    shelf.go_on.clear()
    async with Jobs(shelf.add, tmp_path) as jobs:
        job = await begun(jobs, "a.jsonl")
    next((tmp_path / FOLDER).rglob("a.jsonl")).write_bytes(PAPER[:9])

    async with Jobs(shelf.add, tmp_path) as jobs:
        found = await jobs.find(job.id, "")

    assert (found.state, found.error) == ("failed", LOST)
    assert kept(tmp_path) == []


async def test_ending_in_order_is_never_held_against_a_job(shelf, tmp_path):
    shelf.go_on.clear()
    for _ in range(MOST_ATTEMPTS + 2):
        async with Jobs(shelf.add, tmp_path) as jobs:
            found = await jobs.latest(None, limit=1)
            job = found[0] if found else await begun(jobs, "a.jsonl")
            await running(jobs, job)
    shelf.go_on.set()

    async with Jobs(shelf.add, tmp_path) as jobs:
        assert (await finished(jobs, job)).state == "done"


async def test_the_queue_is_bounded_also_by_what_is_still_received(shelf, tmp_path):
    shelf.go_on.clear()
    async with Jobs(shelf.add, tmp_path) as jobs:
        for number in range(MOST_OPEN - 2):
            last = await begun(jobs, f"{number}.jsonl")
        with ExitStack() as held:
            held.enter_context(jobs.place())
            held.enter_context(jobs.place())
            with pytest.raises(QueueFullError):
                held.enter_context(jobs.place())
        with jobs.place():
            pass
        shelf.go_on.set()
        assert (await finished(jobs, last)).state == "done"


async def test_a_sender_who_leaves_at_the_last_moment_has_handed_it_in_all_the_same(
    shelf, tmp_path
):
    async with Jobs(shelf.add, tmp_path) as jobs:
        sender = asyncio.create_task(begun(jobs, "a.jsonl"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        sender.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sender
        await asyncio.sleep(0.1)
        [job] = await jobs.latest(None, limit=1)
        assert (await finished(jobs, job)).state == "done"


async def test_an_error_is_told_in_a_sentence_and_the_next_goes_on(shelf, tmp_path):
    async with Jobs(shelf.add, tmp_path) as jobs:
        shelf.error = FootnoteError("The embedding model cannot be reached.")
        told = await finished(jobs, await begun(jobs, "a.jsonl"))
        shelf.error = RuntimeError("a secret sk-123")
        hidden = await finished(jobs, await begun(jobs, "b.jsonl"))
        shelf.error = None
        fine = await finished(jobs, await begun(jobs, "c.jsonl"))

    assert told.error == f"The embedding model cannot be reached. {texts.KEPT}"
    assert "sk-123" not in hidden.error
    assert "reference" in hidden.error
    assert [told.state, hidden.state, fine.state] == ["failed", "failed", "done"]


async def test_of_many_faults_some_are_kept_and_all_are_counted(shelf, tmp_path):
    shelf.faults = tuple(Fault("a.csv", line, "No title.") for line in range(MOST_FAULTS + 50))
    async with Jobs(shelf.add, tmp_path) as jobs:
        job = await finished(jobs, await begun(jobs, "a.csv"))

    assert job.rejected == job.counts.rejected == MOST_FAULTS + 50
    assert job.faults == shelf.faults[:MOST_FAULTS]


async def test_what_is_over_is_forgotten_after_a_week(shelf, tmp_path):
    async with Jobs(shelf.add, tmp_path) as jobs:
        old = await finished(jobs, await begun(jobs, "a.jsonl"))
        young = await finished(jobs, await begun(jobs, "b.jsonl"))
    file = KeptJobs(tmp_path)
    file.finish(replace(old, changed=datetime.now(UTC) - timedelta(days=8)))
    file.finish(replace(young, changed=datetime.now(UTC) - timedelta(days=6)))
    file.close()

    async with Jobs(shelf.add, tmp_path) as jobs:
        assert [job.id for job in await jobs.latest(None, limit=9)] == [young.id]


async def test_what_a_server_of_before_left_is_gone(shelf, tmp_path):
    left = tmp_path / FOLDER / "tmp1" / "0"
    left.mkdir(parents=True)
    (left / "a.jsonl").write_bytes(PAPER)

    async with Jobs(shelf.add, tmp_path):
        assert not left.exists()


async def test_where_no_job_can_be_written_down_none_is_begun(shelf, tmp_path):
    jobs = Jobs(shelf.add, tmp_path)
    jobs._kept.close()

    with pytest.raises(ShelfError):
        await begun(jobs, "a.jsonl")

    assert kept(tmp_path) == shelf.lots == []
    with jobs.place():
        pass

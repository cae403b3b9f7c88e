"""Lots of papers that were handed in, as they are kept: what has to be done, and what was."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag.store.database import Database
from rag.types import Fault
from ui.private_file import private
from ui.server.job import Counts, Files, Job

FILE = "jobs.sqlite"
LISTED_FOR = 7 * 24 * 3600  # seconds after its end
MIGRATIONS = (
    (
        """
        CREATE TABLE jobs (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            owner TEXT NOT NULL,
            files TEXT NOT NULL,
            created REAL NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            state TEXT NOT NULL DEFAULT 'waiting',
            changed REAL NOT NULL,
            done INTEGER NOT NULL DEFAULT 0,
            total INTEGER,
            rejected INTEGER NOT NULL DEFAULT 0,
            faults TEXT NOT NULL DEFAULT '[]',
            counts TEXT,
            error TEXT NOT NULL DEFAULT ''
        )
        """,
        "CREATE INDEX jobs_owner ON jobs (owner, number)",
        "CREATE INDEX jobs_state ON jobs (state, changed)",
    ),
)
_UNFINISHED = "state NOT IN ('done', 'failed', 'stopped')"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A job that a server left, and how often it was begun without coming to an end."""

    job: Job
    files: Files
    attempts: int


class KeptJobs:
    """Every method may be called from any thread; all of them block."""

    def __init__(self, home: Path) -> None:
        self._database = Database(private(home / FILE, what="The list of jobs"), MIGRATIONS)

    def add(self, job: Job, files: Files) -> None:
        """From now on it survives the end of the process."""
        row = (job.id, job.owner, json.dumps(files.named), job.created.timestamp())
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO jobs (id, owner, files, created, changed) VALUES (?, ?, ?, ?, ?)",
                (*row, row[-1]),
            )

    def begun(self, job_id: str) -> None:
        with self._database.writing() as db:
            db.execute("UPDATE jobs SET attempts = attempts + 1 WHERE id = ?", (job_id,))

    def left_in_order(self) -> None:
        """The process ends as it should: no job is to blame."""
        with self._database.writing() as db:
            db.execute(f"UPDATE jobs SET attempts = 0 WHERE {_UNFINISHED}")  # noqa: S608

    def finish(self, job: Job) -> None:
        """Keeps what became of it, and forgets jobs that were finished long ago."""
        counts = json.dumps(asdict(job.counts)) if job.counts else None
        faults = json.dumps([astuple(one) for one in job.faults])
        row = (job.state, job.changed.timestamp(), job.done, job.total, job.rejected, faults)
        with self._database.writing() as db:
            db.execute(
                "UPDATE jobs SET state = ?, changed = ?, done = ?, total = ?, rejected = ?, "
                "faults = ?, counts = ?, error = ? WHERE id = ?",
                (*row, counts, job.error, job.id),
            )
            db.execute(
                f"DELETE FROM jobs WHERE NOT ({_UNFINISHED}) AND changed < ?",  # noqa: S608
                (time.time() - LISTED_FOR,),
            )

    def unfinished(self) -> list[Unfinished]:
        """In the order in which they came."""
        with self._database.reading() as db:
            rows = db.execute(
                f"SELECT *, attempts FROM jobs WHERE {_UNFINISHED} ORDER BY number"  # noqa: S608
            ).fetchall()
        return [Unfinished(_job(row), _files(row), row[-1]) for row in rows]

    def find(self, job_id: str) -> Job | None:
        with self._database.reading() as db:
            row = db.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
        return _job(row) if row else None

    def latest(self, owner: str | None, *, limit: int, offset: int = 0) -> list[Job]:
        """The last ones first; of everybody where no owner is named."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT * FROM jobs WHERE ?1 IS NULL OR owner = ?1 "
                "ORDER BY number DESC LIMIT ?2 OFFSET ?3",
                (owner, limit, offset),
            ).fetchall()
        return [_job(row) for row in rows]

    def count(self, owner: str | None) -> int:
        with self._database.reading() as db:
            query = "SELECT count(*) FROM jobs WHERE ?1 IS NULL OR owner = ?1"
            return int(db.execute(query, (owner,)).fetchone()[0])

    def close(self) -> None:
        self._database.close()


def _job(row: Sequence[Any]) -> Job:
    (
        _,
        name,
        owner,
        _,
        created,
        _,
        state,
        changed,
        done,
        total,
        rejected,
        faults,
        counts,
        error,
        *_,
    ) = row
    return Job(
        id=name,
        owner=owner,
        names=tuple(Path(path).name for path, _ in _files(row).named),
        created=_moment(created),
        changed=_moment(changed),
        state=state,
        done=done,
        total=total,
        rejected=rejected,
        faults=tuple(Fault(*one) for one in json.loads(faults)),
        counts=Counts(**json.loads(counts)) if counts else None,
        error=error,
    )


def _files(row: Sequence[Any]) -> Files:
    return Files(tuple((path, size) for path, size in json.loads(row[3])))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

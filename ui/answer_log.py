"""A record of every answer that was given, and what people said of it."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, Self, TypeAlias, get_args

from rag.store.database import Connection, Database
from ui.private_file import private
from ui.writing_together import WritingTogether

FILE = "answers.sqlite"
KEEP_DAYS: Final = 365
MOST_INCIDENTS: Final = 1000
DAY: Final = 24 * 3600  # seconds
# What is deleted is not to be read out of the file any more.
PRAGMAS: Final = ("PRAGMA secure_delete = ON",)
Outcome: TypeAlias = Literal["answered", "refused", "failed"]
Thumb: TypeAlias = Literal["up", "down"]
Reason: TypeAlias = Literal["wrong-citation", "not-answered", "out-of-date", "other"]
Listing: TypeAlias = Literal["all", "refused", "down", "failed"]
LISTINGS: Final[tuple[Listing, ...]] = get_args(Listing)
MIGRATIONS = (
    (
        """
        CREATE TABLE answers (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            at REAL NOT NULL,
            owner TEXT NOT NULL,
            outcome TEXT NOT NULL,
            question TEXT,
            within TEXT,
            kind TEXT NOT NULL,
            reason TEXT,
            seconds REAL,
            cited TEXT NOT NULL,
            supported INTEGER NOT NULL,
            weak INTEGER NOT NULL,
            unsupported INTEGER NOT NULL,
            model TEXT,
            failure TEXT
        )
        """,
        "CREATE INDEX answers_at ON answers (at)",
        "CREATE INDEX answers_outcome ON answers (outcome, number)",
        """
        CREATE TABLE feedback (
            answer TEXT PRIMARY KEY REFERENCES answers (id),
            thumb TEXT NOT NULL,
            reason TEXT,
            note TEXT NOT NULL,
            changed REAL NOT NULL
        )
        """,
        """
        CREATE TABLE incidents (
            number INTEGER PRIMARY KEY,
            reference TEXT NOT NULL,
            at REAL NOT NULL,
            kind TEXT NOT NULL,
            place TEXT NOT NULL
        )
        """,
        """
        CREATE VIEW entries AS
        SELECT answers.*, thumb, feedback.reason AS complaint, note
        FROM answers LEFT JOIN feedback ON feedback.answer = answers.id
        """,
    ),
)
_CONDITIONS = {
    "all": "TRUE",
    "refused": "outcome = 'refused'",
    "failed": "outcome = 'failed'",
    "down": "thumb = 'down'",
}


@dataclass(frozen=True, slots=True)
class Given:
    """What is kept of one answer.

    `within` is the filters in words. `kind` says why it was refused, else it is empty; `reason` is
    the sentence that a person read instead of an answer. Texts are None where the operator keeps
    none. `verdicts` counts the citations that are supported, weak and unsupported.
    """

    outcome: Outcome
    question: str | None = None
    within: str | None = None
    kind: str = ""
    reason: str | None = None
    seconds: float | None = None
    cited: tuple[str, ...] = ()
    verdicts: tuple[int, int, int] = (0, 0, 0)
    model: str | None = None
    failure: str | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody said of an answer."""

    thumb: Thumb
    reason: Reason | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer as it is listed."""

    id: str
    at: datetime
    given: Given
    feedback: Feedback | None


@dataclass(frozen=True, slots=True)
class Noticed:
    """One thing that went wrong on the server."""

    reference: str
    at: datetime
    kind: str
    place: str


class AnswerLog:
    """Every method may be called from any thread; all of them block.

    What is older than `keep_days` is deleted when it is opened, and whenever `tidy` is called.
    """

    def __init__(self, home: Path, *, keep_days: int = KEEP_DAYS) -> None:
        path = private(home / FILE, what="The record of answers")
        self.keep_days: Final = keep_days
        self._database = Database(path, MIGRATIONS, pragmas=PRAGMAS)
        self._noting = WritingTogether(self._note)
        self.tidy()

    def tidy(self) -> None:
        """Deletes what is too old, with what was said of it."""
        oldest = time.time() - self.keep_days * DAY
        with self._database.writing() as db:
            db.execute(
                "DELETE FROM feedback WHERE answer IN (SELECT id FROM answers WHERE at < ?)",
                (oldest,),
            )
            db.execute("DELETE FROM answers WHERE at < ?", (oldest,))
            db.execute("DELETE FROM incidents WHERE at < ?", (oldest,))

    def note(self, given: Given) -> str:
        """Keeps it; returns an id that nobody can guess: who knows it may say what they think."""
        name = secrets.token_hex(16)
        row = (
            *(name, time.time(), given.owner, given.outcome, given.question, given.within),
            *(given.kind, given.reason, given.seconds, json.dumps(given.cited)),
            *(*given.verdicts, given.model, given.failure),
        )
        self._noting.add(row)
        return name

    def rate(self, answer_id: str, feedback: Feedback | None) -> bool:
        """Keeps the last that was said, or with None takes it back; False where no answer is."""
        with self._database.writing() as db:
            if not db.execute("SELECT 1 FROM answers WHERE id = ?", (answer_id,)).fetchone():
                return False
            db.execute("DELETE FROM feedback WHERE answer = ?", (answer_id,))
            if feedback:
                row = (answer_id, feedback.thumb, feedback.reason, feedback.note, time.time())
                db.execute("INSERT INTO feedback VALUES (?, ?, ?, ?, ?)", row)
        return True

    def feedback(self, ids: Iterable[str]) -> dict[str, Feedback]:
        """What was said of those answers of which something was."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT answer, thumb, reason, note FROM feedback "
                "WHERE answer IN (SELECT value FROM json_each(?))",
                (json.dumps(list(ids)),),
            ).fetchall()
        return {row[0]: Feedback(*row[1:]) for row in rows}

    def latest(self, listing: Listing = "all", *, limit: int, offset: int = 0) -> list[Entry]:
        """The last ones first."""
        with self._database.reading() as db:
            return _entries(db, listing, limit, offset)

    def count(self, listing: Listing = "all") -> int:
        with self._database.reading() as db:
            query = "SELECT count(*) FROM entries WHERE " + _CONDITIONS[listing]  # noqa: S608
            return int(db.execute(query).fetchone()[0])

    def since(self, moment: datetime) -> list[tuple[str, Outcome, float | None, Thumb | None]]:
        """Day of this machine, outcome, seconds and thumb of each answer since then, in order."""
        with self._database.reading() as db:
            return db.execute(
                "SELECT date(at, 'unixepoch', 'localtime'), outcome, seconds, thumb "
                "FROM entries WHERE at >= ? ORDER BY at",
                (moment.timestamp(),),
            ).fetchall()

    def notice(self, reference: str, kind: str, place: str) -> None:
        """Keeps what went wrong; of what goes wrong again and again, the last thousand."""
        with self._database.writing() as db:
            last = db.execute(
                "INSERT INTO incidents (reference, at, kind, place) VALUES (?, ?, ?, ?)",
                (reference, time.time(), kind, place),
            ).lastrowid
            db.execute("DELETE FROM incidents WHERE number <= ?", ((last or 0) - MOST_INCIDENTS,))

    def noticed(self, limit: int) -> list[Noticed]:
        """What went wrong last, the last first."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT reference, at, kind, place FROM incidents ORDER BY number DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [Noticed(name, _moment(at), kind, place) for name, at, kind, place in rows]

    def close(self) -> None:
        self._database.close()

    def _note(self, rows: Sequence[tuple[object, ...]]) -> None:
        with self._database.writing() as db:
            db.executemany(
                "INSERT INTO answers (id, at, owner, outcome, question, within, kind, reason, "
                "seconds, cited, supported, weak, unsupported, model, failure) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _entries(db: Connection, listing: Listing, limit: int, offset: int) -> list[Entry]:
    query = (
        "SELECT id, at, owner, outcome, question, within, kind, reason, seconds, cited, supported, "  # noqa: S608
        "weak, unsupported, model, failure, thumb, complaint, note FROM entries "
        f"WHERE {_CONDITIONS[listing]} ORDER BY number DESC LIMIT ? OFFSET ?"
    )
    rows = db.execute(query, (limit, offset))
    return [_entry(row) for row in rows.fetchall()]


def _entry(row: Sequence[Any]) -> Entry:
    name, at, owner, outcome, question, within, kind, reason, seconds, cited, *rest = row
    supported, weak, unsupported, model, failure, *said = rest
    given = Given(
        outcome,
        question,
        within,
        kind,
        reason,
        seconds,
        tuple(json.loads(cited)),
        (supported, weak, unsupported),
        model,
        failure,
        owner,
    )
    return Entry(name, _moment(at), given, Feedback(*said) if said[0] else None)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds).astimezone()

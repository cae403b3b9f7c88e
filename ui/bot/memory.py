"""What was answered in which thread: for questions that lean on it, and for its evidence."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, replace
from functools import cache

from pydantic import TypeAdapter, ValidationError

from rag.store.database import Database
from rag.types import Answer, Turn
from ui.bot.heard import Heard, Spot
from ui.conversation import turns

TURNS = 8  # answers that a question may lean on
TABLES = (
    """
    CREATE TABLE answers (
        number INTEGER PRIMARY KEY,
        token TEXT NOT NULL UNIQUE,
        platform TEXT NOT NULL,
        tenant TEXT NOT NULL,
        channel TEXT NOT NULL,
        thread TEXT NOT NULL,
        message TEXT NOT NULL,
        answer TEXT NOT NULL,
        record TEXT NOT NULL,
        revision TEXT NOT NULL,
        UNIQUE (platform, channel, message)
    )
    """,
    "CREATE INDEX answers_thread ON answers (platform, channel, thread, number)",
)


@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer, the token that stands for it, and the id of its record if there is one."""

    answer: Answer
    token: str
    record: str = ""


class Memory:
    """Answers whole, by team, channel and thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, heard: Heard, answer: Answer, record: str) -> Remembered:
        """In place of what was answered to this message before; the token stays the same."""
        return await asyncio.to_thread(self._keep, heard, answer, record)

    async def of(self, heard: Heard) -> Remembered | None:
        """What was answered to this message as it reads now."""
        spot = heard.spot
        return await asyncio.to_thread(
            self._one,
            "platform = ? AND channel = ? AND message = ? AND revision = ?",
            (spot.platform, spot.channel, heard.message, heard.revision),
        )

    async def by(self, token: str, tenant: str) -> Remembered | None:
        """The answer that the token stands for, in this workspace."""
        return await asyncio.to_thread(self._one, "token = ? AND tenant = ?", (token, tenant))

    async def before(self, heard: Heard) -> tuple[Turn, ...]:
        """The last questions and answers of the thread, as the engine takes them."""
        return await asyncio.to_thread(self._before, heard.spot, heard.message)

    def _keep(self, heard: Heard, answer: Answer, record: str) -> Remembered:
        spot, slim = heard.spot, replace(answer, retrieved=())
        with self._database.writing() as db:
            row = db.execute(
                "INSERT INTO answers (token, platform, tenant, channel, thread, message, answer, "
                "record, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (platform, channel, message) DO UPDATE SET answer = excluded.answer, "
                "record = excluded.record, revision = excluded.revision RETURNING token",
                (
                    *(secrets.token_hex(12), spot.platform, spot.tenant, spot.channel),
                    *(spot.thread, heard.message, _codec().dump_json(slim).decode(), record),
                    heard.revision,
                ),
            ).fetchone()
        return Remembered(answer, row[0], record)

    def _one(self, condition: str, values: tuple[str, ...]) -> Remembered | None:
        """`condition` is ours; what comes from outside stands in the values."""
        with self._database.reading() as db:
            row = db.execute(
                f"SELECT answer, token, record FROM answers WHERE {condition}",  # noqa: S608
                values,
            ).fetchone()
        answer = _read(row[0]) if row else None
        return Remembered(answer, *row[1:]) if answer else None

    def _before(self, spot: Spot, message: str) -> tuple[Turn, ...]:
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT answer FROM answers WHERE platform = ? AND channel = ? AND thread = ? "
                "AND message != ? ORDER BY number DESC LIMIT ?",
                (spot.platform, spot.channel, spot.thread, message, TURNS),
            ).fetchall()
        answers = [answer for row in reversed(rows) if (answer := _read(row[0]))]
        return tuple(turns(answers))


def _read(kept: str) -> Answer | None:
    """None where another version of Footnote kept it."""
    try:
        return _codec().validate_json(kept)
    except ValidationError:
        return None


@cache
def _codec() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)

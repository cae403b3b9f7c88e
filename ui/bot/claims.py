"""Which messages are taken on, so that each is answered once, whatever is delivered again."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from functools import cache

from pydantic import TypeAdapter

from rag.store.database import Database
from ui.bot.heard import Heard, Spot

TABLES = (
    """
    CREATE TABLE claims (
        number INTEGER PRIMARY KEY,
        platform TEXT NOT NULL,
        channel TEXT NOT NULL,
        message TEXT NOT NULL,
        thread TEXT NOT NULL,
        revision TEXT NOT NULL,
        event TEXT,
        state TEXT NOT NULL,
        heard TEXT NOT NULL,
        reply TEXT NOT NULL DEFAULT '',
        at REAL NOT NULL,
        UNIQUE (platform, channel, message),
        UNIQUE (platform, event)
    )
    """,
    "CREATE INDEX claims_thread ON claims (platform, channel, thread)",
    "CREATE INDEX claims_open ON claims (number) WHERE state = 'claimed'",
)
_THIS = "platform = ? AND channel = ? AND message = ?"


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that was taken on; `reply` is the id of what was said to it, so far empty."""

    heard: Heard
    reply: str
    at: float


class Claims:
    """The channel and the id stand for a message, across workspaces that share a channel."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, heard: Heard) -> bool:
        """Whether nobody has taken this message, or this event, on before; keeps that for days."""
        return await asyncio.to_thread(self._take, heard)

    async def take_again(self, heard: Heard) -> Heard | None:
        """Takes an edited message on anew; None where there is nothing to do.

        That is so where it never was taken on, says the same, or is no later edit.
        """
        return await asyncio.to_thread(self._take_again, heard)

    async def posted(self, heard: Heard, reply: str) -> None:
        """Keeps what stands there as the reply."""
        await asyncio.to_thread(self._posted, heard, reply)

    async def done(self, heard: Heard) -> None:
        """It is answered, unless it was edited meanwhile."""
        await asyncio.to_thread(self._done, heard)

    async def speaks_in(self, spot: Spot) -> bool:
        """Whether anything was taken on in this thread."""
        return await asyncio.to_thread(self._speaks_in, spot)

    async def reply_to(self, heard: Heard) -> str:
        """The id of what was said to it, empty so far."""
        return await asyncio.to_thread(self._reply_to, heard)

    async def open(self) -> list[Claim]:
        """What was taken on and never brought to its end, in order."""
        return await asyncio.to_thread(self._open)

    async def replies(self, spot: Spot) -> frozenset[str]:
        """The ids of all replies in a thread."""
        return await asyncio.to_thread(self._replies, spot)

    def _take(self, heard: Heard) -> bool:
        spot = heard.spot
        row = (
            *_key(heard),
            *(spot.thread, heard.revision, heard.event or None),
            *(_dumped(heard), time.time()),
        )
        with self._database.writing() as db:
            taken = db.execute(
                "INSERT OR IGNORE INTO claims (platform, channel, message, thread, revision, "
                "event, state, heard, at) VALUES (?, ?, ?, ?, ?, ?, 'claimed', ?, ?)",
                row,
            )
            return taken.rowcount > 0

    def _take_again(self, heard: Heard) -> Heard | None:
        with self._database.writing() as db:
            row = db.execute(
                f"SELECT heard, state FROM claims WHERE {_THIS} AND revision < ?",  # noqa: S608
                (*_key(heard), heard.revision),
            ).fetchone()
            if row is None:
                return None
            before, state = _codec().validate_json(row[0]), row[1]
            is_same = before.text == heard.text
            heard = replace(heard, is_addressed=heard.is_addressed or before.is_addressed)
            db.execute(
                f"UPDATE claims SET revision = ?, heard = ?, state = ? WHERE {_THIS}",  # noqa: S608
                (heard.revision, _dumped(heard), state if is_same else "claimed", *_key(heard)),
            )
            return None if is_same else heard

    def _posted(self, heard: Heard, reply: str) -> None:
        with self._database.writing() as db:
            query = f"UPDATE claims SET reply = ? WHERE {_THIS}"  # noqa: S608
            db.execute(query, (reply, *_key(heard)))

    def _done(self, heard: Heard) -> None:
        with self._database.writing() as db:
            db.execute(
                f"UPDATE claims SET state = 'answered' WHERE {_THIS} AND revision = ?",  # noqa: S608
                (*_key(heard), heard.revision),
            )

    def _reply_to(self, heard: Heard) -> str:
        with self._database.reading() as db:
            query = f"SELECT reply FROM claims WHERE {_THIS}"  # noqa: S608
            row = db.execute(query, _key(heard)).fetchone()
        return row[0] if row else ""

    def _speaks_in(self, spot: Spot) -> bool:
        with self._database.reading() as db:
            found = db.execute(
                "SELECT 1 FROM claims WHERE platform = ? AND channel = ? AND thread = ? LIMIT 1",
                (spot.platform, spot.channel, spot.thread),
            ).fetchone()
        return found is not None

    def _open(self) -> list[Claim]:
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT heard, reply, at FROM claims WHERE state = 'claimed' ORDER BY number"
            ).fetchall()
        return [_claim(row) for row in rows]

    def _replies(self, spot: Spot) -> frozenset[str]:
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT reply FROM claims WHERE platform = ? AND channel = ? AND thread = ?",
                (spot.platform, spot.channel, spot.thread),
            ).fetchall()
        return frozenset(row[0] for row in rows if row[0])


def _key(heard: Heard) -> tuple[str, str, str]:
    return heard.spot.platform, heard.spot.channel, heard.message


def _claim(row: tuple[str, str, float]) -> Claim:
    return Claim(_codec().validate_json(row[0]), *row[1:])


def _dumped(heard: Heard) -> str:
    return _codec().dump_json(heard).decode()


@cache
def _codec() -> TypeAdapter[Heard]:
    return TypeAdapter(Heard)

"""Where API keys are kept: a file that the server and the command line have open together."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, Self

from rag.errors import FootnoteError
from rag.store.database import Database
from ui.private_file import private
from ui.server.keys import NOBODYS, Key, Terms, digest, id_in, made, today

FILE = "keys.sqlite"
NO_SUCH_KEY: Final = "No key has the id {id}. `footnote keys list` shows those that there are."
MIGRATIONS = (
    (
        """
        CREATE TABLE keys (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            digest TEXT NOT NULL,
            scopes TEXT NOT NULL,
            rate TEXT,
            tokens_per_day INTEGER,
            expires TEXT,
            created TEXT NOT NULL,
            revoked TEXT,
            last_used TEXT
        )
        """,
        """
        CREATE TABLE spending (
            key TEXT NOT NULL,
            day TEXT NOT NULL,
            tokens INTEGER NOT NULL,
            PRIMARY KEY (key, day)
        )
        """,
    ),
)
_COLUMNS = "id, name, digest, scopes, rate, tokens_per_day, expires, created, revoked, last_used"


class NoSuchKeyError(FootnoteError):
    """No key has that id."""


class Keys:
    """The keys of a data folder, read anew each time: another process may revoke one.

    Every method may be called from any thread; all of them block, reading for microseconds.
    """

    def __init__(self, home: Path) -> None:
        self._database = Database(private(home / FILE, what="API keys"), MIGRATIONS)

    def create(self, name: str, terms: Terms) -> tuple[Key, str]:
        """A new key, and its whole text, which nobody can see again."""
        number, text = made()
        key = Key(number, name, digest(text), terms, _now())
        with self._database.writing() as db:
            db.execute(
                f"INSERT INTO keys ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                _row(key),
            )
        return key, text

    def all(self) -> list[Key]:
        """The oldest first, also those that work no more."""
        with self._database.reading() as db:
            rows = db.execute(f"SELECT {_COLUMNS} FROM keys ORDER BY created, rowid")  # noqa: S608
            return [_key(row) for row in rows]

    def has_any(self) -> bool:
        """Whether one was ever created: a key that was revoked opens nothing by that."""
        with self._database.reading() as db:
            return db.execute("SELECT 1 FROM keys LIMIT 1").fetchone() is not None

    def revoke(self, number: str) -> Key:
        """It works no more from now on; raises NoSuchKeyError where there is none."""
        key = self._with_id(number)
        if key is NOBODYS:
            raise NoSuchKeyError(NO_SUCH_KEY.format(id=number))
        revoked = replace(key, revoked=key.revoked or _now())
        with self._database.writing() as db:
            db.execute("UPDATE keys SET revoked = ? WHERE id = ?", (_written(revoked)[1], number))
        return revoked

    def owning(self, text: str) -> Key | None:
        """The key whose text this is, valid or not; as much work where no key has its id."""
        number = id_in(text)
        with self._database.reading() as db:
            row = db.execute("SELECT digest FROM keys WHERE id = ?", (number,)).fetchone()
        kept = row[0] if row else NOBODYS.digest
        return self._with_id(number) if hmac.compare_digest(digest(text), kept) else None

    def used(self, key: Key) -> None:
        """Notes the day, where it is not that of the last use."""
        if key.last_used != today():
            with self._database.writing() as db:
                row = (today().isoformat(), key.id)
                db.execute("UPDATE keys SET last_used = ? WHERE id = ?", row)

    def spend(self, number: str, day: date, tokens: int) -> None:
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO spending VALUES (?, ?, ?) "
                "ON CONFLICT DO UPDATE SET tokens = tokens + excluded.tokens",
                (number, day.isoformat(), tokens),
            )

    def spent(self, number: str, day: date) -> int:
        """How many tokens were spent with it on that day."""
        with self._database.reading() as db:
            query = "SELECT tokens FROM spending WHERE key = ? AND day = ?"
            row = db.execute(query, (number, day.isoformat())).fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _with_id(self, number: str) -> Key:
        with self._database.reading() as db:
            query = f"SELECT {_COLUMNS} FROM keys WHERE id = ?"  # noqa: S608
            row = db.execute(query, (number,)).fetchone()
        return _key(row) if row else NOBODYS


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _row(key: Key) -> tuple[str | int | None, ...]:
    terms = key.terms
    expires = terms.expires.isoformat() if terms.expires else None
    granted = (" ".join(terms.scopes), terms.rate, terms.tokens_per_day, expires)
    return (key.id, key.name, key.digest, *granted, *_written(key))


def _written(key: Key) -> tuple[str, str | None, str | None]:
    revoked = key.revoked.isoformat() if key.revoked else None
    last_used = key.last_used.isoformat() if key.last_used else None
    return key.created.isoformat(), revoked, last_used


def _key(row: Sequence[Any]) -> Key:
    number, name, digest, scopes, rate, tokens, expires, created, revoked, last_used = row
    return Key(
        number,
        name,
        digest,
        Terms(tuple(scopes.split()), rate, tokens, expires and date.fromisoformat(expires)),
        datetime.fromisoformat(created),
        revoked and datetime.fromisoformat(revoked),
        last_used and date.fromisoformat(last_used),
    )

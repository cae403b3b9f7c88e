"""An SQLite file that any thread may read while one writes."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from rag.errors import ShelfError

Connection: TypeAlias = sqlite3.Connection
Step: TypeAlias = str | Callable[[Connection], None]  # of a migration: SQL, or what does more

PATIENCE_SECONDS = 30.0
# FULL, not NORMAL: what was acknowledged survives a power cut, not only a killed process. It costs
# one fsync a transaction, and transactions hold whole batches.
DURABLE = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL")


class Database:
    """One connection writes, behind a lock; readers get connections of their own from a pool."""

    def __init__(
        self,
        path: Path,
        migrations: Sequence[Sequence[Step]],
        *,
        pragmas: Sequence[str] = (),
        failure: type[ShelfError] = ShelfError,
    ) -> None:
        self.path = path
        self._pragmas = (*pragmas, *DURABLE)
        self._failure = failure
        self._writer_lock = threading.RLock()
        self._idle_lock = threading.Lock()
        self._idle: list[Connection] = []
        self._closed = False
        with self._translated():
            self._writer = self._connect()
        try:
            with self._translated():
                self._migrate(migrations)
        except ShelfError:
            self._writer.close()
            raise

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is durable when the block ends, and undone when it raises."""
        with self._writer_lock, self._translated():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            self._writer.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view, which later writes do not change."""
        with self._translated():
            connection = self._borrow()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                self._give_back(connection)

    def damage(self) -> str | None:
        """What SQLite finds wrong with the file, or None."""
        with self.reading() as db:
            found = [str(row[0]) for row in db.execute("PRAGMA quick_check(3)")]
        return None if found == ["ok"] else "; ".join(found)

    def close(self) -> None:
        with self._writer_lock, self._idle_lock:
            self._closed = True
            for connection in (*self._idle, self._writer):
                connection.close()
            self._idle.clear()

    def _connect(self) -> Connection:
        connection = sqlite3.connect(
            self.path,
            timeout=PATIENCE_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            for pragma in self._pragmas:
                connection.execute(pragma)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _migrate(self, migrations: Sequence[Sequence[Step]]) -> None:
        with self.writing() as db:
            version = int(db.execute("PRAGMA user_version").fetchone()[0])
            if version > len(migrations):
                raise self._failure(
                    f"{self.path} was written by a newer Footnote (schema {version}; this one "
                    f"knows {len(migrations)}). Install that version, or set FOOTNOTE_HOME to "
                    "another shelf."
                )
            for step in (step for steps in migrations[version:] for step in steps):
                if isinstance(step, str):
                    db.execute(step)
                else:
                    step(db)
            db.execute(f"PRAGMA user_version = {len(migrations)}")

    def _borrow(self) -> Connection:
        with self._idle_lock:
            if self._closed:
                raise self._failure(f"{self.path} has been closed.")
            if self._idle:
                return self._idle.pop()
        return self._connect()

    def _give_back(self, connection: Connection) -> None:
        with self._idle_lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._failure(
                f"{self.path} cannot be used: {error}. Check the disk's free space and the file's "
                "permissions; if the file is damaged, restore it from a backup."
            ) from error

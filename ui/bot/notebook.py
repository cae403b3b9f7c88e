"""What a bot keeps in the data folder; one process at a time works with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import FootnoteError
from rag.store.database import Database
from ui.answer_log import KEEP_DAYS, PRAGMAS
from ui.bot import claims, memory, texts
from ui.bot.claims import Claims
from ui.bot.memory import Memory
from ui.bot.retention import Retention
from ui.private_file import private

FILE = "bot.sqlite"
LOCK = "bot.lock"
MIGRATIONS = ((*claims.TABLES, *memory.TABLES),)


class BotBusyError(FootnoteError):
    """Another process is the bot of this data folder."""


@dataclass(frozen=True, slots=True)
class Notebook:
    """Messages that were taken on, and what was answered."""

    claims: Claims
    memory: Memory
    retention: Retention


@contextmanager
def notebook(home: Path, *, keep_days: int = KEEP_DAYS) -> Iterator[Notebook]:
    """Open until the block ends; raises BotBusyError where two would answer each message."""
    path = private(home / FILE, what="What the bot has answered")
    with _alone(home):
        database = Database(path, MIGRATIONS, pragmas=PRAGMAS)
        try:
            yield Notebook(Claims(database), Memory(database), Retention(database, keep_days))
        finally:
            database.close()


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    lock = FileLock(home / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise BotBusyError(texts.ONLY_ONE.format(home=home)) from None
    try:
        yield
    finally:
        lock.release()

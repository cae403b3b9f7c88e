"""What was done with each key: counted at once, written behind the answer."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

from rag.errors import FootnoteError
from ui.server import incidents
from ui.server.key_store import Keys
from ui.server.keys import Key, today


class KeyUse:
    """What is written survives a restart; what is not written yet is counted as well."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._unwritten: Counter[tuple[str, date]] = Counter()
        self._noted: set[tuple[str, date]] = set()
        self._counting = threading.Lock()
        self._writer = ThreadPoolExecutor(1, "key use")

    def used(self, key: Key) -> None:
        """Notes the day, once."""
        one = (key.id, today())
        if key.last_used != today() and one not in self._noted:
            self._noted.add(one)
            self._write(lambda: self._keys.used(key))

    def spend(self, number: str, tokens: int) -> None:
        """Counts the tokens, without waiting for the disk."""
        if tokens > 0:
            one = (number, today())
            self._count(one, tokens)
            self._write(lambda: self._spent(one, tokens))

    def spent(self, number: str) -> int:
        """How many tokens so far today."""
        with self._counting:
            unwritten = self._unwritten[number, today()]
        return self._keys.spent(number, today()) + unwritten

    def close(self) -> None:
        """Waits until everything is written."""
        self._writer.shutdown()

    def _write(self, writing: Callable[[], None]) -> None:
        self._writer.submit(writing).add_done_callback(_tell)

    def _spent(self, one: tuple[str, date], tokens: int) -> None:
        """What cannot be written stays counted for as long as the process lives."""
        self._keys.spend(*one, tokens)
        self._count(one, -tokens)

    def _count(self, one: tuple[str, date], tokens: int) -> None:
        with self._counting:
            self._unwritten[one] += tokens
            if not self._unwritten[one]:
                del self._unwritten[one]


def seconds_left_today() -> int:
    """Until budgets begin anew."""
    midnight = datetime.combine(today() + timedelta(days=1), time(), UTC)
    return max(1, round((midnight - datetime.now(UTC)).total_seconds()))


def _tell(done: Future[None]) -> None:
    error = done.exception()
    if isinstance(error, FootnoteError):
        incidents.note(error)

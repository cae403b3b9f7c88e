"""What several threads write at the same moment is written in one go: the disk is waited for once.

The disk decides how many transactions a second are durable, often fewer than answers are given.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Row = TypeVar("Row")


class _Waiting(Generic[Row]):
    """A row that somebody waits for."""

    __slots__ = ("is_written", "row")

    def __init__(self, row: Row) -> None:
        self.row, self.is_written = row, False


class WritingTogether(Generic[Row]):
    """`write` takes rows and writes all or none of them; it is called by one thread at a time."""

    def __init__(self, write: Callable[[Sequence[Row]], None]) -> None:
        self._write = write
        self._waiting: list[_Waiting[Row]] = []
        self._arriving, self._writing = threading.Lock(), threading.Lock()

    def add(self, row: Row) -> None:
        """Returns once it is written, with whatever else waits; raises what `write` does of it."""
        one = _Waiting(row)
        with self._arriving:
            self._waiting.append(one)
        with self._writing:
            if not one.is_written:
                self._lead(one)

    def _lead(self, one: _Waiting[Row]) -> None:
        with self._arriving:
            batch, self._waiting = self._waiting, []
        try:
            self._write([each.row for each in batch])
        except Exception:
            if batch == [one]:
                raise
            # It may be another's row that cannot be written: from now on each stands for its own.
            with self._arriving:
                self._waiting[:0] = [each for each in batch if each is not one]
            self._write([one.row])
            batch = [one]
        for each in batch:
            each.is_written = True

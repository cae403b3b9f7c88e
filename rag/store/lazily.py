"""A part that is opened when it is first needed, and may be closed and opened again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    def close(self) -> None: ...


Part = TypeVar("Part", bound=Closable)


class Lazily(Generic[Part]):
    """Calling it gives the part; of several threads that call first, one opens."""

    def __init__(self, open_part: Callable[[], Part]) -> None:
        self._open = open_part
        self._lock = threading.Lock()
        self._part: Part | None = None

    def __call__(self) -> Part:
        with self._lock:
            if self._part is None:
                self._part = self._open()
            return self._part

    @property
    def is_open(self) -> bool:
        return self._part is not None

    def close(self) -> None:
        with self._lock:
            part, self._part = self._part, None
            if part is not None:
                part.close()

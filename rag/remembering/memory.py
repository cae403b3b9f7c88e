"""The last answers, as many as fit."""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, fields, is_dataclass

from rag.types import Event, Scope, Turn

MOST_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Key:
    """What an answer depends on; `state` is that of the world in which it was made."""

    state: Hashable
    question: str
    history: tuple[Turn, ...] = ()
    scope: Scope = Scope()


class Memory:
    """Holds what was asked for last; of states that are over, nothing. Any thread may use it."""

    def __init__(self, most: int, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._kept: OrderedDict[Key, tuple[tuple[Event, ...], int]] = OrderedDict()
        self._bytes = 0
        self._state: Hashable = None
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def recall(self, key: Key) -> tuple[Event, ...] | None:
        """The events of the answer; None where it is not there."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def keep(self, key: Key, events: Iterable[Event]) -> None:
        """For as long as its state lasts, or until others need the room."""
        told = tuple(events)
        size = weight((key, told))
        with self._lock:
            if key.state != self._state:
                self._kept.clear()
                self._bytes, self._state = 0, key.state
            self._drop(key)
            self._kept[key] = told, size
            self._bytes += size
            while len(self._kept) > self._most or self._bytes > self._most_bytes:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        _, size = self._kept.pop(key, ((), 0))
        self._bytes -= size


def weight(thing: object) -> int:
    """Roughly how many bytes it takes, what stands in it twice once."""
    seen: dict[int, object] = {}
    left = [thing]
    while left:
        one = left.pop()
        if id(one) not in seen:
            seen[id(one)] = one
            left += _parts(one)
    return sum(map(sys.getsizeof, seen.values()))


def _parts(thing: object) -> Iterable[object]:
    if is_dataclass(thing):
        return [getattr(thing, field.name) for field in fields(thing)]
    return thing if isinstance(thing, tuple | list) else ()

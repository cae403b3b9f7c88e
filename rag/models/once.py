"""An attribute that is made when it is first asked for, once, whoever asks at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class once(Generic[T]):
    """A property that keeps its first value; of several threads that ask first, one makes it.

    `functools.cached_property` has no lock from Python 3.12 on: two questions that come first
    would each load the graphs.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self._name = ""
        # Reentrant: an attribute may be that of another object of the same class.
        self._lock = threading.RLock()

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type | None = None) -> T:
        kept = vars(instance)  # found there, it is no more asked for here
        with self._lock:
            if self._name not in kept:
                kept[self._name] = self._make(instance)
            value: T = kept[self._name]
            return value

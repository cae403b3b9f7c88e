"""How the whole shelf spreads, counted once for a while: every view of the papers shows it."""

from __future__ import annotations

import time
from typing import Final, Protocol

from rag.store.spreading import Spread
from rag.types import Scope

KEPT: Final = 60.0  # seconds; the number of papers itself is never old
SUGGESTED: Final = 300  # names that a field suggests


class Counting(Protocol):
    """What is asked of the shelf; it blocks."""

    def count(self, scope: Scope = ...) -> int: ...

    def spread(self, scope: Scope = ..., *, most: int = ...) -> Spread: ...


class Overview:
    """Counted anew where papers were added or removed, or after a minute."""

    def __init__(self, shelf: Counting) -> None:
        self._shelf = shelf
        self._whole: Spread | None = None
        self._counted = 0.0

    def whole(self) -> Spread:
        """Of all ready papers; it blocks."""
        papers, now = self._shelf.count(), time.monotonic()
        is_old = now - self._counted > KEPT
        if self._whole is None or is_old or self._whole.papers != papers:
            self._whole, self._counted = self._shelf.spread(most=SUGGESTED), now
        return self._whole

    def within(self, scope: Scope | None) -> Spread | None:
        """Of the papers in a scope; None without one. It blocks."""
        if scope is None:
            return None
        return self.whole() if scope.is_empty else self._shelf.spread(scope)

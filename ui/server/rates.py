"""How often and how much at once somebody may ask, in memory, for one process."""

from __future__ import annotations

import math
import time
from collections import Counter
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

FAILURES = parse("30 per 5 minutes")  # wrong keys from one address


@dataclass(frozen=True, slots=True)
class Window:
    """What is left of a rate: requests in all, those left, and seconds until one is free again.

    `wait` is 0 where the request may be made.
    """

    limit: int
    left: int
    free_in: float
    wait: int = 0


class Rates:
    """Moving windows: no burst at the turn of a minute."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def hit(self, rate: RateLimitItem, whose: str) -> Window:
        """Counts a request, where it may be made."""
        may = self._limiter.hit(rate, whose)
        stats = self._limiter.get_window_stats(rate, whose)
        free_in = max(0.0, stats.reset_time - time.time())
        wait = 0 if may else max(1, math.ceil(free_in))
        return Window(rate.amount, max(0, stats.remaining), free_in, wait)


class Leases:
    """How many requests of each are under way."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def take(self, whose: str, most: int) -> bool:
        """One more, unless there are as many already; then nothing is taken."""
        if self._open[whose] >= most:
            return False
        self._open[whose] += 1
        return True

    def give_back(self, whose: str) -> None:
        self._open[whose] -= 1
        if self._open[whose] <= 0:
            del self._open[whose]

    def under_way(self, whose: str) -> int:
        return self._open.get(whose, 0)

"""Slack's rate limits, off until a test wants them, and trouble that a test asks for."""

import math
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fake.refusals import RateLimited


@dataclass
class Trouble:
    """What is to go wrong with the next calls of a method.

    `drop` is "before" (nothing happens) or "after" (it happens, and the reply is lost).
    """

    method: str
    times: int = 1
    skip: int = 0
    error: str = ""
    retry_after: int | None = None
    status: int = 0
    delay: float = 0.0
    drop: str = ""
    when: Callable[[dict[str, Any]], bool] | None = None
    more: dict[str, Any] | None = None


class Limits:
    """Sliding windows per token and method, and one post a second in a channel."""

    def __init__(self):
        self.tiers_on = False
        self.history_page = 1000
        self._history = None
        self._burst = 0
        self._own = {}
        self._spent = defaultdict(deque)

    def on(self, *, burst=5):
        """Switch on the tiers, and one post a second per channel after a burst."""
        self.tiers_on, self._burst = True, burst

    def of(self, method, calls, seconds):
        """Allow a method so many calls in so many seconds."""
        self._own[method] = calls, seconds

    def commercial(self):
        """Read history as a distributed app outside the Marketplace: 15 a minute."""
        self.history_page, self._history = 15, (1, 60.0)

    def spend(self, token, spec):
        """Count a call, or refuse it."""
        if spec.name in self._own:
            self._take((token, spec.name), *self._own[spec.name])
        elif self.tiers_on:
            self._take((token, spec.name), spec.tier, 60.0)

    def spend_on_channel(self, channel):
        """Count a post in a channel."""
        if self.tiers_on:
            self._take(("post", channel.id), self._burst, float(self._burst))

    def spend_on_history(self, method):
        """Count a look at history."""
        if self._history:
            self._take(("history", method), *self._history)

    def _take(self, key, calls, seconds):
        spent, now = self._spent[key], time.monotonic()
        while spent and now - spent[0] > seconds:
            spent.popleft()
        if len(spent) >= calls:
            raise RateLimited(max(1, math.ceil(seconds - (now - spent[0]))))
        spent.append(now)

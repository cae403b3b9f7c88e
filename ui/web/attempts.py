"""How often somebody may try a password."""

from __future__ import annotations

import hashlib
import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

BY_USER = "8 per 5 minutes"
BY_ADDRESS = "30 per 5 minutes"


class Attempts:
    """Counts them by name and by address, until one is right."""

    def __init__(self, by_user: str = BY_USER, by_address: str = BY_ADDRESS) -> None:
        self._by_user, self._by_address = parse(by_user), parse(by_address)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def try_again_in(self, user: str, address: str) -> int:
        """Counts one; 0 where it may be made, else the seconds to wait.

        The address comes first: names are anybody's to invent, and none is kept beyond that.
        """
        keys = ((self._by_address, f"address {address}"), (self._by_user, _key(user)))
        for item, key in keys:
            if not self._limiter.hit(item, key):
                return self._wait(item, key)
        return 0

    def forget(self, user: str) -> None:
        """After a right password the name begins anew; the address does not."""
        self._limiter.clear(self._by_user, _key(user))

    def _wait(self, item: RateLimitItem, key: str) -> int:
        free_at = self._limiter.get_window_stats(item, key).reset_time
        return max(1, math.ceil(free_at - time.time()))


def _key(user: str) -> str:
    return "user " + hashlib.sha256(user.strip().casefold().encode()).hexdigest()

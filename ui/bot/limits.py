"""How often one person, and one channel, may ask."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from ui.bot.heard import Heard
from ui.bot.rules import Rule

ONCE_TOLD = parse("1/minute")


@dataclass(frozen=True, slots=True)
class Refused:
    """Asked too often; `is_channel` where it was all of the channel together."""

    seconds: int
    is_channel: bool


@dataclass(slots=True)
class Limits:
    """Counts in memory: whoever restarts the bot forgives."""

    _limiter: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage())
    )

    async def refused(self, heard: Heard, rule: Rule) -> Refused | None:
        """Counts a question; None where it may be asked."""
        spot = heard.spot
        for is_channel, rate, key in (
            (False, rule.per_user, f"user:{heard.owner}"),
            (True, rule.per_channel, f"channel:{spot.platform}:{spot.tenant}:{spot.channel}"),
        ):
            item = parse(rate)
            if not await self._limiter.hit(item, key):
                return Refused(await self._seconds(item, key), is_channel)
        return None

    async def may_tell(self, heard: Heard) -> bool:
        """Once a minute a person: who writes too often is not answered as often."""
        return await self._limiter.hit(ONCE_TOLD, f"told:{heard.owner}")

    async def _seconds(self, item: RateLimitItem, key: str) -> int:
        window = await self._limiter.get_window_stats(item, key)
        return max(1, round(window.reset_time - time.time()))

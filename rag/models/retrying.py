"""How long to wait before an endpoint is asked again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from secrets import SystemRandom

MORE_TRIES = 2
FIRST_SECONDS = 0.5


def asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """The seconds of `Retry-After`, a number or a date; None where there is none to be read."""
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after", "")
    seconds = _number(value)
    return _until(value) if seconds is None else seconds


def pause(tries: int, wanted: float | None) -> float:
    """What the endpoint asked for; else twice as long after each try, more or less.

    More or less, so that not all who were turned away come back at once.
    """
    if wanted is not None:
        return wanted
    longest: float = FIRST_SECONDS * 2**tries
    return SystemRandom().uniform(longest / 2, longest)


def _number(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return None if math.isnan(seconds) else max(seconds, 0.0)


def _until(text: str) -> float | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    # A date without a zone is in that of Greenwich.
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max((date - datetime.now(UTC)).total_seconds(), 0.0)

"""What the operator's page says of the answers so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from ui.alike import groups
from ui.answer_log import AnswerLog, Entry, Outcome, Thumb

DAYS = 30
WEEK = 7
DAYS_LISTED = 14
MISSES_READ = 300
GROUPS_LISTED = 12
Row = tuple[str, Outcome, float | None, Thumb | None]


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many answers of each kind there were; `seconds` is the median, None without any."""

    answered: int = 0
    refused: int = 0
    failed: int = 0
    ups: int = 0
    downs: int = 0
    seconds: float | None = None

    @property
    def total(self) -> int:
        return self.answered + self.refused + self.failed


@dataclass(frozen=True, slots=True)
class Period:
    """The numbers of the last days; of today alone where that is one day."""

    days: int
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Questions alike that were refused or answered beside the question, the last first."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Periods from today to `DAYS`, the last days on which anybody asked, and what was missed."""

    periods: tuple[Period, ...]
    days: tuple[tuple[str, Numbers], ...]
    unanswered: tuple[Unanswered, ...]

    @property
    def busiest(self) -> int:
        """The most questions on a day; never 0."""
        return max((numbers.total for _, numbers in self.days), default=1)


def overview(log: AnswerLog, now: datetime) -> Overview:
    """It blocks."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = log.since(midnight - timedelta(days=DAYS - 1))
    return Overview(
        tuple(_period(rows, now.date(), days) for days in (1, WEEK, DAYS)),
        tuple(_days(rows))[:DAYS_LISTED],
        tuple(_unanswered(_missed(log)))[:GROUPS_LISTED],
    )


def numbers(rows: Sequence[Row]) -> Numbers:
    """Counted over these rows."""
    outcomes = Counter(row[1] for row in rows)
    thumbs = Counter(row[3] for row in rows)
    times = [row[2] for row in rows if row[2] is not None]
    return Numbers(
        outcomes["answered"],
        outcomes["refused"],
        outcomes["failed"],
        thumbs["up"],
        thumbs["down"],
        median(times) if times else None,
    )


def _period(rows: Sequence[Row], today: date, days: int) -> Period:
    first = (today - timedelta(days=days - 1)).isoformat()
    return Period(days, numbers([row for row in rows if row[0] >= first]))


def _days(rows: Sequence[Row]) -> list[tuple[str, Numbers]]:
    by_day: dict[str, list[Row]] = {}
    for row in rows:
        by_day.setdefault(row[0], []).append(row)
    return [(day, numbers(of)) for day, of in sorted(by_day.items(), reverse=True)]


def _missed(log: AnswerLog) -> list[Entry]:
    """What was refused, and what somebody says was not answered; the last first."""
    disliked = [
        one
        for one in log.latest("down", limit=MISSES_READ)
        if one.feedback and one.feedback.reason == "not-answered"
    ]
    found = {one.id: one for one in (*log.latest("refused", limit=MISSES_READ), *disliked)}
    told = [one for one in found.values() if one.given.question]
    return sorted(told, key=lambda one: one.at, reverse=True)


def _unanswered(missed: Sequence[Entry]) -> list[Unanswered]:
    found = groups([one.given.question or "" for one in missed])
    return [Unanswered(tuple(missed[place] for place in places)) for places in found]

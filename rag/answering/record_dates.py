"""Spans of time as people write them in questions: "since Oct '25", "older than 2015"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias

from rag.answering.record_periods import Named, Period, moved, periods
from rag.types import Published

Side: TypeAlias = Literal["within", "since", "after", "until", "before"]


@dataclass(frozen=True, slots=True)
class DatePhrase:
    """A span of time that a question names, and where it stands in there.

    `is_bound` where a word ties it to the rest ("from", "or later"); `is_relative` where it
    depends on the day of asking; `has_day` where it names a day.
    """

    since: Published | None
    until: Published | None
    start: int
    end: int
    is_bound: bool
    is_relative: bool = False

    @property
    def has_day(self) -> bool:
        return any(limit is not None and limit.day for limit in (self.since, self.until))


def find_date(text: str, today: date) -> DatePhrase | None:
    """The first span of time in the text; None where there is none that exists."""
    named = list(periods(text, today))
    if not named:
        return None
    return _between(text, named) or _one(text, named[0], today)


def _between(text: str, named: Sequence[Named]) -> DatePhrase | None:
    """Two periods joined: "between 2014 and 2016", "2014-2016", "from March to June 2024"."""
    if len(named) < 2:
        return None
    first, last = named[:2]
    joint = text[first.end : last.start].strip().lower()
    before = _BETWEEN.search(text[: first.start])
    if joint not in _JOINTS and not (before and joint == "and"):
        return None
    since, until = first.period[0], last.period[1]
    if since.year is None and until.year is not None:
        wraps = (since.month or 1) > (until.month or 12)
        since = replace(since, year=until.year - wraps)
    return DatePhrase(
        since=since,
        until=until,
        start=before.start() if before else first.start,
        end=last.end,
        is_bound=bool(before),
        is_relative=first.is_relative or last.is_relative,
    )


_JOINTS = frozenset({"-", "–", "—", "to", "until", "till", "through", "and up to", "up to"})
_BETWEEN = re.compile(
    r"(?:\b(?:published|dated|from|between|in|during|of)\s+)*(?:\bthe\s+)?$", re.IGNORECASE
)


def _one(text: str, named: Named, today: date) -> DatePhrase | None:
    before, after = _BEFORE.search(text[: named.start]), _AFTER.match(text[named.end :])
    side: Side = "within"
    if before and before.lastgroup:
        side = _side(before)
    elif after and after.lastgroup:
        side = _side(after)
    if side == "within":
        after = None
    since, until = _limits(side, _settled(named.period, side, today))
    return DatePhrase(
        since=since,
        until=until,
        start=before.start() if before else named.start,
        end=named.end + (after.end() if after else 0),
        is_bound=bool(before or after),
        is_relative=named.is_relative,
    )


def _side(found: re.Match[str]) -> Side:
    match found.lastgroup:
        case "since":
            return "since"
        case "after":
            return "after"
        case "until":
            return "until"
        case "before":
            return "before"
    return "within"


_BEFORE = re.compile(
    r"""(?:\b(?:published|dated|appeared|appearing|posted|released|written|(?:that|which)\ are)\s+)*
        \b(?:
          (?P<since>since|not\ (?:before|older\ than|earlier\ than)|no\ (?:older|earlier)\ than
             |starting\ (?:in|from|with)|as\ of|at\ least\ from)
        | (?P<after>after|(?:later|newer|younger|more\ recent)\ than|following|past)
        | (?P<until>until|till|up\ (?:to|until)|by|through|not\ (?:after|later\ than|newer\ than)
             |no\ (?:later|newer)\ than)
        | (?P<before>before|prior\ to|(?:earlier|older)\ than|preceding)
        | from | in | of | during | dated | on | within | for | over | throughout
        )\s+(?:the\s+)?(?:year\s+|month\s+of\s+)?$
    """,
    re.VERBOSE | re.IGNORECASE,
)
_AFTER = re.compile(
    r"""\s*,?\s*(?:
          (?P<since>(?:or|and)\ (?:later|newer|after|more\ recent|since|up|onwards?)|onwards?
             |to\ (?:date|now|today|the\ present)|until\ (?:now|today)|\+)
        | (?P<until>(?:or|and)\ (?:earlier|before|older))
        )(?!\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)


_LEAP_DAY = (2, 29)


def _settled(period: Period, side: Side, today: date) -> Period:
    """A month or day without a year that bounds something is the last one that there was."""
    first, last = period
    if side == "within" or first.year is not None:
        return period
    begins = (first.month or 1, first.day or 1)
    year = today.year if begins <= (today.month, today.day) else today.year - 1
    while begins == _LEAP_DAY and not calendar.isleap(year):
        year -= 1
    return replace(first, year=year), replace(last, year=year)


def _limits(side: Side, period: Period) -> tuple[Published | None, Published | None]:
    first, last = period
    match side:
        case "since":
            return first, None
        case "after":
            return moved(last, 1), None
        case "until":
            return None, last
        case "before":
            return None, moved(first, -1)
    return first, last

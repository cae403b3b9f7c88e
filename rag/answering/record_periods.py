"""Periods that a text names: "Oct '25", "Q3 2025", "the 2010s", "last month"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeAlias

from rag.language.months import MONTHS
from rag.types import Published

Period: TypeAlias = tuple[Published, Published]
Reader: TypeAlias = Callable[[re.Match[str], date], Period | None]
_MONTHS = [month.lower() for month in MONTHS]
NUMBERS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
} | {"a": 1, "an": 1, "single": 1, "couple of": 2, "few": 3}
ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3,
            "fourth": 4, "4th": 4, "last": 4}  # fmt: skip
SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}
THIRDS = {"early": 1, "beginning of": 1, "start of": 1, "mid": 5, "middle of": 5,
          "late": 9, "end of": 9}  # fmt: skip
MONTH = rf"(?P<month>{'|'.join(f'{name[:3]}(?:{name[3:]})?' for name in _MONTHS)}|sept)\b\.?"
YEAR = r"(?P<year>(?:19|20)\d\d)(?![\d%]|\.\d|-(?!(?:19|20)\d\d\b)\w)"
SHORT_YEAR = rf"(?:{YEAR}|['’](?P<short>\d\d)\b)"
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b"


def number(text: str) -> int:
    """What a figure, or one of the words for small numbers, says."""
    return int(text) if text.isdecimal() else NUMBERS[text.lower()]


@dataclass(frozen=True, slots=True)
class Named:
    """A period, where it stands, and whether it is reckoned from the day of asking."""

    period: Period
    start: int
    end: int
    is_relative: bool


def moved(at: Published, by: int) -> Published:
    """The day, month or year (the smallest part that is known) that lies `by` further on."""
    if at.year is None or at.month is None:
        return replace(at, year=at.year + by) if at.year else at
    if at.day is None:
        years, months = divmod(at.year * 12 + at.month - 1 + by, 12)
        return Published(years, months + 1)
    return _day(date(at.year, at.month, at.day) + timedelta(days=by))


def periods(text: str, today: date) -> Iterator[Named]:
    """All that exist, from left to right."""
    for found in _ANY.finditer(text):
        for pattern, reader, is_relative in _PATTERNS:
            if match := pattern.fullmatch(found[0]):
                if period := reader(match, today):
                    yield Named(period, *found.span(), is_relative)
                break


def _year_of(match: re.Match[str]) -> int | None:
    groups = match.groupdict()
    if short := groups.get("short"):
        return 2000 + int(short) if int(short) < 70 else 1900 + int(short)
    return int(groups["year"]) if groups.get("year") else None


def _month_of(match: re.Match[str]) -> int:
    named = match["month"].lower()
    return int(named) if named.isdecimal() else [m[:3] for m in _MONTHS].index(named[:3]) + 1


def _same(at: Published) -> Period | None:
    """A period of one date, where that exists."""
    if at.month is not None and not 1 <= at.month <= 12:
        return None
    days = calendar.monthrange(at.year or 2000, at.month or 1)[1]
    return (at, at) if at.day is None or 1 <= at.day <= days else None


def _on_day(match: re.Match[str], _: date) -> Period | None:
    return _same(Published(_year_of(match), _month_of(match), int(match["day"])))


def _in_month(match: re.Match[str], _: date) -> Period | None:
    return _same(Published(_year_of(match), _month_of(match)))


def _in_year(match: re.Match[str], _: date) -> Period:
    at = Published(_year_of(match))
    return at, at


def _months(match: re.Match[str], first: int, last: int) -> Period:
    year = _year_of(match)
    return Published(year, first), Published(year, last)


def _quarter(match: re.Match[str], _: date) -> Period:
    named = match["part"].lower()
    quarter = ORDINALS.get(named) or int(named)
    return _months(match, 3 * quarter - 2, 3 * quarter)


def _half(match: re.Match[str], _: date) -> Period:
    is_first = match["part"].lower() in {"1", "first", "1st"}
    return _months(match, 1 if is_first else 7, 6 if is_first else 12)


def _third(match: re.Match[str], _: date) -> Period:
    first = THIRDS[" ".join(match["part"].lower().split())]
    return _months(match, first, first + 3)


def _season(match: re.Match[str], _: date) -> Period:
    return _months(match, *SEASONS[match["part"].lower()])


def _decade(match: re.Match[str], _: date) -> Period:
    first = int(match["decade"])
    return Published(first), Published(first + 9)


def _calendar_unit(match: re.Match[str], today: date) -> Period:
    """Whole units of the calendar: "this year", "last month"."""
    back = 0 if match["which"].lower() in {"this", "current", "the current"} else 1
    month = Published(today.year, today.month)
    match match["unit"].lower():
        case "year":
            at = Published(today.year - back)
        case "month":
            at = moved(month, -back)
        case _:
            monday = today - timedelta(days=today.weekday() + 7 * back)
            return _day(monday), _day(monday + timedelta(days=6))
    return at, at


def _lately(match: re.Match[str], today: date) -> Period:
    """As many units back from today, today included: "the last six months"."""
    back = number(match["count"] or "one")
    match match["unit"].lower():
        case "day" | "week" as unit:
            begin = today - timedelta(days=min(back, 50_000) * (7 if unit == "week" else 1))
            return _day(begin), _day(today)
        case "month":
            return moved(Published(today.year, today.month), -min(back, 9000)), _day(today)
    return Published(max(today.year - back, 1), today.month), _day(today)


def _on_a_day_like(match: re.Match[str], today: date) -> Period:
    at = _day(today - timedelta(days=match[0].lower() == "yesterday"))
    return at, at


def _day(at: date) -> Published:
    return Published(at.year, at.month, at.day)


_COUNT = rf"(?P<count>\d{{1,4}}|{'|'.join(NUMBERS)})"
_WORDED: tuple[tuple[str, Reader, bool], ...] = (
    (r"(?P<year>(?:19|20)\d\d)-(?P<month>\d\d?)-(?P<day>\d\d?)(?!\d)", _on_day, False),
    (rf"{DAY}(?:\ of)?\s+{MONTH}(?:,?\s*{SHORT_YEAR})?", _on_day, False),
    (rf"{MONTH}\s*(?:the\ )?{DAY}(?!:)(?:,?\s+(?:of\s+)?{SHORT_YEAR})?", _on_day, False),
    (rf"{MONTH},?\s*(?:of\s+)?{SHORT_YEAR}", _in_month, False),
    (rf"{YEAR}[ -]?q(?P<part>[1-4])\b", _quarter, False),
    (rf"{YEAR},?\s+{MONTH}", _in_month, False),
    (r"(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])(?![\d-])", _in_month, False),
    (r"(?P<month>0?[1-9]|1[0-2])/(?P<year>(?:19|20)\d\d)(?!\d)", _in_month, False),
    (rf"q(?P<part>[1-4])(?:\s+of)?[ -]?{SHORT_YEAR}", _quarter, False),
    (rf"(?P<part>{'|'.join(ORDINALS)})\ quarter\ of\ (?:the\ year\ )?{YEAR}", _quarter, False),
    (rf"(?P<part>first|1st|second|2nd|last)\ half\ of\ (?:the\ year\ )?{YEAR}", _half, False),
    (rf"h(?P<part>[12])(?:\s+of)?[ -]?{YEAR}", _half, False),
    (rf"(?P<part>{'|'.join(THIRDS)})[ -](?:the\ year\ )?{YEAR}", _third, False),
    (rf"(?P<part>{'|'.join(SEASONS)})(?:\s+of)?\s+{YEAR}", _season, False),
    (r"(?P<decade>(?:19|20)\d0)['’]?s\b", _decade, False),
    (r"(?P<which>this|last|the\ current|the\ previous|current|previous)\ "
     r"(?P<unit>year|month|week)\b", _calendar_unit, True),
    (rf"(?:the\ )?(?:last|past|previous)\ {_COUNT}?\s*(?P<unit>day|week|month|year)s?\b",
     _lately, True),
    (r"(?:today|yesterday)\b", _on_a_day_like, True),
    (YEAR, _in_year, False),
    (MONTH, _in_month, False),
)  # fmt: skip
_PATTERNS = tuple(
    (re.compile(pattern, re.IGNORECASE), reader, is_relative)
    for pattern, reader, is_relative in _WORDED
)
_UNNAMED = "|".join(re.sub(r"\?P<\w+>", "", pattern) for pattern, _, _ in _WORDED)
_ANY = re.compile(rf"(?<![\w.])(?<![^\W\d]-)(?:{_UNNAMED})", re.IGNORECASE)

"""Reads dates that may lack parts, as the sources write them."""

from __future__ import annotations

import calendar
import re

from rag.language.months import MONTHS
from rag.types import Published

_MONTHS = {
    name: number
    for number, month in enumerate(MONTHS, 1)
    for name in (month.lower(), month[:3].lower())
} | {"sept": 9}
_ISO = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})(?:\2(\d{1,2}))?)?(?:[T ]\s*\d{1,2}:\d{2}.*)?", re.ASCII
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_AROUND = re.compile(
    r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+|[T\s]\s*\d{1,2}:\d{2}.*$", re.ASCII | re.I
)
_TOKEN = re.compile(r"(?:(\d{4})|(\d{1,2})(?:st|nd|rd|th)?|([a-z]+))", re.ASCII)
_LONGEST = 64


def parse_date(value: object) -> Published | None:
    """The date that `value` states, or None where it states none that exists."""
    text = _text(value)
    if not text or len(text) > _LONGEST:
        return None
    if match := _ISO.fullmatch(text):
        return _checked(match[1], match[3], match[4])
    if match := _COMPACT.fullmatch(text):
        return _checked(*match.groups())
    return _named(text)


def date_of(year: object, month: object, day: object) -> Published | None:
    """The date whose parts stand apart; parts after one that is missing or wrong are left out."""
    named = _MONTHS.get(_text(month).lower().rstrip("."))
    parts = _text(year), str(named) if named else _text(month), _text(day)
    return _checked(*parts) or _checked(parts[0], parts[1], None) or _checked(parts[0], None, None)


def _text(value: object) -> str:
    match value:
        case bool():
            return ""
        case int() if 0 < value < 10**8:
            return str(value)
        case float() if value.is_integer() and 0 < value < 10**8:
            return str(int(value))
        case str():
            return value.strip().removesuffix(".0")
        case _:
            return ""


def _named(text: str) -> Published | None:
    """A date with its month in letters, its parts in any order; a month alone is not one."""
    parts: dict[int, str] = {}
    for word in filter(None, re.split(r"[\s,./-]+", _AROUND.sub("", text).lower())):
        match = _TOKEN.fullmatch(word)
        if match is None or match.lastindex is None or match.lastindex in parts:
            return None
        parts[match.lastindex] = match[match.lastindex]
    month = _MONTHS.get(parts.get(3, ""))
    if month is None or len(parts) == 1:
        return None
    return _checked(parts.get(1), str(month), parts.get(2))


def _checked(year: str | None, month: str | None, day: str | None) -> Published | None:
    try:
        date = Published(*(int(part) if part else None for part in (year, month, day)))
    except ValueError:
        return None
    return date if _exists(date) else None


def _exists(date: Published) -> bool:
    if date.year is not None and not 1000 <= date.year <= 9999:
        return False
    if date.month is None:
        return date.year is not None and date.day is None
    if not 1 <= date.month <= 12:
        return False
    # Without a year, 29 February may be meant.
    days = calendar.monthrange(date.year or 2000, date.month)[1]
    return date.day is None or 1 <= date.day <= days

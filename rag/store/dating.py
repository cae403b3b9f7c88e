"""Dates that may lack parts as conditions in SQL: surely inside, possibly inside, undated."""

from __future__ import annotations

from typing import Literal

from rag.store.conditions import Condition, Value, all_of
from rag.types import Published, Scope


def dated(scope: Scope) -> list[Condition]:
    """What the date of a paper has to meet."""
    match scope.dating:
        case "none":
            return [Condition("year IS NULL AND month IS NULL")]
        case "no-year":
            return [Condition("year IS NULL AND month IS NOT NULL")]
        case "possible":
            return [_possibly(scope)]
    return _within(scope)


def _within(scope: Scope, year: str = "year") -> list[Condition]:
    bounds: list[tuple[Published | None, Literal["<", ">"]]] = [
        (scope.since, ">"),
        (scope.until, "<"),
    ]
    return [_bounded(limit, beyond, year) for limit, beyond in bounds if limit is not None]


def _possibly(scope: Scope) -> Condition:
    """Undecided by the parts that the date has, and inside in some year if it lacks one.

    A comparison with a part that is missing is NULL in SQL, and so is all that hangs on it.
    """
    inside = all_of(_within(scope))
    tried = [all_of(_within(scope, f"coalesce(year, {year:d})")) for year in _years(scope)]
    somewhen = " OR ".join(f"({one.sql})" for one in tried) or "TRUE"
    return Condition(
        f"(year IS NOT NULL OR month IS NOT NULL) AND ({inside.sql}) IS NULL "
        f"AND ({somewhen}) IS NOT FALSE",
        (*inside.values, *(value for one in tried for value in one.values)),
    )


def _years(scope: Scope) -> list[int]:
    """Years that stand for all: the first and the last, and one that is wholly inside."""
    first = scope.since.year if scope.since else None
    last = scope.until.year if scope.until else None
    years = {year for year in (first, last) if year is not None}
    if first is not None and (last is None or last > first + 1):
        years.add(first + 1)
    if last is not None and first is None:
        years.add(last - 1)
    return sorted(years)


def _bounded(limit: Published, beyond: Literal["<", ">"], year: str) -> Condition:
    """Later (or earlier) than `limit` in its first parts, or equal in all of them.

    A comparison with a part that the paper lacks is NULL, so a paper is inside only where the
    parts that it has decide so.
    """
    equal: list[str] = []
    terms: list[str] = []
    values: list[Value] = []
    passed: list[Value] = []
    for column, part in _known_parts(limit, year):
        terms.append(" AND ".join([*equal, f"{column} {beyond} ?"]))
        values += [*passed, part]
        equal.append(f"{column} = ?")
        passed.append(part)
    if not equal:
        return Condition("TRUE")
    terms.append(" AND ".join(equal))
    return Condition(" OR ".join(f"({term})" for term in terms), (*values, *passed))


def _known_parts(date: Published, year: str) -> list[tuple[str, int]]:
    """The run of known parts: a day without its month bounds nothing."""
    known: list[tuple[str, int]] = []
    for column, part in ((year, date.year), ("month", date.month), ("day", date.day)):
        if part is not None:
            known.append((column, part))
        elif known:
            break
    return known

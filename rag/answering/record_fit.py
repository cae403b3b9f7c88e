"""Filters in words, as they were understood: "are about “pruning” and from October 2025"."""

from __future__ import annotations

from collections.abc import Iterator

from rag.answering.extractive import quoted
from rag.answering.record_values import counted, day
from rag.language.untrusted import visible
from rag.types import Published, Range, Scope


def fit(scope: Scope, topic: str, *, is_one: bool) -> str:
    """What papers have to be: "is from 2024" of one, "are from 2024" of several; empty for all."""
    parts = [one if is_one else several for one, several in _parts(scope, topic)]
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def _parts(scope: Scope, topic: str) -> Iterator[tuple[str, str]]:
    if topic:
        yield _be(f"about “{_shown(topic)}”")
    yield from _dated(scope)
    yield from _counted(scope)
    yield from _made(scope)


def _dated(scope: Scope) -> Iterator[tuple[str, str]]:
    if period := period_of(scope):
        yield _be(period)
    if scope.dating == "none":
        yield "has no date", "have no date"
    if scope.dating == "no-year":
        yield _be("dated without a year")


def _counted(scope: Scope) -> Iterator[tuple[str, str]]:
    for wanted, noun in ((scope.author_count, "author"), (scope.upvotes, "upvote")):
        if wanted is not None:
            yield f"has {_number(wanted, noun)}", f"have {_number(wanted, noun)}"


def _made(scope: Scope) -> Iterator[tuple[str, str]]:
    """By whom, where, and in which source."""
    if scope.organization:
        name = _shown(scope.organization)
        yield f"names {name} as its organisation", f"name {name} as their organisation"
    if scope.authors:
        yield _be(f"by {' and '.join(map(_shown, scope.authors))}")
    if scope.source:
        yield f"comes from {_shown(scope.source)}", f"come from {_shown(scope.source)}"


def period_of(scope: Scope) -> str:
    """The dates that a scope asks for, in words."""
    since, until = scope.since, scope.until
    if since is None and until is None:
        return ""
    if since == until and since is not None:
        return f"dated {_yearless(since)}" if since.year is None else f"from {day(since)}"
    if since is None:
        return f"from {_said(until)} or earlier"
    return f"from {_said(since)} {'or later' if until is None else f'to {_said(until)}'}"


def _said(at: Published | None) -> str:
    return "" if at is None else day(at) if at.year else _month(at)


def _yearless(at: Published) -> str:
    return f"{_month(at)} of any year"


def _month(at: Published) -> str:
    return day(Published(2000, at.month, at.day)).removesuffix("2000").rstrip(" ,")


def _number(wanted: Range, noun: str) -> str:
    match wanted.least, wanted.most:
        case int(least), None:
            return f"{least:,} or more {noun}s"
        case None, int(most):
            return f"at most {counted(most, noun)}"
        case int(least), int(most) if least == most:
            return f"exactly {counted(least, noun)}"
    return f"{wanted.least} to {wanted.most} {noun}s"


def _be(what: str) -> tuple[str, str]:
    return f"is {what}", f"are {what}"


def _shown(text: str) -> str:
    return quoted(visible(text))[:80]

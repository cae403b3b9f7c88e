"""The scope that was set, and what a question adds to it."""

from __future__ import annotations

from dataclasses import replace

from rag.answering.record_question import RecordQuestion
from rag.types import Published, Range, Scope

NOBODY = ("",)  # no paper has an empty id


def narrowed(scope: Scope, question: RecordQuestion) -> Scope:
    """Papers within both."""
    wanted = question.scope
    narrow = replace(
        scope,
        since=max(_set(scope.since, wanted.since), key=_first_day, default=None),
        until=min(_set(scope.until, wanted.until), key=_last_day, default=None),
        organization=_inner(scope.organization, wanted.organization),
        source=_inner(scope.source, wanted.source),
        dating=wanted.dating if wanted.dating != "sure" else scope.dating,
        authors=tuple(dict.fromkeys([*scope.authors, *wanted.authors])),
        author_count=_both(scope.author_count, wanted.author_count),
        upvotes=_both(scope.upvotes, wanted.upvotes),
    )
    return narrow if _agree(scope, wanted) else replace(narrow, paper_ids=NOBODY)


def _agree(scope: Scope, wanted: Scope) -> bool:
    """Whether a paper may come from both organisations and sources: one is part of the other."""
    pairs = ((scope.organization, wanted.organization), (scope.source, wanted.source))
    return all(
        one is None or other is None or _holds(one, other) or _holds(other, one)
        for one, other in pairs
    )


def _holds(one: str, other: str) -> bool:
    return other.casefold() in one.casefold()


def _inner(one: str | None, other: str | None) -> str | None:
    """The narrower of two names."""
    if one is None or other is None:
        return one or other
    return other if _holds(other, one) else one


def _both(one: Range | None, other: Range | None) -> Range | None:
    if one is None or other is None:
        return one or other
    least = [bound for bound in (one.least, other.least) if bound is not None]
    most = [bound for bound in (one.most, other.most) if bound is not None]
    return Range(max(least, default=None), min(most, default=None))


def _set(*dates: Published | None) -> list[Published]:
    return [date for date in dates if date is not None]


def _first_day(date: Published) -> tuple[int, int, int]:
    return date.year or 0, date.month or 1, date.day or 1


def _last_day(date: Published) -> tuple[int, int, int]:
    return date.year or 9999, date.month or 12, date.day or 31

"""What an answer was confined to, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from rag.types import Range, Scope
from ui import render

# What addresses call the filters that they can name.
SINCE, UNTIL, ORGANIZATION, SOURCE, ONLY = "since", "until", "organization", "source", "only"
SINCE_DATE: Final = "since {date}"
UNTIL_DATE: Final = "until {date}"
DATINGS: Final[Mapping[str, str]] = {
    "possible": "dates that may fit",
    "none": "without a date",
    "no-year": "dated without a year",
}
CHOSEN: Final = "chosen paper"
CHOSEN_MANY: Final = "chosen papers"
BY: Final = "by {author}"
AUTHOR: Final = "author"
UPVOTE: Final = "upvote"
BETWEEN: Final = "{least:,} to {numbered}"
AT_LEAST: Final = "at least {numbered}"
AT_MOST: Final = "at most {numbered}"
WITHIN: Final = "within: {filters}"


def parts(scope: Scope) -> Iterator[tuple[str, str]]:
    """Each filter of a scope: its name, as an address names it, and its words."""
    yield from _dates(scope)
    if scope.organization:
        yield ORGANIZATION, scope.organization
    if scope.source:
        yield SOURCE, scope.source
    for author in scope.authors:
        yield "author", BY.format(author=author)
    if scope.author_count:
        yield "author_count", _range(scope.author_count, AUTHOR)
    if scope.upvotes:
        yield "upvotes", _range(scope.upvotes, UPVOTE)
    if scope.paper_ids:
        yield ONLY, render.several(len(scope.paper_ids), CHOSEN, CHOSEN_MANY)


def within(scope: Scope) -> str:
    """In one line what an answer was confined to; empty where it was not."""
    if scope.is_empty:
        return ""
    shown = [text for _, text in parts(scope)]
    if scope.since and scope.since == scope.until:
        shown[:2] = [render.date(scope.since)]
    return WITHIN.format(filters=", ".join(shown))


def _dates(scope: Scope) -> Iterator[tuple[str, str]]:
    if scope.since:
        yield SINCE, SINCE_DATE.format(date=render.date(scope.since))
    if scope.until:
        yield UNTIL, UNTIL_DATE.format(date=render.date(scope.until))
    if words := DATINGS.get(scope.dating):
        yield "dating", words


def _range(numbers: Range, one: str) -> str:
    least, most = numbers.least, numbers.most
    if least is None:
        return AT_MOST.format(numbered=render.several(most or 0, one))
    if most is None:
        return AT_LEAST.format(numbered=render.several(least, one))
    numbered = render.several(most, one)
    return numbered if least == most else BETWEEN.format(least=least, numbered=numbered)

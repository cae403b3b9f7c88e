"""Filters that a question names, taken out of it one after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from rag.answering.record_counts import take_counts
from rag.answering.record_dates import find_date
from rag.answering.record_people import take_authors, take_organization, take_stranger
from rag.answering.record_wording import Wording, is_tied
from rag.types import Dating, Scope

_UNDATED: tuple[tuple[Dating, re.Pattern[str]], ...] = (
    ("no-year", re.compile(
        r"\b(?:(?:have|has|with|give|dated|are)\ )*(?:(?:no|without|lack(?:s|ing)?|miss(?:es|ing)?)"
        r"(?:\ dates?)?(?:\ (?:with|that\ has))?\ (?:an?\ |the\ |their\ |its\ )?year"
        r"|dates?\ (?:without|lack(?:s|ing)?)\ (?:an?\ |the\ )?year|year-?less)\b", re.I)),
    ("none", re.compile(
        r"\b(?:(?:have|has|with|give|gives|are)\ )*(?:(?:no|without|lack(?:s|ing)?|miss(?:es|ing)?)"
        r"\ (?:an?\ |the\ |their\ |its\ |any\ )?(?:known\ |publication\ |release\ )?dates?"
        r"|undated|not\ dated|unknown\ (?:publication\ )?dates?|dates?\ (?:is|are)\ "
        r"(?:missing|unknown))\b", re.I)),
)  # fmt: skip
_PAGE = re.compile(
    r"\b(?:(?:that\s+)?(?:are|is|come|comes|came|were|was)\s+)?(?:from|on|in|of)\s+(?:the\s+)?"
    r"(?:(?:saved\s+)?(?:page|file|source|export|document)\s+(?:named\s+|called\s+|number\s+|no\.?\s+)?"
    r"[\"“'‘]?(?P<name>[\w.-]*\w)[\"”'’]?|(?P<other>\w[\w-]*)\s+page\b"
    r"|[\"“'‘]?(?P<file>[\w-]+\.(?:txt|bib|json|jsonl|csv|ris|xml|nbib|tsv|md|html))[\"”'’]?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the shelf knows: its organisations, who is one of its authors, and its sources.

    `source` gives the whole name of the source that somebody means by a part of it.
    """

    organizations: Sequence[str] = ()
    is_author: Callable[[str], bool] = lambda _: False
    source: Callable[[str], str | None] = lambda _: None


@dataclass(slots=True)
class Filters:
    """Filters taken out of a question; `is_tied` where each belongs to the papers asked for."""

    scope: Scope = field(default_factory=Scope)
    is_tied: bool = True
    asked_on: date | None = None

    def add(self, *, is_tied: bool, **parts: object) -> None:
        self.scope = replace(self.scope, **parts)  # type: ignore[arg-type]
        self.is_tied = self.is_tied and is_tied


def take_filters(wording: Wording, known: Known, today: date) -> Filters:
    """All that there are, each taken out."""
    filters = Filters()
    for name, wanted in take_counts(wording):
        filters.add(is_tied=True, **{name: wanted})
    _take_dating(wording, filters)
    _take_source(wording, filters, known)
    if authors := take_authors(wording, known.is_author):
        filters.add(is_tied=authors[1], authors=authors[0])
    if organization := take_organization(wording, known.organizations):
        filters.add(is_tied=organization[1], organization=organization[0])
    _take_date(wording, filters, today)
    return filters


def take_origin(wording: Wording, filters: Filters) -> None:
    """A name that nothing on the shelf has: then no paper is found, and the answer says so."""
    if page := wording.take(_PAGE):
        filters.add(is_tied=False, source=_page(page))
    elif stranger := take_stranger(wording):
        name, is_person = stranger
        if is_person:
            filters.add(is_tied=False, authors=(name,))
        else:
            filters.add(is_tied=False, organization=name)


def _take_date(wording: Wording, filters: Filters, today: date) -> None:
    found = find_date(wording.rest, today)
    if found is None:
        return
    tied = is_tied(wording, found.start, found.end)
    is_topic = re.match(r"on\b", wording.rest[found.start :], re.IGNORECASE) and not found.has_day
    if is_topic or not (found.is_bound or tied):
        return
    wording.cut(found.start, found.end)
    filters.asked_on = today if found.is_relative else None
    filters.add(is_tied=tied, since=found.since, until=found.until)


def _take_dating(wording: Wording, filters: Filters) -> None:
    for dating, pattern in _UNDATED:
        if wording.take(pattern):
            filters.add(is_tied=True, dating=dating)
            return


def _take_source(wording: Wording, filters: Filters, known: Known) -> None:
    found = _PAGE.search(wording.rest)
    if found and (source := known.source(_page(found))):
        wording.cut(*found.span())
        filters.add(is_tied=True, source=source)


def _page(found: re.Match[str]) -> str:
    return str(found["name"] or found["other"] or found["file"])

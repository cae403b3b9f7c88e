"""What is asked of the papers page: read from its address, and written into one again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Final
from urllib.parse import urlencode

from rag.loaders.dates import parse_date
from rag.store.scoping import Sort
from rag.types import Published, Range, Scope
from ui.web import papers_texts as texts

ADDRESS: Final = "/papers"
LONGEST: Final = 400  # characters of a field
LAST_PAGE: Final = 100_000
MOST_UPVOTES: Final = 10**9
RELEVANCE: Final = "relevance"
SORTS: Final[dict[str, Sort]] = {
    "published": "published",
    "oldest": "oldest",
    "upvotes": "upvotes",
    "title": "title",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, as it was typed; `sort` and `page` are what they have become of it."""

    words: str = ""
    since: str = ""
    until: str = ""
    organization: str = ""
    source: str = ""
    author: str = ""
    upvotes: str = ""
    sort: str = ""
    page: int = 1

    @property
    def has_filters(self) -> bool:
        return self != Asked(words=self.words, sort=self.sort, page=self.page)

    @property
    def order(self) -> str:
        """What to sort by."""
        return self.sort if self.sort in SORTS else self.usual_order

    @property
    def usual_order(self) -> str:
        """What to sort by where nothing else is asked for; relevance is of words alone."""
        return RELEVANCE if self.words else "published"

    def at(self, page: int) -> str:
        """The address of another page of the same."""
        return _address(replace(self, page=page))

    def narrowed(self, **changed: str) -> str:
        """The address of the same with other filters."""
        return _address(replace(self, page=1, **changed))


def read(typed: Mapping[str, str]) -> Asked:
    """From the fields of the form; what is too long is cut, what is no page is the first."""
    texts_typed = {
        field.name: " ".join(typed.get(field.name, "")[:LONGEST].split())
        for field in fields(Asked)
        if field.name != "page"
    }
    return Asked(**texts_typed, page=_page(typed.get("page", "")))


def scope(asked: Asked) -> Scope:
    """The filters; one that cannot be read filters nothing, and is among the `problems`."""
    upvotes = _number(asked.upvotes)
    return Scope(
        since=_date(asked.since),
        until=_date(asked.until),
        organization=asked.organization or None,
        source=asked.source or None,
        authors=(asked.author,) if asked.author else (),
        upvotes=None if upvotes is None else Range(least=upvotes),
    )


def problems(asked: Asked) -> Iterator[str]:
    """Sentences about filters that say nothing, or nothing together."""
    for text in (asked.since, asked.until):
        if text and _date(text) is None:
            yield texts.NOT_A_DATE.format(text=text)
    if asked.upvotes and _number(asked.upvotes) is None:
        yield texts.NOT_A_NUMBER.format(text=asked.upvotes)
    since, until = _date(asked.since), _date(asked.until)
    if since and until and _earliest(since) > _latest(until):
        yield texts.DATES_CROSSED.format(since=asked.since, until=asked.until)


def _address(asked: Asked) -> str:
    said = {
        field.name: value
        for field in fields(Asked)
        if (value := getattr(asked, field.name)) != field.default
    }
    return f"{ADDRESS}?{urlencode(said)}" if said else ADDRESS


def _page(text: str) -> int:
    number = _number(text[:LONGEST])
    return min(max(number or 1, 1), LAST_PAGE)


def _number(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    return min(int(text), MOST_UPVOTES)


def _date(text: str) -> Published | None:
    """A date with its year; "2025" and "Oct 2025" are some."""
    found = parse_date(text)
    return found if found and found.year else None


def _earliest(date: Published) -> tuple[int, int, int]:
    return date.year or 0, date.month or 1, date.day or 1


def _latest(date: Published) -> tuple[int, int, int]:
    return date.year or 0, date.month or 12, date.day or 31

"""The footer of a card: who wrote the paper, when it appeared, how many upvotes it has."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rag.loaders.daily_papers import Ahead, is_separator
from rag.loaders.dates import parse_date
from rag.loaders.lines import Line
from rag.types import Published

_AUTHORS = re.compile(r"[\u2022\u00b7\ufffd] ?(\d{1,6}) authors?", re.ASCII)
_DATE = re.compile(
    r"([A-Z][a-z]{2,8}\.? \d{1,2}(?:, ?\d{4})?)(?: (\d[\d,]{0,9}|\d{1,6}(?:\.\d+)?k))?", re.ASCII
)
_LONGEST_ORGANIZATION = 100


@dataclass(frozen=True, slots=True)
class Footer:
    """What a footer says; `size` is the number of lines it takes."""

    size: int
    author_count: int | None = None
    organization: str | None = None
    published: Published | None = None
    upvotes: int | None = None


def count_of_authors(text: str) -> int | None:
    """The number in the first line of a footer, where it is one."""
    match = _AUTHORS.fullmatch(text)
    return int(match[1]) if match else None


def footer_at(ahead: Ahead, index: int) -> Footer | None:
    """The footer that begins `index` lines ahead."""
    first = ahead.text(index)
    authors = count_of_authors(first)
    if authors is not None:
        return _dated(Footer(1, author_count=authors or None), ahead, index + 1)
    if is_separator(first):
        return _dated(Footer(0), ahead, index)
    line = ahead.line(index)
    if line is None or not _may_be_organization(line):
        return None
    name = None if line.problem else line.text.partition(" ")[2] or line.text
    footer = _dated(Footer(1, organization=name), ahead, index + 1)
    return footer if footer.published else None


def _dated(footer: Footer, ahead: Ahead, index: int) -> Footer:
    """With the dot that may come next, and the date that may come after that."""
    if not is_separator(ahead.text(index)):
        return footer
    match = _DATE.fullmatch(ahead.text(index + 1))
    published = parse_date(match[1]) if match else None
    if match is None or published is None:
        return replace(footer, size=footer.size + 1)
    return replace(
        footer, size=footer.size + 2, published=published, upvotes=_upvotes(match[2] or "")
    )


def _upvotes(text: str) -> int | None:
    if text.endswith("k"):
        return round(float(text[:-1]) * 1000)
    return int(text.replace(",", "")) if text else None


def _may_be_organization(line: Line) -> bool:
    return len(line.text) <= _LONGEST_ORGANIZATION and not line.text.endswith(".")

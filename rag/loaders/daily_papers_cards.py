"""Saved Daily Papers pages in card layout: title, abstract and, mostly, a footer of three lines.

Blank lines count for nothing; what a line is follows from its place and from the lines after it:

- The footer is `• 8 authors`, or an organisation's handle and name (`qualcomm Qualcomm`); then a
  dot on a line of its own; then a date, whose year may be missing, and perhaps a number of
  upvotes (`Nov 3 4`). It is looked for only after a title, so that a title may look like a date
  or like the first line of a footer.
- After a title comes its abstract, unless a footer comes at once: then the abstract is missing.
  It is missing too where the next line is plainly a title and the one after it its abstract:
  see `slips`, or the latter is the longer of the two and a footer follows only that.
- After an abstract comes a footer, or else the title of the next card.
- The banner ends with the day of the page, which is no paper's date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from rag.loaders.content import Content
from rag.loaders.daily_papers import (
    NO_ABSTRACT,
    Ahead,
    first_lines,
    has_heading,
    is_separator,
    paper,
    skip_banner,
    slips,
)
from rag.loaders.daily_papers_footer import Footer, count_of_authors, footer_at
from rag.loaders.lines import lines
from rag.types import Fault, Record

_FOOTER = re.compile(r"^[ \t]*\u2022[ \t]*\d+ authors?[ \t]*\r?\n\s*\u00b7\s*\n", re.M)
_STRAY = "This footer has no title and no abstract before it."


def sniff(head: str) -> bool:
    """Whether the heading is there, or any footer."""
    return has_heading(first_lines(head)) or _FOOTER.search(head) is not None


def load(content: Content) -> Iterator[Record | Fault]:
    """A record or a fault for each card."""
    ahead = Ahead(lines(content))
    skip_banner(ahead)
    while ahead.line(0):
        yield from _card(ahead, content.name)
        skip_banner(ahead)


def _card(ahead: Ahead, source: str) -> Iterator[Record | Fault]:
    title = ahead.line(0)
    if title is None:
        return
    if _is_stray(ahead):
        yield Fault(source, title.number, _STRAY)
        yield from _take_footer(ahead, source)
        return
    ahead.take()
    abstract = ahead.line(0)
    if abstract is None or footer_at(ahead, 0) or _lacks_abstract(ahead):
        yield Fault(source, title.number, title.problem or NO_ABSTRACT)
    else:
        ahead.take()
        yield _with_footer(paper(title, abstract, source=source), footer_at(ahead, 0))
    yield from _take_footer(ahead, source)


def _is_stray(ahead: Ahead) -> bool:
    """Whether the next line, though it should be a title, begins a footer beyond doubt."""
    first, second = ahead.text(0), ahead.text(1)
    return is_separator(first) or (count_of_authors(first) is not None and is_separator(second))


def _lacks_abstract(ahead: Ahead) -> bool:
    """Whether the next line, though it should be an abstract, is the title of another card."""
    abstract, following = ahead.line(0), ahead.line(1)
    if abstract is None or following is None or footer_at(ahead, 1):
        return False
    longer = len(following.text) > len(abstract.text)
    return slips(abstract, following) or (longer and footer_at(ahead, 2) is not None)


def _with_footer(item: Record | Fault, footer: Footer | None) -> Record | Fault:
    if footer is None or isinstance(item, Fault):
        return item
    return replace(
        item,
        author_count=footer.author_count,
        organization=footer.organization,
        published=footer.published,
        upvotes=footer.upvotes,
    )


def _take_footer(ahead: Ahead, source: str) -> Iterator[Fault]:
    footer = footer_at(ahead, 0)
    for _ in range(footer.size if footer else 0):
        line = ahead.take()
        if line and line.problem and not _is_legible(line.text):
            yield Fault(source, line.number, line.problem)


def _is_legible(text: str) -> bool:
    """Whether only the dots are not UTF-8, which say nothing."""
    return is_separator(text) or count_of_authors(text) is not None

"""Saved Daily Papers pages in list layout: titles and abstracts on alternating lines.

A greeting of one or two lines stands on top, and the first title is glued to "Subscribe". Blank
lines count for nothing. Where a line that should be an abstract is short and has no full stop,
and the one after it is long and has, the title before them lacks its abstract: that is a fault,
and alternation starts afresh.
"""

from __future__ import annotations

from collections.abc import Iterator

from rag.loaders.content import Content
from rag.loaders.daily_papers import (
    NO_ABSTRACT,
    Ahead,
    first_lines,
    has_greeting,
    has_heading,
    paper,
    skip_banner,
    slips,
)
from rag.loaders.lines import lines
from rag.types import Fault, Record


def sniff(head: str) -> bool:
    """Whether the greeting is there, and the heading of the card layout is not."""
    first = first_lines(head)
    return has_greeting(first) and not has_heading(first)


def load(content: Content) -> Iterator[Record | Fault]:
    """A record or a fault for each title."""
    ahead = Ahead(lines(content))
    skip_banner(ahead)
    while title := ahead.take():
        abstract = ahead.line(0)
        if abstract is None or slips(abstract, ahead.line(1)):
            yield Fault(content.name, title.number, title.problem or NO_ABSTRACT)
        else:
            ahead.take()
            yield paper(title, abstract, source=content.name)
        skip_banner(ahead)

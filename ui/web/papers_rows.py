"""Papers as the pages show them: in a list, and each one's record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final
from urllib.parse import quote

from markupsafe import Markup

from rag.types import Paper
from ui import render
from ui.web import papers_texts as texts
from ui.web.papers_query import ADDRESS
from ui.web.relevance import bar

EXCERPT: Final = 240  # characters


@dataclass(frozen=True, slots=True)
class Row:
    """A paper in a list; `bar` is how near it is to what was searched for."""

    paper: Paper
    address: str
    byline: str
    excerpt: str = ""
    bar: Markup | None = None


def rows(papers: Sequence[Paper], words: str, scores: Mapping[str, float]) -> list[Row]:
    """With the part of each abstract that holds most of the words."""
    asked = render.words_asked(words) if words else frozenset()
    return [
        Row(
            paper,
            address(paper),
            byline(paper),
            render.excerpt(paper.abstract, asked, longest=EXCERPT),
            Markup(bar(scores[paper.id])) if paper.id in scores else None,  # noqa: S704  (our own)
        )
        for paper in papers
    ]


def similar(papers: Sequence[Paper]) -> list[Row]:
    return [Row(paper, address(paper), byline(paper)) for paper in papers]


def address(paper: Paper) -> str:
    """Where its page is."""
    return f"{ADDRESS}/{quote(paper.id, safe='')}"


def asking(ids: Sequence[str]) -> str:
    """Where one asks about these papers alone."""
    return f"/?only={','.join(quote(paper_id, safe='') for paper_id in ids)}"


def byline(paper: Paper) -> str:
    """Who, where, when, and how many people liked it, as far as known."""
    upvotes = render.several(paper.upvotes, texts.UPVOTE) if paper.upvotes is not None else ""
    return " · ".join(filter(None, (render.byline(paper), upvotes)))


def record(paper: Paper) -> Iterator[tuple[str, str]]:
    """What is known of a paper besides its text, each with its name."""
    known = (
        (texts.PUBLISHED, render.date(paper.published)),
        (texts.AUTHORS, render.authors(paper)),
        (texts.ORGANIZATION, paper.organization or ""),
        (texts.UPVOTES_NAME, "" if paper.upvotes is None else f"{paper.upvotes:,}"),
        (texts.IDENTIFIERS, " · ".join(map(_identifier, paper.identifiers))),
        (texts.SOURCES, ", ".join(names(paper.sources))),
        (texts.ID, paper.id),
    )
    return ((name, value) for name, value in known if value.strip())


def names(sources: Sequence[str]) -> list[str]:
    """Files and pages by their names, never by where they lie."""
    return list(dict.fromkeys(PurePath(source).name or source for source in sources))


def _identifier(identifier: tuple[str, str]) -> str:
    scheme, value = identifier
    return f"{texts.SCHEMES.get(scheme, scheme)} {value}"

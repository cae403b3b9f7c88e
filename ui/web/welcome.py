"""The empty chat: what is on the shelf."""

from __future__ import annotations

from pathlib import PurePath

from rag.store.counting import Statistics
from rag.types import Paper
from ui import render
from ui.server.services import Library
from ui.web import texts
from ui.web.evidence import title_link
from ui.web.markup import plain

NEWEST = 1
LISTED_SOURCES = 5


def welcome(shelf: Library) -> str:
    """What is on the shelf, as HTML without a line break; it blocks."""
    statistics = shelf.statistics()
    if not statistics.papers:
        return f"<h2>{texts.WELCOME}</h2><p>{texts.EMPTY_SHELF}</p>"
    newest = shelf.find(sort="published", limit=NEWEST)
    rows = (
        (texts.PAPERS, f"{statistics.papers:,}"),
        (texts.NEWEST, ", ".join(map(_named, newest))),
        (texts.SOURCES, _sources(statistics)),
    )
    facts = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in rows if value)
    return f"<h2>{texts.WELCOME}</h2><p>{texts.PROMISE}</p><dl>{facts}</dl>"


def _named(paper: Paper) -> str:
    day = plain(render.date(paper.published))
    title = title_link(paper)
    return f"{title} <span>{day}</span>" if day else title


def _sources(statistics: Statistics) -> str:
    """Files and pages by their names, never by where they lie."""
    names = list(dict.fromkeys(PurePath(source).name for source, _ in statistics.by_source))
    shown = [plain(name) for name in names[:LISTED_SOURCES]]
    if len(names) > LISTED_SOURCES:
        shown.append(texts.MORE_SOURCES.format(count=len(names) - LISTED_SOURCES))
    return ", ".join(shown)

"""`footnote ask` and `footnote search`: one question to the shelf."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from rich.console import Console
from rich.text import Text

from rag.build import build
from rag.config import load_settings
from rag.types import Answer, Completed, Delta, Event, Refusal, Retrieved
from ui import render
from ui.hints import EMPTY, tell_of_pending
from ui.options import Filters
from ui.tables import print_hits
from ui.terminal import (
    MARKER,
    Wrapping,
    out,
    print_text,
    text_width,
    waiting,
    write_json,
)


def ask(question: str, filters: Filters, *, as_json: bool, evidence: bool) -> int:
    with waiting("Reading …") as stop, build(load_settings()) as application:
        statistics = application.shelf.statistics()
        scope = filters.scope(application.shelf)
        events = _begun(application.engine.stream(question, scope=scope), stop)
        if as_json:
            write_json(render.answer_json(asyncio.run(_last(events))))
        elif statistics.papers:
            asyncio.run(print_answer(out(), events, evidence=evidence))
        else:
            stop()
            print_text(out(), EMPTY)
    tell_of_pending(statistics)
    return 0


def search(question: str, filters: Filters, *, limit: int, as_json: bool) -> int:
    with waiting("Searching …"), build(load_settings()) as application:
        scope, statistics = filters.scope(application.shelf), application.shelf.statistics()
        hits = asyncio.run(application.engine.search(question, scope=scope, limit=limit))
    if as_json:
        for rank, hit in enumerate(hits, 1):
            write_json(render.hit_json(rank, hit))
    elif hits:
        print_hits(out(), hits, question)
    else:
        print_text(out(), "No paper fits." if statistics.papers else EMPTY)
    tell_of_pending(statistics)
    return 0


async def print_answer(console: Console, events: AsyncIterator[Event], *, evidence: bool) -> Answer:
    """Prints an answer while it arrives, then what it cites."""
    text = Wrapping(console, text_width(console))
    held = ""
    async for event in events:
        match event:
            case Retrieved():
                pass
            case Delta(piece):
                # A refusal is one delta, and must not be printed as if it were an answer.
                text.write(held)
                held = piece
            case Completed(answer) if answer.refusal:
                _print_refusal(console, answer.refusal)
                return answer
            case Completed(answer):
                text.write(held)
                text.finish()
                _print_references(console, answer, evidence=evidence)
                return answer
    raise RuntimeError("The engine ended without a completed answer.")


async def _begun(events: AsyncIterator[Event], stop: Callable[[], None]) -> AsyncIterator[Event]:
    """The same events; stops waiting when there is something to show."""
    async for event in events:
        if not isinstance(event, Retrieved):
            stop()
        yield event


async def _last(events: AsyncIterator[Event]) -> Answer:
    async for event in events:
        if isinstance(event, Completed):
            return event.answer
    raise RuntimeError("The engine ended without a completed answer.")


def _print_references(console: Console, answer: Answer, *, evidence: bool) -> None:
    for place, reference in enumerate(render.references(answer)):
        if evidence or not place:
            console.print()
        _print_reference(console, reference)
        if evidence:
            _print_evidence(console, reference)


def _print_reference(console: Console, reference: render.Reference) -> None:
    number = f"[{reference.number}] "
    title = Text(render.title_and_year(reference.paper), style="bold")
    print_text(console, title, first=Text(number, style=MARKER))
    if url := reference.paper.url:
        print_text(console, Text(url, style="dim"), first=Text(" " * len(number)))


def _print_evidence(console: Console, reference: render.Reference) -> None:
    indent = Text(" " * (len(str(reference.number)) + 3)).append("│ ", style=MARKER)
    is_plain = console.color_system is None
    shown = _marked(reference, mark="**" if is_plain else "")
    print_text(console, shown, first=indent, following=indent)


def _marked(reference: render.Reference, *, mark: str) -> Text:
    """The abstract with the supporting sentences bold, or the record where that is cited."""
    if not reference.spans:
        return Text(render.byline(reference.paper), style="bold")
    shown = Text()
    for segment in render.segments(reference.paper.abstract, reference.spans):
        shown.append(" " if shown else "")
        if segment.supports:
            shown.append(f"{mark}{segment.text}{mark}", style="bold")
        else:
            shown.append(segment.text, style="dim")
    return shown


def _print_refusal(console: Console, refusal: Refusal) -> None:
    no_answer = Text("No answer. ", style="bold yellow")
    print_text(console, no_answer.append(refusal.reason, style="not bold default"))
    if refusal.nearest:
        console.print()
        console.print("Nearest on the shelf", style="bold")
    for paper in refusal.nearest:
        print_text(console, render.title_and_year(paper), first=Text("- "))
        print_text(console, Text(paper.id, style="dim"), first=Text("  "))

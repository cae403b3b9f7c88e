"""`footnote ask` and `footnote search`: one question to the shelf."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from rag.config import load_settings
from rag.types import Answer, Completed, Event
from ui import exports, render
from ui.answer_view import print_answer, until_shown
from ui.conversation import Kept
from ui.hints import EMPTY, tell_of_pending
from ui.options import Filters
from ui.remote.opening import opened
from ui.tables import print_hits
from ui.terminal import err, out, print_text, waiting, write_json


def ask(
    question: str, filters: Filters, *, as_json: bool, evidence: bool, export: Path | None = None
) -> int:
    if export:
        exports.check(export)
    answer: Answer | None = None
    with waiting("Reading …") as stop, opened(load_settings()) as application:
        statistics = application.shelf.statistics()
        scope = filters.scope(application.shelf)
        events = until_shown(application.engine.stream(question, scope=scope), stop)
        if as_json:
            answer = asyncio.run(_last(events))
            write_json(render.answer_json(answer))
        elif statistics.papers:
            answer = asyncio.run(print_answer(out(), events, evidence=evidence))
        else:
            stop()
            print_text(out(), EMPTY)
    tell_of_pending(statistics)
    if export and answer:
        exports.export(export, [Kept(answer, scope)])
        print_text(err(), f"Written to {export}.")
    return 0


def search(question: str, filters: Filters, *, limit: int, as_json: bool) -> int:
    with waiting("Searching …"), opened(load_settings()) as application:
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


async def _last(events: AsyncIterator[Event]) -> Answer:
    async for event in events:
        if isinstance(event, Completed):
            return event.answer
    raise RuntimeError("The engine ended without a completed answer.")

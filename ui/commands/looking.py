"""`footnote papers`, `show`, `remove` and `stats`: what stands on the shelf."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict

from rich.prompt import Confirm

from rag.config import load_settings
from rag.store.counting import Statistics
from rag.store.scoping import Sort
from rag.types import Paper
from ui import render
from ui.boundary import FAILED
from ui.hints import EMPTY, tell_of_pending
from ui.options import Filters, named
from ui.remote.opening import Shelf, opened_shelf, place
from ui.tables import print_paper, print_papers, print_statistics
from ui.terminal import err, out, print_text, write_json


def papers(filters: Filters, *, sort: Sort, limit: int, offset: int, as_json: bool) -> int:
    with opened_shelf(load_settings()) as shelf:
        scope = filters.scope(shelf)
        found = shelf.find(scope, sort=sort, limit=limit, offset=offset)
        total, statistics = shelf.count(scope), shelf.statistics()
    if as_json:
        for paper in found:
            write_json(render.paper_json(paper))
        return 0
    console = out()
    if found:
        print_papers(console, found)
        console.print()
    if not statistics.papers:
        closing = EMPTY
    elif statistics.papers == statistics.pending:
        closing = "No paper is indexed yet."
    else:
        closing = _total(len(found), total, offset)
    print_text(console, closing)
    tell_of_pending(statistics)
    return 0


def show(text: str, *, as_json: bool) -> int:
    with opened_shelf(load_settings()) as shelf:
        paper = named(shelf, text)
        is_ready = bool(shelf.papers([paper.id]))
    if as_json:
        write_json(render.paper_json(paper))
    else:
        print_paper(out(), paper, is_ready=is_ready)
    return 0


def remove(names: Sequence[str], *, without_asking: bool) -> int:
    """Every name has to mean a paper before any is removed."""
    with opened_shelf(load_settings()) as shelf:
        meant = {paper.id: paper for paper in (named(shelf, name) for name in names)}
        if not without_asking and sys.stdin.isatty() and not _confirmed(list(meant.values())):
            err().print("Nothing was removed.")
            return FAILED
        removed = shelf.remove(meant)
    for paper_id in removed:
        print_text(out(), f"Removed {paper_id}: {render.title(meant[paper_id])}")
    return 0


def stats(*, as_json: bool) -> int:
    settings = load_settings()
    with opened_shelf(settings) as shelf:
        statistics, model = shelf.statistics(), _model(shelf)
    home = place(settings)
    if as_json:
        write_json(_statistics_json(statistics) | {"embedded_with": model or None, "home": home})
    else:
        print_statistics(out(), statistics, home=home, model=model)
    return 0


def _statistics_json(statistics: Statistics) -> render.Json:
    years = {str(year or "unknown"): count for year, count in statistics.by_year}
    counts = {name: dict(getattr(statistics, name)) for name in ("by_source", "by_organization")}
    return asdict(statistics) | counts | {"by_year": years}


def _total(shown: int, total: int, offset: int) -> str:
    if not total:
        return "No paper on the shelf fits."
    if shown == total:
        return render.several(total, "paper") + "."
    if not shown:
        return f"There are only {render.several(total, 'paper')}."
    onwards = f"; go on with --offset {offset + shown}" if offset + shown < total else ""
    return f"{offset + 1:,} to {offset + shown:,} of {render.several(total, 'paper')}{onwards}."


def _confirmed(meant: Sequence[Paper]) -> bool:
    console = err()
    for paper in meant:
        print_text(console, f"{paper.id}: {render.title(paper)}")
    question = f"Remove {render.several(len(meant), 'paper')} for good?"
    return Confirm.ask(question, console=console, default=False)


def _model(shelf: Shelf) -> str:
    embedding = shelf.embedding()
    return "" if embedding is None else str(embedding)

"""`footnote eval`: how well papers are found in a data set, or questions answered on the shelf."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from rag.build import build
from rag.config import load_settings
from rag.evaluation.answering import evaluate_questions
from rag.evaluation.beir import evaluate_folder
from rag.evaluation.questions import Group
from ui.progress import reporting
from ui.render import several
from ui.tables import print_facts
from ui.terminal import err, out, write_json

SHOWN = ("nDCG@10", "R@5", "facts", "right", "cite P", "refused", "words")  # fit 80 columns


def evaluate(path: Path, *, as_json: bool) -> int:
    """A folder is a data set with papers of its own; a file holds questions to the shelf."""
    return _folder(path, as_json=as_json) if path.is_dir() else _questions(path, as_json=as_json)


def _folder(folder: Path, *, as_json: bool) -> int:
    with reporting(err()) as reporter:
        result = evaluate_folder(
            folder, load_settings(), lambda done, total: reporter.advance("Evaluating", done, total)
        )
    if as_json:
        write_json(
            {
                "figures": dict(result.figures),
                "documents": result.documents,
                "skipped": result.skipped,
                "questions": result.questions,
                "seconds_per_question": result.seconds_per_question,
            }
        )
        return 0
    documents, questions = several(result.documents, "paper"), several(result.questions, "question")
    out().print(f"{questions} over {documents}", style="bold")
    print_facts(out(), [(name, f"{figure:.4f}") for name, figure in result.figures])
    out().print(f"{result.seconds_per_question * 1000:,.0f} ms a question", style="dim")
    if result.skipped:
        out().print(f"{several(result.skipped, 'document')} without text left out", style="dim")
    return 0


def _questions(path: Path, *, as_json: bool) -> int:
    with build(load_settings()) as application, reporting(err()) as reporter:
        groups = asyncio.run(
            evaluate_questions(
                path,
                application.engine,
                lambda done, total: reporter.advance("Asking", done, total),
            )
        )
    if as_json:
        write_json({one.name: dict(one.figures) | {"n": one.questions} for one in groups})
        return 0
    _print_groups(groups)
    return 0


def _print_groups(groups: Sequence[Group]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", no_wrap=True)
    for name in ("n", *SHOWN):
        table.add_column(name, justify="right", no_wrap=True)
    for group in groups:
        figures = dict(group.figures)
        cells = [_cell(name, figures.get(name)) for name in SHOWN]
        table.add_row(group.name, str(group.questions), *cells)
    out().print(table)
    rest = [(name, f"{value:.3f}") for name, value in groups[0].figures if name not in SHOWN]
    print_facts(out(), rest)


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if name == "words" else f"{value:.3f}"

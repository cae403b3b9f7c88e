"""Figures of an evaluation as they look on a terminal and in JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rag.evaluation.beir import Evaluation
from rag.evaluation.bootstrap import estimates
from rag.evaluation.comparison import Change, Comparison
from rag.evaluation.measured import Measured
from rag.evaluation.questions import Group
from ui.gate_view import changes_table, interval_text
from ui.render import several
from ui.tables import print_facts
from ui.terminal import print_text

# In columns, a row for each type of question; they fit 80 columns.
BY_TYPE = ("nDCG@10", "R@5", "facts", "right", "cite P", "refused", "words")


@dataclass(frozen=True, slots=True)
class Result:
    """A set as it was measured: answers come in `groups`, a judged collection is `found`."""

    measured: Measured
    groups: tuple[Group, ...] = ()
    found: Evaluation | None = None


def print_result(console: Console, result: Result, comparison: Comparison | None) -> None:
    """The figures, each with its interval or with what it was before; then what else is known."""
    measured = result.measured
    asked, papers = several(len(measured.cases), "question"), several(measured.papers, "paper")
    print_text(console, Text(f"{measured.name}: {asked} over {papers}", style="bold"))
    if comparison and comparison.changes:
        console.print(changes_table(comparison.changes))
    else:
        console.print(_estimates_table(measured))
    if result.groups:
        console.print()
        console.print(_types_table(result.groups[1:]))
        print_facts(console, _others(result))
    if result.found:
        _print_pace(console, result.found)


def result_json(result: Result, comparison: Comparison | None) -> dict[str, object]:
    """Everything that is known of a set."""
    measured = result.measured
    value: dict[str, object] = {
        "set": measured.name,
        "questions": len(measured.cases),
        "papers": measured.papers,
        "figures": _figures(result),
        "intervals": {
            one.figure: [one.interval.low, one.interval.high] for one in estimates(measured.cases)
        },
    }
    if result.groups:
        types = {one.name: {"n": one.questions} | dict(one.figures) for one in result.groups[1:]}
        value["types"] = types
    if result.found:
        value["documents"] = result.found.documents
        value["skipped"] = result.found.skipped
        value["seconds_per_question"] = result.found.seconds_per_question
    if comparison:
        value["comparison"] = _comparison_json(comparison)
    return value


def _comparison_json(comparison: Comparison) -> dict[str, object]:
    changes = {change.figure: _change_json(change) for change in comparison.changes}
    return asdict(comparison) | {"changes": changes}


def _change_json(change: Change) -> dict[str, object]:
    return {
        "before": change.before,
        "now": change.now,
        "difference": change.difference,
        "interval": [change.interval.low, change.interval.high],
        "outcome": change.outcome,
        "worse": change.worse,
        "better": change.better,
    }


def _figures(result: Result) -> dict[str, float]:
    return dict(result.found.figures if result.found else result.groups[0].figures)


def _others(result: Result) -> list[tuple[str, str]]:
    """The figures that are in no table: speed, and what is only good to know."""
    watched = {share.figure for case in result.measured.cases for share in case.shares}
    known = _figures(result)
    return [(name, f"{value:.3f}") for name, value in known.items() if name not in watched]


def _estimates_table(measured: Measured) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", no_wrap=True)
    table.add_column("now", justify="right", no_wrap=True)
    table.add_column("95 % interval", justify="right", no_wrap=True, style="dim")
    for one in estimates(measured.cases):
        table.add_row(one.figure, f"{one.value:.3f}", interval_text(one.interval))
    return table


def _types_table(groups: Sequence[Group]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", no_wrap=True)
    for name in ("n", *BY_TYPE):
        table.add_column(name, justify="right", no_wrap=True)
    for group in groups:
        figures = dict(group.figures)
        cells = [_cell(name, figures.get(name)) for name in BY_TYPE]
        table.add_row(group.name, str(group.questions), *cells)
    return table


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if name == "words" else f"{value:.3f}"


def _print_pace(console: Console, found: Evaluation) -> None:
    console.print(f"{found.seconds_per_question * 1000:,.0f} ms a question", style="dim")
    if found.skipped:
        left_out = several(found.skipped, "document")
        console.print(f"{left_out} without text left out", style="dim")

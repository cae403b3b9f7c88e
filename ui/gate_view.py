"""How figures changed since a baseline: a table, and a sentence on each that fell or rose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rag.evaluation.bootstrap import Interval
from rag.evaluation.comparison import Change, Comparison, Outcome
from rag.evaluation.conditions import Conditions
from rag.evaluation.measured import Measured
from ui.render import several
from ui.terminal import print_text

STYLES: Mapping[Outcome, str] = {"fell": "bold red", "rose": "green", "held": "dim"}
MARKS: Mapping[Outcome, str] = {"fell": "fell", "rose": "rose", "held": ""}
MOST_IDS = 12


def changes_table(changes: Sequence[Change]) -> Table:
    """A row a figure: before, now, the difference with its interval, and a mark."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", no_wrap=True)
    for heading in ("before", "now", "change", "95 % interval"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for change in changes:
        table.add_row(*_row(change))
    return table


def interval_text(interval: Interval, *, signed: bool = False) -> str:
    sign = "+" if signed else ""
    return f"{interval.low:{sign}z.3f} … {interval.high:{sign}z.3f}"


def print_cautions(console: Console, then: Conditions, now: Conditions) -> None:
    """What differs from how the baseline was made; a figure may have changed for that."""
    for part, before, after in then.differing(now):
        name = "language model" if part == "llm" else part
        told = (
            f"The baseline was made with another {name}: {before or 'none'}, not {after or 'none'}."
        )
        print_text(console, Text(told, style="yellow"))


def print_verdict(console: Console, measured: Measured, comparison: Comparison) -> None:
    """What rose and what fell, with the questions to look at."""
    console.print()
    for sentence in _differing(comparison):
        print_text(console, Text(sentence, style="yellow"))
    for change in (*comparison.risen, *comparison.fallen):
        text = Text(f"{_sentence(change)} ", style=STYLES[change.outcome])
        if change.outcome == "fell":
            text.append(f"Worse: {_named(change.worse, measured)}.", style="not bold default")
        print_text(console, text)
    if not comparison.fallen:
        print_text(console, "No figure fell.")


def _row(change: Change) -> tuple[str | Text, ...]:
    style = STYLES[change.outcome]
    return (
        change.figure,
        f"{change.before:.3f}",
        f"{change.now:.3f}",
        Text(f"{change.difference:+z.3f}", style=style),
        Text(interval_text(change.interval, signed=True), style="dim"),
        Text(MARKS[change.outcome], style=style),
    )


def _sentence(change: Change) -> str:
    low, high = change.interval.low, change.interval.high
    return (
        f"{change.figure} {change.outcome} from {change.before:.3f} to {change.now:.3f} "
        f"(95 % interval of the change: {low:+z.3f} to {high:+z.3f})."
    )


def _differing(comparison: Comparison) -> Iterator[str]:
    """Where the questions or papers are not those of the baseline."""
    left_out = {"changed": comparison.altered, "new": comparison.added, "gone": comparison.gone}
    if any(left_out.values()):
        parts = ", ".join(f"{count:,} {what}" for what, count in left_out.items() if count)
        shared = several(comparison.shared, "question")
        yield f"Compared: the {shared} that the baseline has in the same words ({parts})."
    if comparison.papers_before != comparison.papers_now:
        now = several(comparison.papers_now, "paper")
        yield f"Asked over {now}; the baseline had {comparison.papers_before:,}."


def _named(ids: Sequence[str], measured: Measured) -> str:
    """By type, since what fell is often one kind of question."""
    types = {case.id: case.type for case in measured.cases}
    by_type: dict[str, list[str]] = {}
    for name in ids[:MOST_IDS]:
        by_type.setdefault(types[name], []).append(name)
    shown = "; ".join(f"{kind} {', '.join(some)}".strip() for kind, some in by_type.items())
    rest = len(ids) - MOST_IDS
    return f"{shown}; and {rest:,} more" if rest > 0 else shown

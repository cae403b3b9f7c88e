"""How far a long run is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn
from rich.progress import Progress as Bars
from rich.text import Text

from rag.ingest import Progress
from rag.types import Fault
from ui.terminal import print_text

SECONDS_BETWEEN_LINES = 5.0


class Reporter(Protocol):
    """What a long run tells; `total` is None while it is not known."""

    def advance(self, phase: str, done: int, total: int | None = None) -> None: ...

    def fault(self, fault: Fault) -> None: ...


@contextmanager
def reporting(console: Console) -> Iterator[Reporter]:
    """A reporter on standard error; a bar is gone when its run is over."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    with Bars(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[count]}"),
        _Pace(),
        console=console,
        transient=True,
    ) as bars:
        yield _Bar(bars)


def listen(reporter: Reporter, event: Progress | Fault) -> None:
    """Hands on what adding papers tells."""
    match event:
        case Fault():
            reporter.fault(event)
        case Progress(done, None):
            reporter.advance("Reading", done)
        case Progress(done, total):
            reporter.advance("Indexing", done, total)


def fault_line(fault: Fault) -> str:
    """`file:line: sentence`."""
    where = fault.source if fault.line is None else f"{fault.source}:{fault.line}"
    return f"{where}: {fault.reason}"


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._told = time.monotonic()

    def advance(self, phase: str, done: int, total: int | None = None) -> None:
        now = time.monotonic()
        if now - self._told < SECONDS_BETWEEN_LINES:
            return
        self._told = now
        of = "" if total is None else f" of {total:,}"
        print_text(self._console, f"{phase}: {done:,}{of}")

    def fault(self, fault: Fault) -> None:
        print_text(self._console, fault_line(fault))


class _Bar:
    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._phase: str | None = None
        self._task: TaskID | None = None
        self._heard = time.monotonic()
        self._since = 0, self._heard

    def advance(self, phase: str, done: int, total: int | None = None) -> None:
        if phase != self._phase:
            self._begin(phase)
        now = time.monotonic()
        before, began = self._since
        if self._task is not None:
            self._bars.update(
                self._task,
                completed=done,
                total=total,
                count=f"{done:,}" if total is None else f"{done:,}/{total:,}",
                pace=Pace(done, total, rate=(done - before) / max(now - began, 1e-6)),
                heard=now,
            )
        if not before:
            # What comes first takes longer: models are loaded on the way to it.
            self._since = done, now
        self._heard = now

    def fault(self, fault: Fault) -> None:
        print_text(self._bars.console, Text(fault_line(fault), style="yellow"))

    def _begin(self, phase: str) -> None:
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._phase, self._since = phase, (0, self._heard)
        self._task = self._bars.add_task(phase, total=None, count="", pace=None, heard=self._heard)


@dataclass(frozen=True, slots=True)
class Pace:
    """How far a phase was when it was last heard of, and how many it did a second."""

    done: int
    total: int | None
    rate: float

    def remaining(self, since: float) -> float | None:
        """The seconds that are left, so many of them after it was heard of."""
        if self.total is None or not self.rate:
            return None
        return max(0.0, (self.total - self.done) / self.rate - since)


def shown_pace(pace: Pace, since: float) -> str:
    """`45/s, 1:20 left`."""
    if not pace.rate:
        return ""
    rate = f"{pace.rate:,.0f}/s" if pace.rate >= 1 else f"{1 / pace.rate:,.1f} s each"
    left = pace.remaining(since)
    if left is None:
        return rate
    minutes, seconds = divmod(round(left), 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return f"{rate}, {clock} left"


class _Pace(ProgressColumn):
    def render(self, task: Task) -> Text:
        pace = task.fields["pace"]
        shown = shown_pace(pace, time.monotonic() - task.fields["heard"]) if pace else ""
        return Text(shown, style="dim")

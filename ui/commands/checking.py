"""`footnote check`: does an abstract say what a sentence says? A verdict a line."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import BinaryIO, TextIO, TypeAlias

from rag.config import load_settings
from rag.errors import FootnoteError
from rag.types import Fault, Verdict
from ui.boundary import FAILED
from ui.checks import Check, read_checks
from ui.progress import Reporter, fault_line, reporting
from ui.remote.opening import Checker, opened_checker
from ui.render import several, verdict_json
from ui.terminal import err, print_text, write_json

AHEAD = 8  # checks that are read and under way for each one that runs
MOST_WORKERS = 8  # each has a share of the judge's memory
FAULT = "fault"
LABELS = ("supported", "weak", "unsupported")


class CheckError(FootnoteError):
    """A file of sentences cannot be read."""


Checked: TypeAlias = tuple[Check, Future[list[Verdict]]] | Fault


def check(path: str) -> int:
    """Opens no shelf, and needs none."""
    with opened_checker(load_settings()) as checker:
        return check_with(checker, path)


def check_with(checker: Checker, path: str) -> int:
    """What is piped in is answered line by line, while it comes; ends with a line of counts."""
    began = time.perf_counter()
    stdout = sys.stdout  # the bar on standard error would put itself in its place
    source = _opened(path)
    with _reporting(stdout) as reporter, closing(_under_way(source, checker)) as checked:
        counts = _check_all(checked, stdout, reporter, source.lines)
    faults = counts.pop(FAULT, 0)
    found = ", ".join(f"{counts[label]:,} {label}" for label in LABELS)
    bad = f", {several(faults, 'bad line')}" if faults else ""
    total = several(counts.total(), "sentence")
    print_text(err(), f"{total}: {found}{bad} ({time.perf_counter() - began:.1f} s)")
    return FAILED if faults else 0


def _check_all(
    checked: Iterator[Checked], stdout: TextIO, reporter: Reporter, total: int | None
) -> Counter[str]:
    """Writes each verdict as soon as those before it are written; how many of each there were."""
    counts: Counter[str] = Counter()
    for one in checked:
        match one:
            case Fault():
                counts[FAULT] += 1
                reporter.fault(one)
            case (check, verdicts):
                verdict = verdicts.result()[0]
                write_json(verdict_json(check.id, verdict), stdout)
                stdout.flush()
                counts[verdict.label] += 1
        reporter.advance("Checking", counts.total(), total)
    return counts


def _under_way(source: _Source, checker: Checker) -> Generator[Checked, None, None]:
    """What is being checked, in order; lines are read in a thread of their own.

    Otherwise a program that waits for a verdict before it writes its next line would wait forever.
    """
    workers = min(MOST_WORKERS, os.cpu_count() or 1)
    waiting: Queue[Checked | None] = Queue(AHEAD * workers)
    pool = ThreadPoolExecutor(workers)

    def read() -> None:
        try:
            for found in source.checks():
                waiting.put(_begun(found, pool, checker))
        except RuntimeError:
            return  # the pool is closed: nobody waits any more
        waiting.put(None)

    Thread(target=read, daemon=True).start()
    try:
        while (one := waiting.get()) is not None:
            yield one
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        with suppress(Empty):
            while True:  # a reader that waits for room finds it, and sees that all is over
                waiting.get_nowait()


def _begun(found: Check | Fault, pool: ThreadPoolExecutor, checker: Checker) -> Checked:
    if isinstance(found, Fault):
        return found
    return found, pool.submit(checker.check, found.sentence, [found.paper])


@dataclass(frozen=True, slots=True)
class _Source:
    """A file of sentences; how many lines it has is known where it can be read twice."""

    name: str
    file: BinaryIO
    lines: int | None = None

    def checks(self) -> Iterator[Check | Fault]:
        try:
            with self.file:  # closed by who reads it: nobody else knows when that is over
                yield from read_checks(self.name, self.file)
        except OSError as error:
            yield Fault(self.name, None, f"It cannot be read to its end: {error.strerror}.")


def _opened(path: str) -> _Source:
    try:
        if path == "-":
            # Not sys.stdin, which its reader would hold when the process ends.
            return _Source("stdin", open(0, "rb", closefd=False))
        return _Source(Path(path).name, Path(path).open("rb"), _lines(Path(path)))
    except OSError as error:
        raise CheckError(f"{path} cannot be read: {error.strerror or error}.") from None


def _lines(path: Path) -> int | None:
    """How many are not blank, where reading them does not use them up as it does in a pipe."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return sum(bool(line.strip()) for line in file)


def _reporting(stdout: TextIO) -> AbstractContextManager[Reporter]:
    """A bar, unless verdicts on the terminal show themselves how far the run is."""
    return nullcontext(_Faults()) if stdout.isatty() else reporting(err())


class _Faults:
    """Tells of bad lines alone."""

    def advance(self, phase: str, done: int, total: int | None = None) -> None:
        pass

    def fault(self, fault: Fault) -> None:
        print_text(err(), fault_line(fault))

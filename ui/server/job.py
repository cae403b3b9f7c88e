"""A lot of papers that was handed in: its files, how far it is, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias

from rag.ingest import Report
from rag.types import Fault

MOST_FAULTS = 200  # that are kept; the others are counted
DEEP = 3  # parts of a path: the folder around the file, one that it came in, its name
State: TypeAlias = Literal["waiting", "reading", "indexing", "done", "failed", "stopped"]
FINISHED: frozenset[State] = frozenset(("done", "failed", "stopped"))


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the records of a lot that is done."""

    records: int
    new: int
    changed: int
    unchanged: int
    duplicates: int
    rejected: int
    seconds: float

    @classmethod
    def of(cls, report: Report) -> Counts:
        return cls(
            report.records,
            report.new,
            report.changed,
            report.unchanged,
            report.duplicates,
            report.rejected,
            round(report.seconds, 3),
        )


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Job:
    """A lot of files, and how far it is.

    `done` counts records while they are read, where `total` is None, then papers that are indexed.
    `faults` are the first of those `rejected`; `counts` are there once it is done.
    """

    id: str
    owner: str = ""
    names: tuple[str, ...] = ()
    created: datetime = field(default_factory=_now)
    changed: datetime = field(default_factory=_now)
    state: State = "waiting"
    done: int = 0
    total: int | None = None
    rejected: int = 0
    faults: tuple[Fault, ...] = ()
    counts: Counts | None = None
    error: str = ""

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED

    @property
    def gave_papers(self) -> bool:
        """Whether any record of it is a paper on the shelf, also one that was there before."""
        became = self.counts
        return bool(became and became.new + became.changed + became.unchanged + became.duplicates)


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a job: the path below its folder, and the size in bytes, of each."""

    named: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, paths: Sequence[Path], folder: Path) -> Files:
        return cls(tuple((str(one.relative_to(folder)), one.stat().st_size) for one in paths))

    def are_whole(self, folder: Path) -> bool:
        try:
            return all((folder / name).stat().st_size == size for name, size in self.named)
        except OSError:
            return False

    @property
    def names(self) -> tuple[str, ...]:
        """As whoever handed them in named them; each has a folder of its own around it."""
        return tuple("/".join(Path(name).parts[1:]) or name for name, _ in self.named)

    def below(self, folder: Path) -> list[Path]:
        """What is to be added; of a file that came in folders its own, so that they are told."""
        parts = (Path(name).parts for name, _ in self.named)
        return [folder.joinpath(*(one if len(one) < DEEP else one[:1])) for one in parts]

"""Two runs of the same questions: which figures fell or rose by more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from rag.evaluation.bootstrap import Floats, Interval, Sums, intervals, sums
from rag.evaluation.measured import Case, Measured, figures

# A change smaller than this is of no account, however sure it is; see docs/adr/0013.
TOLERANCE = 0.005
# A baseline keeps six digits; what rounding makes of a question is no change.
ROUNDING = 1e-5

Outcome: TypeAlias = Literal["fell", "rose", "held"]


@dataclass(frozen=True, slots=True)
class Change:
    """A figure then and now, with the interval of the difference.

    `worse` and `better` are the ids of the questions that pull it down or up compared with before,
    those that pull most first.
    """

    figure: str
    before: float
    now: float
    interval: Interval
    worse: tuple[str, ...] = ()
    better: tuple[str, ...] = ()

    @property
    def difference(self) -> float:
        return self.now - self.before

    @property
    def outcome(self) -> Outcome:
        if self.interval.high < 0 and self.difference < -TOLERANCE:
            return "fell"
        if self.interval.low > 0 and self.difference > TOLERANCE:
            return "rose"
        return "held"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The changes over the questions that both runs share, and how many they do not.

    `altered` questions have an id in common and ask or want something else by now.
    """

    changes: tuple[Change, ...]
    shared: int
    altered: int
    added: int
    gone: int
    papers_before: int
    papers_now: int

    @property
    def fallen(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.outcome == "fell")

    @property
    def risen(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.outcome == "rose")


def compare(before: Measured, now: Measured) -> Comparison:
    """Compares what both were asked in the same words, for the same papers and facts."""
    then, current = ({case.id: case for case in run.cases} for run in (before, now))
    common = [name for name in current if name in then]
    same = [name for name in common if then[name].digest == current[name].digest]
    return Comparison(
        changes=_changes([then[name] for name in same], [current[name] for name in same]),
        shared=len(same),
        altered=len(common) - len(same),
        added=len(current) - len(common),
        gone=len(then) - len(common),
        papers_before=before.papers,
        papers_now=now.papers,
    )


def _changes(before: Sequence[Case], now: Sequence[Case]) -> tuple[Change, ...]:
    """A figure without a value on one side is left out: a precision where nothing is chosen."""
    kept = [figure for figure in figures(now) if figure in figures(before)]
    if not kept:
        return ()
    then, current = sums(before, kept), sums(now, kept)
    pulls = _pulls(then, current)
    spans = intervals(current, then)
    ids = [case.id for case in now]
    return tuple(
        Change(
            figure,
            before=float(then.values[place]),
            now=float(current.values[place]),
            interval=spans[place],
            worse=_pulling(ids, -pulls[:, place]),
            better=_pulling(ids, pulls[:, place]),
        )
        for place, figure in enumerate(kept)
    )


def _pulls(then: Sums, current: Sums) -> Floats:
    """(questions, figures): how each question moves a figure, measured from where it was."""
    return (current.tops - then.tops) - (current.bottoms - then.bottoms) * then.values


def _pulling(ids: Sequence[str], pulls: Floats) -> tuple[str, ...]:
    strongest = np.argsort(-pulls, kind="stable")
    return tuple(ids[place] for place in strongest if pulls[place] > ROUNDING)

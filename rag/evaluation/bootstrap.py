"""How sure a figure is: intervals from drawing the questions again (Efron 1979).

Two runs are compared on the same draws, pair by pair, so that hard questions cancel out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from rag.evaluation.measured import Case, figures

RESAMPLES = 5000
BLOCK = 250  # resamples at a time, so that large sets fit in memory
SEED = 20_251_118
CONFIDENCE = 0.95

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """Both ends included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, and where it lies with other questions of the kind."""

    figure: str
    value: float
    interval: Interval


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """The shares of questions in figures; both arrays are (questions, figures)."""

    tops: Floats
    bottoms: Floats

    @property
    def values(self) -> Floats:
        """One for each figure."""
        (once,) = self.drawn(np.ones((1, len(self.tops))))
        return np.asarray(once)

    def drawn(self, counts: Floats) -> Floats:
        """(draws, figures), each question counted so often; counts are (draws, questions)."""
        tops, bottoms = counts @ self.tops, counts @ self.bottoms
        nothing: Floats = np.full_like(tops, np.nan)
        return np.divide(tops, bottoms, out=nothing, where=bottoms > 0)


def estimates(cases: Sequence[Case]) -> tuple[Estimate, ...]:
    """Every figure that has a value over these questions."""
    known = figures(cases)
    if not known:
        return ()
    of_all = sums(cases, known)
    values = of_all.values.tolist()
    return tuple(map(Estimate, known, values, intervals(of_all)))


def sums(cases: Sequence[Case], names: Sequence[str]) -> Sums:
    """The shares of the cases in the figures of these names."""
    table = np.zeros((2, len(cases), len(names)))
    places = {figure: place for place, figure in enumerate(names)}
    for row, case in enumerate(cases):
        for share in case.shares:
            if share.figure in places:
                table[:, row, places[share.figure]] = share.top, share.bottom
    return Sums(*table)


def intervals(now: Sums, before: Sums | None = None) -> list[Interval]:
    """One for each figure; with `before` (the same questions), of the change since then.

    Every figure needs a value over all questions; a draw in which it has none does not count.
    """
    drawn = np.concatenate(
        [
            now.drawn(counts) - (before.drawn(counts) if before else 0.0)
            for counts in _draws(len(now.tops))
        ]
    )
    tail = (1 - CONFIDENCE) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail], axis=0)
    return [Interval(*ends) for ends in zip(low.tolist(), high.tolist(), strict=True)]


def _draws(questions: int) -> Iterator[Floats]:
    """How often each question is drawn; the same for every call, so that runs can be repeated."""
    random = np.random.default_rng(SEED)
    chances = np.full(questions, 1 / questions)
    for _ in range(RESAMPLES // BLOCK):
        yield random.multinomial(questions, chances, size=BLOCK).astype(np.float64)

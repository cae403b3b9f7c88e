"""Measures of scores: how well they part, catch and rank; each of arrays of one length."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]


def auc(high: Floats, low: Floats) -> float:
    """How often one of `high` is above one of `low`; ties count half."""
    above = (high[:, None] > low).mean() + (high[:, None] == low).mean() / 2
    return float(above)


def caught(true: Floats, broken: Floats, rate: float) -> float:
    """The share of `broken` below the threshold that the share `rate` of `true` is below."""
    return float((broken < np.quantile(true, rate)).mean())


def best_refusal(said: Floats, answerable: Flags) -> float:
    """The best F1 of refusing what is below a threshold, over all thresholds."""
    refused = said < np.sort(said)[1:, None]
    right = (refused & ~answerable).sum(axis=1)
    return float((2 * right / (refused.sum(axis=1) + (~answerable).sum())).max())


def ndcg(scores: Floats, right: Flags, depth: int = 10) -> float:
    """Of binary judgements, against the best order of what was found."""
    gains = 1 / np.log2(np.arange(depth) + 2)
    hits = right[np.argsort(-scores, kind="stable")[:depth]]
    return float(gains[: len(hits)][hits].sum() / gains[: right.sum()].sum())


def recall(scores: Floats, right: Flags, depth: int = 5) -> float:
    """The share of the right ones that stand among the first."""
    return float(right[np.argsort(-scores, kind="stable")[:depth]].sum() / right.sum())


def scaled(scores: Floats) -> Floats:
    """From 0 to 1."""
    from_zero: Floats = scores - scores.min()
    return from_zero / (np.ptp(scores) + 1e-9)

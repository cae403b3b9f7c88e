"""Logistic regression with a ridge, by Newton's method: small, exact, no dependency but NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

STEPS = 60
NEGLIGIBLE = 1e-6  # the ridge on the bias


def fit(rows: Floats, labels: Floats, *, ridge: float, importance: Floats | None = None) -> Floats:
    """Weights, the bias last. `rows`: (cases, signals), standardised; `labels` 0 or 1."""
    inputs = np.c_[rows, np.ones(len(rows))]
    penalty = np.diag([ridge] * rows.shape[1] + [NEGLIGIBLE])
    share = np.ones(len(rows)) if importance is None else importance
    weights = np.zeros(inputs.shape[1])
    for _ in range(STEPS):
        chance = predict(rows, weights)
        gradient = inputs.T @ (share * (chance - labels)) + penalty @ weights
        curvature = (inputs * (share * chance * (1 - chance))[:, None]).T @ inputs + penalty
        weights -= np.linalg.solve(curvature, gradient)
    return weights


def predict(rows: Floats, weights: Floats) -> Floats:
    """The probability of label 1, a case each."""
    return np.asarray(1 / (1 + np.exp(-(np.c_[rows, np.ones(len(rows))] @ weights))))


def cross_validated(
    rows: Floats, labels: Floats, folds: Ints, *, ridge: float, importance: Floats | None = None
) -> Floats:
    """Each case's probability from a fit that never saw its fold."""
    chances = np.zeros(len(labels))
    share = np.ones(len(labels)) if importance is None else importance
    for fold in np.unique(folds):
        seen = folds != fold
        weights = fit(rows[seen], labels[seen], ridge=ridge, importance=share[seen])
        chances[~seen] = predict(rows[~seen], weights)
    return chances


def as_json(
    names: Sequence[str], rows: Floats, weights: Floats, thresholds: dict[str, float]
) -> dict[str, object]:
    """What `rag.answering.calibration` reads; `rows` as they were before standardising."""

    def by_name(values: Floats) -> dict[str, float]:
        return {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}

    return {
        "mean": by_name(rows.mean(axis=0)),
        "scale": by_name(rows.std(axis=0)),
        "weight": by_name(weights[:-1]),
        "bias": round(float(weights[-1]), 4),
        "thresholds": thresholds,
    }


def standardised(rows: Floats) -> Floats:
    """Mean 0 and deviation 1, a signal each."""
    return np.asarray((rows - rows.mean(axis=0)) / rows.std(axis=0))

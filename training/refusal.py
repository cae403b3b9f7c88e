"""Fit `rag/answering/refusal.json`: when the evidence answers a question and when not.

    uv run python training/refusal.py

Asks the questions that ship with the sample shelf, collects the signals of each, fits a logistic
regression (Newton's method, ridge) of whether the first paper is a right one to cite. Prints how
well its probabilities are calibrated, each question seen by a fit that had never met it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.answering.evidence import read
from rag.answering.follow_up import stand_alone
from rag.answering.refusal import signals
from rag.build import build
from rag.config import Settings
from rag.ingest import add
from rag.models.judge import Judge
from rag.types import Turn

Floats = NDArray[np.float64]
RIDGE = 3.0
STEPS = 40
FOLDS = 5
THRESHOLD = 0.5  # refuse what is more likely wrong than right


def main() -> None:
    names, rows, labels = examples()
    print(f"{len(labels)} questions, {int(labels.sum())} of them answered by the first paper")
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    standard = (rows - mean) / scale
    weights = fit(standard, labels)
    held_out = cross_validated(standard, labels)
    report(held_out, labels)
    target = Path("rag/answering/refusal.json")
    calibration = {
        "mean": dict(zip(names, mean.round(4).tolist(), strict=True)),
        "scale": dict(zip(names, scale.round(4).tolist(), strict=True)),
        "weight": dict(zip(names, weights[:-1].round(4).tolist(), strict=True)),
        "bias": round(float(weights[-1]), 4),
        "threshold": THRESHOLD,
    }
    target.write_text(json.dumps(calibration, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {target}: {calibration['weight']}")


def examples() -> tuple[list[str], Floats, Floats]:
    """The signals' names, a row of them for each question, and 1 where it can be answered."""
    rows, labels = [], []
    sample = files("rag.sample")
    with tempfile.TemporaryDirectory() as home, as_file(sample / "footnote-sample.jsonl") as papers:
        settings = Settings(home=Path(home))
        with build(settings) as app:
            add([str(papers)], app.shelf, app.encoder, lambda _: None)
            judge = Judge(settings.models)
            for question in questions():
                history = [Turn(**turn) for turn in question["history"]]
                asked = stand_alone(question["question"], history)
                hits = app.retriever.search(asked.text, asked.keywords, limit=20)
                evidence = read(asked, hits, judge)
                rows.append(asdict(signals(asked, evidence)))
                labels.append(float(answers(question, evidence[0].paper.title)))
    names = list(rows[0])
    return names, np.array([[row[name] for name in names] for row in rows]), np.array(labels)


def answers(question: dict, title: str) -> bool:
    """Whether citing this paper is right: to cite a wrong one is as bad as to invent."""
    return question["answerable"] and title in question["gold_titles"]


def questions() -> Iterator[dict]:
    lines = files("rag.sample").joinpath("questions.jsonl").read_text(encoding="utf-8")
    for line in lines.splitlines():
        question = json.loads(line)
        if question["type"] != "metadata":
            yield question


def fit(rows: Floats, labels: Floats) -> Floats:
    """Weights, the bias last."""
    inputs = np.c_[rows, np.ones(len(rows))]
    ridge = np.diag([RIDGE] * rows.shape[1] + [1e-6])
    weights = np.zeros(inputs.shape[1])
    for _ in range(STEPS):
        chance = predict(rows, weights)
        gradient = inputs.T @ (chance - labels) + ridge @ weights
        curvature = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + ridge
        weights -= np.linalg.solve(curvature, gradient)
    return weights


def predict(rows: Floats, weights: Floats) -> Floats:
    return 1 / (1 + np.exp(-(np.c_[rows, np.ones(len(rows))] @ weights)))


def cross_validated(rows: Floats, labels: Floats) -> Floats:
    """Each question's probability from a fit that never saw its fold."""
    folds = np.random.default_rng(0).permutation(len(labels)) % FOLDS
    chances = np.zeros(len(labels))
    for fold in range(FOLDS):
        weights = fit(rows[folds != fold], labels[folds != fold])
        chances[folds == fold] = predict(rows[folds == fold], weights)
    return chances


def refusing(chances: Floats, labels: Floats, at: float) -> tuple[float, float, float]:
    """Precision, recall and F1 of refusing below `at`."""
    refused = chances < at
    right = float((refused & (labels == 0)).sum())
    precision = right / max(1.0, float(refused.sum()))
    recall = right / float((labels == 0).sum())
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def report(chances: Floats, labels: Floats) -> None:
    precision, recall, score = refusing(chances, labels, THRESHOLD)
    print(
        f"held out, refusing below {THRESHOLD:.2f}: P {precision:.2f} R {recall:.2f} F1 {score:.2f}"
    )
    for low in np.arange(0.0, 1.0, 0.2):
        inside = (chances >= low) & (chances < low + 0.2)
        if inside.any():
            print(
                f"  said {low:.1f}-{low + 0.2:.1f}: {int(inside.sum()):3d} questions, "
                f"{labels[inside].mean():.2f} answerable"
            )


if __name__ == "__main__":
    main()

"""Fit `rag/answering/refusal.json`: when the evidence answers a question and when not.

    uv run python -m training.refusal

Asks the questions that ship with the sample shelf, collects the signals of each, fits a logistic
regression of whether the first paper is a right one to cite. Prints how
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

from rag.answering.evidence import read
from rag.answering.follow_up import stand_alone
from rag.answering.refusal import signals
from rag.build import build
from rag.config import Settings
from rag.ingest import add
from rag.models.judge import Judge
from rag.types import Turn
from training.logistic import Floats, as_json, cross_validated, fit, standardised

RIDGE = 3.0
FOLDS = 5
THRESHOLD = 0.5  # refuse what is more likely wrong than right


def main() -> None:
    names, rows, labels = examples()
    print(f"{len(labels)} questions, {int(labels.sum())} of them answered by the first paper")
    inputs = standardised(rows)
    folds = np.random.default_rng(0).permutation(len(labels)) % FOLDS
    report(cross_validated(inputs, labels, folds, ridge=RIDGE), labels)
    weights = fit(inputs, labels, ridge=RIDGE)
    target = Path("rag/answering/refusal.json")
    calibration = as_json(names, rows, weights, {"refuse": THRESHOLD})
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

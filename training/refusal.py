"""Fit `rag/answering/refusal.json`: when the shelf answers a question and when not.

    uv run python -m training.refusal

Asks two sets of questions: those that ship with the sample shelf, over it, and `questions.jsonl`,
over the 859 abstracts of `written.jsonl.gz`; these are about the abstracts that the judge never
saw. Some are asked once more with their paper taken away, so that near misses are known for what
they are. Collects the signals of each, fits a logistic regression of whether there is an answer,
and prints how well its probabilities are calibrated, each question seen by a fit that had never
met it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import as_file, files
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from rag.answering.evidence import read
from rag.answering.follow_up import stand_alone
from rag.answering.refusal import signals
from rag.build import Application, build
from rag.config import Settings
from rag.ingest import add
from rag.models.judge import Judge
from rag.types import Hit, Turn
from training.judge_data import each
from training.logistic import Floats, as_json, cross_validated, fit, standardised

FOLDER = Path(__file__).parent
TARGET = Path("rag/answering/refusal.json")
RIDGE = 3.0
FOLDS = 5
THRESHOLD = 0.5  # refuse what is more likely wrong than right; held out, F1 is best there
TAKEN_AWAY = 0.15  # of the questions of one paper, asked again without it

Question = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """The signals of a question, and whether the shelf answers it."""

    signals: dict[str, float]
    is_answered: bool


def main() -> None:
    examples = list(_examples())
    names = list(examples[0].signals)
    rows = np.array([[one.signals[name] for name in names] for one in examples])
    labels = np.array([float(one.is_answered) for one in examples])
    print(f"{len(labels)} questions, {int(labels.sum())} of them with an answer")
    inputs = standardised(rows)
    folds = np.random.default_rng(0).permutation(len(labels)) % FOLDS
    report(cross_validated(inputs, labels, folds, ridge=RIDGE), labels)
    calibration = as_json(names, rows, fit(inputs, labels, ridge=RIDGE), {"refuse": THRESHOLD})
    TARGET.write_text(json.dumps(calibration, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {TARGET}: {calibration['weight']}")


def _examples() -> Iterator[Example]:
    with tempfile.TemporaryDirectory() as home:
        models = Settings().models  # graphs that were built already
        sample = files("rag.sample")
        with as_file(sample / "footnote-sample.jsonl") as papers:
            questions = sample.joinpath("questions.jsonl").read_text(encoding="utf-8").splitlines()
            yield from _asked(Path(home) / "sample", models, papers, map(json.loads, questions))
        papers = Path(home) / "written.jsonl"
        papers.write_text("".join(_papers()), encoding="utf-8")
        written = each(FOLDER / "questions.jsonl", dict)
        yield from _asked(Path(home) / "written", models, papers, written)


def _papers() -> Iterator[str]:
    for row in each(FOLDER / "written.jsonl.gz", dict):
        yield json.dumps({"title": row["title"], "abstract": row["abstract"]}) + "\n"


def _asked(
    home: Path, models: Path, papers: Path, questions: Iterable[Question]
) -> Iterator[Example]:
    home.mkdir()
    models.mkdir(parents=True, exist_ok=True)
    (home / "models").symlink_to(models)
    settings = Settings(home=home)
    random = Random(0)
    with build(settings) as app:
        add([str(papers)], app.shelf, app.encoder, lambda _: None)
        judge = Judge(settings.models)
        for question in questions:
            if question["type"] != "metadata":
                yield from _of(question, app, judge, random)


def _of(question: Question, app: Application, judge: Judge, random: Random) -> Iterator[Example]:
    asked = stand_alone(question["question"], [Turn(**turn) for turn in question["history"]])
    asked = asked.spelt(app.retriever.respelt(asked.readable))
    hits = app.retriever.search(asked.text, asked.keywords, limit=20)

    def example(hits: Sequence[Hit], *, is_answered: bool) -> Example:
        return Example(asdict(signals(asked, read(asked, hits, judge))), is_answered)

    yield example(hits, is_answered=question["answerable"])
    golds = set(question["gold_titles"])
    if question["answerable"] and len(golds) == 1 and random.random() < TAKEN_AWAY:
        others = [hit for hit in hits if hit.paper.title not in golds]
        yield example(others, is_answered=False)


def refusing(chances: Floats, labels: Floats, at: float) -> tuple[float, float, float]:
    """Precision, recall and F1 of refusing below `at`."""
    refused = chances < at
    right = float((refused & (labels == 0)).sum())
    precision = right / max(1.0, float(refused.sum()))
    recall = right / float((labels == 0).sum())
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def report(chances: Floats, labels: Floats) -> None:
    for at in (0.1, 0.15, 0.2, 0.25, 0.4, THRESHOLD, 0.6):
        precision, recall, score = refusing(chances, labels, at)
        lost = float((chances[labels == 1] < at).mean())
        print(
            f"held out, refusing below {at:.2f}: P {precision:.2f} R {recall:.2f} F1 {score:.2f}, "
            f"answers lost {lost:.3f}"
        )
    for low in np.arange(0.0, 1.0, 0.1):
        inside = (chances >= low) & (chances < low + 0.1)
        if inside.any():
            print(
                f"  said {low:.1f}-{low + 0.1:.1f}: {int(inside.sum()):3d} questions, "
                f"{labels[inside].mean():.2f} answered"
            )
    print(f"  Brier score {float(((chances - labels) ** 2).mean()):.3f}")


if __name__ == "__main__":
    main()

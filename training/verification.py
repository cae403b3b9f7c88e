"""Fit `rag/answering/verification.json`: how far a source supports a sentence.

    uv run python -m training.verification

Sentences: `checks.jsonl`, written to the sample shelf (true, turned, with another figure or name,
open), the twelfth of `written.jsonl.gz` that the judge has never seen, and the true ones of both
broken by rule or set beside another paper. A logistic regression of the verifier's signals; every
kind of sentence has the share in `SHARES`, true and false weigh the same together. Prints what is
caught at the thresholds, each sentence judged by a fit that had never met its paper.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from random import Random

import numpy as np

from rag.answering.verification import Signals, Verifier
from rag.language.words import names
from rag.models.judge import Judge
from rag.models.minilm import MiniLM
from rag.types import Paper
from training.judge_breaking import Context, broken
from training.judge_examples import CONTRADICTED, OPEN
from training.judge_written import Written, read_written
from training.logistic import Floats, Ints, as_json, cross_validated, fit, predict, standardised

HERE = Path(__file__).parent
TARGET = Path("rag/answering/verification.json")
SHARES: Mapping[str, float] = {
    "polarity": 1.0, "contradicted": 1.0, "open": 1.0, "number": 0.3, "name": 0.3,
    "rule number": 0.3, "rule name": 0.3, "rule polarity": 1.5, "rule negation": 1.0,
    "rule source": 0.5,
}  # fmt: skip
RIDGE = 2.0
FOLDS = 5
BROKEN = 2  # how often a true sentence is broken by rule
# Shares of the true sentences below the thresholds; paraphrases as hard as these are rare in
# answers, of which far fewer fall.
UNSUPPORTED, WEAK = 0.06, 0.2


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence beside a paper; `kind` is "true" where the paper says it."""

    kind: str
    sentence: str
    paper: Paper


def main() -> None:
    cases = list(_cases())
    signals = [asdict(one) for one in _signals(cases)]
    labels = np.array([case.kind == "true" for case in cases], np.float64)
    rows = np.array([list(one.values()) for one in signals])
    inputs, importance = standardised(rows), _importance(cases, labels)
    chances = cross_validated(inputs, labels, _folds(cases), ridge=RIDGE, importance=importance)
    weights = fit(inputs, labels, ridge=RIDGE, importance=importance)
    true = chances[labels == 1]
    thresholds = {
        "weak": round(float(np.quantile(true, UNSUPPORTED)), 3),
        "supported": round(float(np.quantile(true, WEAK)), 3),
    }
    _report(cases, chances, thresholds)
    _report_calibration(predict(inputs, weights), labels)
    calibration = as_json(list(signals[0]), rows, weights, thresholds)
    TARGET.write_text(json.dumps(calibration, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {TARGET}: {calibration['weight']}")


def _cases() -> Iterator[Case]:
    random = Random(0)
    written = [*_checks(), *_held_out()]
    pool = sorted({name for case in written for name in names(case.paper.title)})
    true = [case for case in written if case.kind == "true"]
    yield from written
    for case in true:
        context = Context(f"{case.paper.title}. {case.paper.abstract}", pool)
        for _ in range(BROKEN):
            if wrong := broken(case.sentence, context, random):
                yield Case(f"rule {wrong.kind}", wrong.sentence, case.paper)
        others = [other.paper for other in true if other.paper.id != case.paper.id]
        yield Case("rule source", case.sentence, random.choice(others))


def _checks() -> Iterator[Case]:
    shelf = files("rag.sample").joinpath("footnote-sample.jsonl").read_text(encoding="utf-8")
    abstracts = {entry["title"]: entry["abstract"] for entry in map(json.loads, shelf.splitlines())}
    for line in (HERE / "checks.jsonl").read_text(encoding="utf-8").splitlines():
        check = json.loads(line)
        title = check["title"]
        yield Case(check["kind"], check["sentence"], Paper(title, title, abstracts[title]))


def _held_out() -> Iterator[Case]:
    """Drawn as in the training of the judge, so that none of these was part of it."""
    _, held_out = read_written(HERE / "written.jsonl.gz", Random(3))
    for one in held_out:
        yield from _written(one)


def _written(one: Written) -> Iterator[Case]:
    paper = Paper(one.abstract.title, one.abstract.title, one.abstract.body)
    for sentence, label in one.statements:
        kind = {CONTRADICTED: "contradicted", OPEN: "open"}.get(label, "true")
        yield Case(kind, sentence, paper)


def _signals(cases: Sequence[Case]) -> Iterator[Signals]:
    with tempfile.TemporaryDirectory() as folder:
        verifier = Verifier(Judge(Path(folder)), MiniLM(Path(folder), of_statements=True))
        for case in cases:
            yield verifier.signals(case.sentence, case.paper)


def _importance(cases: Sequence[Case], labels: Floats) -> Floats:
    kinds = np.array([case.kind for case in cases])
    share = np.zeros(len(cases))
    for kind in np.unique(kinds):
        share[kinds == kind] = SHARES.get(kind, 1.0) / (kinds == kind).sum()
    for label in (0, 1):
        share[labels == label] /= share[labels == label].sum()
    return share * len(cases) / 2


def _folds(cases: Sequence[Case]) -> Ints:
    papers = sorted({case.paper.id for case in cases})
    fold = dict(zip(papers, np.random.default_rng(0).permutation(len(papers)) % FOLDS, strict=True))
    return np.array([fold[case.paper.id] for case in cases])


def _report(cases: Sequence[Case], chances: Floats, thresholds: Mapping[str, float]) -> None:
    print(f"thresholds {thresholds}; by the probability alone, without the gates' vetoes:")
    kinds = np.array([case.kind for case in cases])
    for kind in sorted(set(kinds)):
        those = chances[kinds == kind]
        wrong, weak = (float((those < thresholds[name]).mean()) for name in ("weak", "supported"))
        print(
            f"  {kind:14} n={len(those):4d}  supported {1 - weak:.3f}  weak {weak - wrong:.3f}"
            f"  unsupported {wrong:.3f}"
        )


def _report_calibration(chances: Floats, labels: Floats) -> None:
    for low in np.arange(0.0, 1.0, 0.2):
        inside = (chances >= low) & (chances < low + 0.2)
        print(
            f"  said {low:.1f}-{low + 0.2:.1f}: {inside.sum():4d}, true {labels[inside].mean():.2f}"
        )


if __name__ == "__main__":
    main()

"""The table that a judge is chosen by: each measure with its name and what it was measured on.

Needs no torch: whatever reads pairs can be measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from training.judge_data import Row, collected
from training.judge_examples import CONTRADICTED, OPEN, SUPPORTED, Label, Question, Statement
from training.judge_measures import Flags, Floats, auc, best_refusal, caught, ndcg, recall, scaled

Pair: TypeAlias = tuple[str, str]

FALSE_ALARMS = (0.03, 0.04, 0.07)
TOP = 5  # abstracts of which one has to answer the question
RERANKED = 30
BESIDE = 0.5  # the share of relevance beside the score of retrieval
LABELS: dict[str, Label] = {"supported": SUPPORTED, "contradicted": CONTRADICTED, "open": OPEN}


@dataclass(frozen=True, slots=True)
class Readings:
    """What a judge says of pairs: (n, 3) chances of support, (n,) and (n,) logits."""

    support: Floats
    relevance: Floats
    answerable: Floats


Reader: TypeAlias = Callable[[Sequence[Pair]], Readings]


@dataclass(frozen=True, slots=True)
class Measure:
    name: str
    value: float
    of: int

    def __str__(self) -> str:
        return f"{self.name:62} {self.value:6.3f}  n = {self.of}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what retrieval found: texts, their scores, and which are right."""

    question: str
    kind: str
    answerable: bool
    texts: tuple[str, ...]
    scores: Floats
    right: Flags


def table(
    read: Reader,
    statements: Sequence[Statement],
    questions: Sequence[Question],
    folder: Path | None,
) -> Iterator[Measure]:
    """The held-out written cases, then whatever `eval-*` files are in the folder."""
    yield from of_written(read, statements, questions)
    yield from of_checks(read, list(collected(folder, "eval-checks-", _check)))
    yield from of_claims(read, list(collected(folder, "eval-claims-", _claim)))
    yield from of_questions(read, list(collected(folder, "eval-questions-", _asked)))


def of_written(
    read: Reader, statements: Sequence[Statement], questions: Sequence[Question]
) -> Iterator[Measure]:
    """AUC of true against false or open sentences, and of questions with an answer."""
    labels = np.array([statement.label for statement in statements])
    chances = read([(one.sentence, one.source) for one in statements]).support[:, SUPPORTED]
    true, others = chances[labels == SUPPORTED], chances[labels != SUPPORTED]
    yield Measure("written: true against false or open, AUC", auc(true, others), len(labels))
    answerable = np.array([question.answerable for question in questions])
    said = read([(one.text, one.source) for one in questions]).answerable
    found = auc(said[answerable], said[~answerable])
    yield Measure("written: answered against not answered, AUC", found, len(said))


def of_checks(read: Reader, checks: Sequence[tuple[str, Pair]]) -> Iterator[Measure]:
    """How many of each kind of broken sentence are caught at some rates of false alarms."""
    if not checks:
        return
    kinds = np.array([kind for kind, _ in checks])
    chances = read([pair for _, pair in checks]).support[:, SUPPORTED]
    for kind in sorted(set(kinds) - {"true"}):
        broken = chances[kinds == kind]
        for rate in FALSE_ALARMS:
            name = f"checks: {kind}, caught at {rate:.0%} false alarms"
            yield Measure(name, caught(chances[kinds == "true"], broken, rate), len(broken))


def of_claims(read: Reader, claims: Sequence[Statement]) -> Iterator[Measure]:
    """How many claims get the right one of three labels."""
    if not claims:
        return
    labels = np.array([claim.label for claim in claims])
    said = read([(one.sentence, one.source) for one in claims]).support.argmax(axis=1)
    yield Measure("claims: three labels, accuracy", float((said == labels).mean()), len(labels))


def of_questions(read: Reader, asked: Sequence[Asked]) -> Iterator[Measure]:
    """Refusing by the best of the first five, and ranking the first thirty anew."""
    if not asked:
        return
    said = [read([(one.question, text) for text in one.texts]) for one in asked]
    yield from _refusing(asked, said)
    ranked = [(one, reading) for one, reading in zip(asked, said, strict=True) if one.right.any()]
    yield from _ranking(ranked)


def _refusing(asked: Sequence[Asked], said: Sequence[Readings]) -> Iterator[Measure]:
    answerable = np.array([one.answerable for one in asked])
    if answerable.all() or not answerable.any():
        return
    best = np.array(
        [
            reading.answerable[np.argsort(-one.scores, kind="stable")[:TOP]].max()
            for one, reading in zip(asked, said, strict=True)
        ]
    )
    found = auc(best[answerable], best[~answerable])
    yield Measure("questions: does one of the top 5 answer, AUC", found, len(asked))
    yield Measure("questions: refusing, best F1", best_refusal(best, answerable), len(asked))


def _ranking(ranked: Sequence[tuple[Asked, Readings]]) -> Iterator[Measure]:
    before = [(one.kind, one.scores[:RERANKED], one.right[:RERANKED]) for one, _ in ranked]
    after = [
        (kind, scaled(scores) + BESIDE * scaled(reading.relevance[:RERANKED]), right)
        for (kind, scores, right), (_, reading) in zip(before, ranked, strict=True)
    ]
    for name, rows in (("as found", before), ("with the judge", after)):
        for kind in ("all", *sorted({kind for kind, *_ in rows} - {""})):
            mine = [row[1:] for row in rows if kind in ("all", row[0]) and row[2].any()]
            if mine:
                graded = float(np.mean([ndcg(*row) for row in mine]))
                yield Measure(f"questions: {kind}, {name}, nDCG@10", graded, len(mine))
                first = float(np.mean([recall(*row) for row in mine]))
                yield Measure(f"questions: {kind}, {name}, R@5", first, len(mine))


def _check(row: Row) -> tuple[str, Pair]:
    return row["kind"], (row["sentence"], f"{row['title']}. {row['abstract']}")


def _claim(row: Row) -> Statement:
    return Statement(row["sentence"], row["source"], LABELS[row["label"]])


def _asked(row: Row) -> Asked:
    found = sorted(row["found"], key=lambda one: -one["score"])
    return Asked(
        question=row["question"],
        kind=row.get("type") or "",
        answerable=bool(row["answerable"]),
        texts=tuple(one["text"] for one in found),
        scores=np.array([one["score"] for one in found], float),
        right=np.array([one["right"] for one in found], bool),
    )

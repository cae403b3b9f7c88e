"""Question sets with the papers and facts that a good answer holds, and scores for answers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import Field, StringConstraints

from rag.errors import EvaluationError
from rag.evaluation.reading import read_objects
from rag.types import Turn

ALL = "all"
DEPTH = 10
NEAR = 5
WORDS = 120  # of an answer in which its facts must stand
WORDS_BY_TYPE = {"multi": 200}

_MARKER = re.compile(r"\[\d+(?:\s*[,\-–]\s*\d+)*\]")
_TIMES = re.compile(r"(?<=\d)\s*times\b")
_SPELLING = str.maketrans({"×": "x", "–": "-", "’": "'", "$": None})
_EMPHASIS = str.maketrans(dict.fromkeys("*`\\"))

_Text: TypeAlias = Annotated[str, StringConstraints(min_length=1)]
_Figures: TypeAlias = dict[str, float]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the papers that answer it; each fact may be stated in several ways."""

    id: _Text
    type: _Text
    question: _Text
    history: tuple[Turn, ...]
    gold_titles: tuple[_Text, ...]
    facts: tuple[Annotated[tuple[_Text, ...], Field(min_length=1)], ...]
    answerable: bool


@dataclass(frozen=True, slots=True)
class Response:
    """What was answered; `citations` and `retrieved` are titles, the latter best first."""

    answer: str = ""
    refused: bool = False
    citations: tuple[str, ...] = ()
    retrieved: tuple[str, ...] = ()
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The mean figures of the questions of one type, or of all."""

    name: str
    questions: int
    figures: tuple[tuple[str, float], ...]


def read_questions(path: Path) -> tuple[Question, ...]:
    """The questions of a JSON Lines file."""
    questions: dict[str, Question] = {}
    for place, question in read_objects(path, Question):
        if question.id in questions:
            raise place.error(f"The id {question.id!r} stands on an earlier line, too.")
        if question.answerable and not (question.gold_titles and question.facts):
            raise place.error(
                "An answerable question needs at least one of gold_titles and one of facts."
            )
        questions[question.id] = question
    if not questions:
        raise EvaluationError(f"There is no question in {path}. Write one as a line of JSON.")
    return tuple(questions.values())


def score(questions: Sequence[Question], responses: Mapping[str, Response]) -> tuple[Group, ...]:
    """Figures of all questions, then of each type, by name.

    A question that `responses` (by id) leaves out counts as answered with nothing.
    """
    pairs = [(question, responses.get(question.id, Response())) for question in questions]
    rows = [(question.type, figures_of(question, response)) for question, response in pairs]
    whole = _means(row for _, row in rows) | _seconds(pairs) | _refusing(pairs)
    groups = [_group(ALL, len(rows), whole)]
    for kind in sorted({kind for kind, _ in rows}):
        mine = [row for other, row in rows if other == kind]
        groups.append(_group(kind, len(mine), _means(mine)))
    return tuple(groups)


def _group(name: str, questions: int, figures: _Figures) -> Group:
    return Group(name, questions, tuple(figures.items()))


def figures_of(question: Question, response: Response) -> _Figures:
    """Those of one answer; what does not apply to it is left out."""
    length = {"words": float(len(response.answer.split()))}
    if not question.answerable:
        return length | {"refused": float(response.refused)}
    gold = set(question.gold_titles)
    return (
        _ranking(response.retrieved, gold)
        | _stating(question, response, gold)
        | _citing(response, gold)
        | length
    )


def _ranking(retrieved: Iterable[str], gold: set[str]) -> _Figures:
    found = [title in gold for title in dict.fromkeys(retrieved)]
    ranks = [rank for rank, is_gold in enumerate(found, start=1) if is_gold]
    ideal = sum(map(_gain, range(1, min(DEPTH, len(gold)) + 1)))
    return {
        f"nDCG@{DEPTH}": sum(_gain(rank) for rank in ranks if rank <= DEPTH) / ideal,
        f"R@{NEAR}": sum(rank <= NEAR for rank in ranks) / len(gold),
        "MRR": 1 / ranks[0] if ranks else 0.0,
    }


def _gain(rank: int) -> float:
    return 1 / math.log2(rank + 1)


def _stating(question: Question, response: Response, gold: set[str]) -> _Figures:
    if response.refused:
        return {"facts": 0.0, "right": 0.0}
    limit = WORDS_BY_TYPE.get(question.type, WORDS)
    beginning = " ".join(_plain(response.answer).split()[:limit])
    stated = [any(_plain(way) in beginning for way in fact) for fact in question.facts]
    is_right = all(stated) and not gold.isdisjoint(response.citations)
    return {"facts": sum(stated) / len(stated), "right": float(is_right)}


def _citing(response: Response, gold: set[str]) -> _Figures:
    if response.refused:
        return {}
    cited = set(response.citations)
    return {
        "cite P": len(cited & gold) / len(cited) if cited else 0.0,
        "cite R": len(cited & gold) / len(gold),
    }


def _refusing(pairs: Sequence[tuple[Question, Response]]) -> _Figures:
    refused = [not question.answerable for question, response in pairs if response.refused]
    unanswerable = sum(not question.answerable for question, _ in pairs)
    precision = sum(refused) / len(refused) if refused else 0.0
    recall = sum(refused) / unanswerable if unanswerable else 0.0
    both = precision + recall
    return {
        "refuse P": precision,
        "refuse R": recall,
        "refuse F1": 2 * precision * recall / both if both else 0.0,
    }


def _seconds(pairs: Sequence[tuple[Question, Response]]) -> _Figures:
    taken = sorted(one.seconds for _, one in pairs if one.seconds is not None)
    if not taken:
        return {}
    return {"p50 s": taken[len(taken) // 2], "p95 s": taken[int(len(taken) * 0.95)]}


def _means(rows: Iterable[_Figures]) -> _Figures:
    columns: dict[str, list[float]] = {}
    for name, value in _cells(rows):
        columns.setdefault(name, []).append(value)
    return {name: sum(values) / len(values) for name, values in columns.items()}


def _cells(rows: Iterable[_Figures]) -> Iterator[tuple[str, float]]:
    for row in rows:
        yield from row.items()


def _plain(text: str) -> str:
    """The text without markers and mark-up, each sign in one spelling, in small letters."""
    text = _MARKER.sub(" ", text).translate(_SPELLING)
    text = _TIMES.sub("x", text).translate(_EMPHASIS)
    return " ".join(text.split()).lower()

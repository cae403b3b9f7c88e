"""Ask an engine every question of a set and score its answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rag.evaluation.cases import cases
from rag.evaluation.measured import Case
from rag.evaluation.questions import Group, Question, Response, read_questions, score
from rag.types import Answer, Turn


class Answerer(Protocol):
    """Whatever answers questions; the engine does."""

    async def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Answered:
    """Figures over all questions, then of each type; and what each question adds to them."""

    groups: tuple[Group, ...]
    cases: tuple[Case, ...]


async def evaluate_questions(
    path: Path, answerer: Answerer, progress: Callable[[int, int], None]
) -> Answered:
    """Asks the questions of a JSON Lines file; `progress` hears how many of how many are done."""
    questions = read_questions(path)
    responses: dict[str, Response] = {}
    for done, question in enumerate(questions):
        progress(done, len(questions))
        responses[question.id] = await _ask(question, answerer)
    return Answered(score(questions, responses), cases(questions, responses))


async def _ask(question: Question, answerer: Answerer) -> Response:
    began = time.perf_counter()
    answer = await answerer.ask(question.question, question.history)
    return Response(
        answer=answer.text,
        refused=answer.refusal is not None,
        citations=tuple(dict.fromkeys(one.paper.title for one in answer.citations)),
        retrieved=tuple(hit.paper.title for hit in answer.retrieved),
        seconds=time.perf_counter() - began,
    )

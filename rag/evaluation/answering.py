"""Ask an engine every question of a set and score its answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from rag.engine import Engine
from rag.evaluation.questions import Group, Question, Response, read_questions, score


async def evaluate_questions(
    path: Path, engine: Engine, progress: Callable[[int, int], None]
) -> tuple[Group, ...]:
    """Figures over all questions of a JSON Lines file, then of each type."""
    questions = read_questions(path)
    responses: dict[str, Response] = {}
    for done, question in enumerate(questions):
        progress(done, len(questions))
        responses[question.id] = await _ask(question, engine)
    return score(questions, responses)


async def _ask(question: Question, engine: Engine) -> Response:
    began = time.perf_counter()
    answer = await engine.ask(question.question, question.history)
    return Response(
        answer=answer.text,
        refused=answer.refusal is not None,
        citations=tuple(dict.fromkeys(one.paper.title for one in answer.citations)),
        retrieved=tuple(hit.paper.title for hit in answer.retrieved),
        seconds=time.perf_counter() - began,
    )

"""Answered questions as cases: what each adds to the figures that are watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple

from rag.evaluation.measured import Case, Share, digest
from rag.evaluation.questions import DEPTH, NEAR, Question, Response, figures_of

MEANS = (f"nDCG@{DEPTH}", f"R@{NEAR}", "MRR", "facts", "right", "cite P")


def cases(questions: Sequence[Question], responses: Mapping[str, Response]) -> tuple[Case, ...]:
    """A case a question; one without a response counts as answered with nothing."""
    return tuple(_case(one, responses.get(one.id, Response())) for one in questions)


def _case(question: Question, response: Response) -> Case:
    known = figures_of(question, response)
    means = tuple(Share(name, known.get(name, 0), name in known) for name in MEANS)
    return Case(
        question.id,
        question.type,
        digest(*astuple(question)),
        means + _refusing(question, refused=response.refused),
    )


def _refusing(question: Question, *, refused: bool) -> tuple[Share, ...]:
    """F1 is twice the refusals that are right, over all refusals and all that should be."""
    wanted = not question.answerable
    right = refused and wanted
    return (
        Share("refuse P", right, refused),
        Share("refuse R", right, wanted),
        Share("refuse F1", 2 * right, refused + wanted),
    )

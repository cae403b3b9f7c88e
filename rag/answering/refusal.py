"""Whether the evidence answers the question; if not, why not.

Several signals feed one logistic regression, fitted by `training/refusal.py` on the questions
that ship with the sample shelf; `refusal.json` holds its weights.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rag.answering.asked import Asked
from rag.answering.calibration import Calibration
from rag.answering.evidence import Evidence
from rag.answering.extractive import quoted
from rag.answering.paper_choice import places_on_topic
from rag.language.untrusted import honest, visible
from rag.language.words import names, squeezed
from rag.types import Paper, Refusal

TOP = 5
NEAREST = 3
FOREIGN = 1.0  # retrieval score, of 3.5, below which nothing has to do with the question
FAMILIAR = 1.75  # retrieval score, of 3.5, above which the shelf has the subject
# Probability below which not even a model is asked: held out, .4 % of the answers that there are
# lie there, and a third of the questions that have none.
HOPELESS = 0.2
EMPTY_SHELF = Refusal("empty-shelf", "There is no paper on this shelf yet.")


@dataclass(frozen=True, slots=True)
class RefusalSignals:
    """What speaks for an answer: the judge's logits, retrieval scores, names, the kind asked.

    `length` is the logarithm of how many words ask: who describes at length what is wanted, in
    words of their own, is read as less of an answer than they get.
    """

    answerable_best: float
    answerable_top: float
    relevance_top: float
    sentence_top: float
    score_best: float
    margin: float
    names_missing: float
    follow_up: float
    several: float
    amount: float
    length: float


def signals(asked: Asked, evidence: Sequence[Evidence]) -> RefusalSignals:
    """`evidence` is best first and not empty."""
    top, rest = evidence[0], evidence[1 : TOP + 1]
    return RefusalSignals(
        answerable_best=max(one.reading.answerable for one in evidence[:TOP]),
        answerable_top=top.reading.answerable,
        relevance_top=top.reading.relevance,
        sentence_top=max(top.reading.sentences),
        score_best=max(one.score for one in evidence),
        margin=top.score - sum(one.score for one in rest) / len(rest) if rest else 0.0,
        names_missing=float(bool(_missing_names(asked, top.paper))),
        follow_up=float(asked.is_follow_up),
        several=float(asked.wants_several),
        amount=float(asked.wants_amount),
        length=math.log(1 + len(asked.readable.split())),
    )


def refuse(
    asked: Asked, evidence: Sequence[Evidence], *, below: float | None = None
) -> Refusal | None:
    """The refusal where the evidence does not answer; None where it does.

    `below` is the probability of an answer under which to refuse, if not the calibrated one.
    """
    calibration = Calibration.shipped("refusal")
    if not evidence:
        return Refusal("not-on-shelf", "No paper on this shelf matches.")
    if is_foreign(evidence):
        return Refusal(
            "off-topic", "This does not look like a question about the papers on this shelf."
        )
    if places_on_topic(asked, evidence):
        return None  # to be shown what there is on a subject, papers need not answer anything
    least = calibration.thresholds["refuse"] if below is None else below
    if calibration.probability(asdict(signals(asked, evidence))) >= least:
        return None
    return explained(asked, evidence)


def is_foreign(evidence: Sequence[Evidence]) -> bool:
    """Whether none of these papers, of which there is one, has to do with the question."""
    return max(one.score for one in evidence) < FOREIGN


def explained(asked: Asked, evidence: Sequence[Evidence]) -> Refusal:
    """Why these papers, best first, do not answer; there is one at least."""
    nearest = tuple(one.paper for one in evidence[:NEAREST])
    top, missing = evidence[0], _missing_everywhere(asked, evidence)
    if asked.topic and not (asked.topic.is_alone and top.score >= FAMILIAR):
        reason = f"No paper on this shelf is about “{asked.topic.text}”."
        return Refusal("not-on-shelf", reason, nearest)
    if missing:
        reason = f"No abstract on this shelf tells of {' or '.join(missing[:NEAREST])}."
        return Refusal("not-on-shelf", reason, nearest)
    title = quoted(honest(visible(top.paper.title)))
    if title and (top.score >= FAMILIAR or names(asked.readable)):
        return Refusal(
            "not-in-abstract",
            f"The nearest paper is “{title}”, but its abstract does not say that.",
            nearest,
        )
    return Refusal("not-on-shelf", "No paper on this shelf answers that.", nearest)


def _missing_everywhere(asked: Asked, evidence: Sequence[Evidence]) -> list[str]:
    """Names of the question that none of these papers has; a paper that has one would be here."""
    missing = [set(_missing_names(asked, one.paper)) for one in evidence]
    return [name for name in names(asked.readable) if all(name in those for those in missing)]


def _missing_names(asked: Asked, paper: Paper) -> list[str]:
    text = squeezed(f"{paper.title} {paper.abstract}")
    return [name for name in names(asked.readable) if squeezed(name) not in text]

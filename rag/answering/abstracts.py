"""Answers from what abstracts say, without a model: read, decide, quote."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.asked import Asked
from rag.answering.evidence import Evidence, Reader, read
from rag.answering.extractive import compose
from rag.answering.outcome import Outcome
from rag.answering.paper_choice import with_compared
from rag.answering.premise import contradicted
from rag.answering.refusal import refuse
from rag.types import Hit, Refusal


def answer(asked: Asked, hits: Sequence[Hit], reader: Reader) -> Outcome:
    """The sentences that answer best, or why none does; hits come back as they were ranked."""
    hits = with_compared(asked, hits)
    evidence = read(asked, hits, reader)
    outcome = answered(asked, evidence, reader)
    return Outcome(ranked(evidence, hits), outcome.pieces, outcome.refusal)


def answered(asked: Asked, evidence: Sequence[Evidence], reader: Reader) -> Outcome:
    """The same out of evidence that was read already; with its hits alone."""
    hits = ranked(evidence, ())
    if refusal := refused(asked, evidence):
        return Outcome(hits, refusal=refusal)
    return Outcome(hits, tuple(compose(asked, evidence, reader)))


def refused(
    asked: Asked, evidence: Sequence[Evidence], *, below: float | None = None
) -> Refusal | None:
    """Why there is no answer, or what the question has got wrong; None where there is one.

    `below` is the probability of an answer under which to refuse, if not the calibrated one.
    """
    refusal = refuse(asked, evidence, below=below)
    if refusal and refusal.kind != "not-in-abstract":
        return refusal
    return contradicted(asked, evidence) or refusal


def ranked(evidence: Sequence[Evidence], hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Hits as reading has ranked them, those that nobody read behind."""
    return (*(one.hit for one in evidence), *hits[len(evidence) :])

"""Answers from what abstracts say, without a model: read, decide, quote."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.asked import Asked
from rag.answering.evidence import Evidence, Reader, read
from rag.answering.extractive import compose
from rag.answering.outcome import Outcome
from rag.answering.refusal import refuse
from rag.types import Hit


def answer(asked: Asked, hits: Sequence[Hit], reader: Reader) -> Outcome:
    """The sentences that answer best, or why none does; hits come back as they were ranked."""
    evidence = read(asked, hits, reader)
    outcome = answered(asked, evidence, reader)
    return Outcome(ranked(evidence, hits), outcome.pieces, outcome.refusal)


def answered(asked: Asked, evidence: Sequence[Evidence], reader: Reader) -> Outcome:
    """The same out of evidence that was read already; with its hits alone."""
    hits = ranked(evidence, ())
    if refusal := refuse(asked, evidence):
        return Outcome(hits, refusal=refusal)
    return Outcome(hits, tuple(compose(asked, evidence, reader)))


def ranked(evidence: Sequence[Evidence], hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Hits as reading has ranked them, those that nobody read behind."""
    return (*(one.hit for one in evidence), *hits[len(evidence) :])

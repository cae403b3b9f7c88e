"""Answers from what abstracts say, without a model: read, decide, quote."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.asked import Asked
from rag.answering.evidence import Reader, read
from rag.answering.extractive import compose
from rag.answering.outcome import Outcome
from rag.answering.refusal import refuse
from rag.types import Hit


def answer(asked: Asked, hits: Sequence[Hit], reader: Reader) -> Outcome:
    """The sentences that answer best, or why none does; hits come back as they were ranked."""
    evidence = read(asked, hits, reader)
    ranked = (*(one.hit for one in evidence), *hits[len(evidence) :])
    if refusal := refuse(asked, evidence):
        return Outcome(ranked, refusal=refusal)
    return Outcome(ranked, tuple(compose(asked, evidence, reader)))

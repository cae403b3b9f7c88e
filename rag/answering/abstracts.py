"""Answers from what abstracts say, without a model: read, decide, quote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.answering.asked import Asked
from rag.answering.evidence import Evidence, Reader, read_on, unread
from rag.answering.extractive import compose
from rag.answering.outcome import Outcome, Piece
from rag.answering.paper_choice import eligible, with_compared
from rag.answering.premise import contradicted
from rag.answering.refusal import TOP, is_foreign, refuse
from rag.answering.topic_list import further
from rag.types import Hit, Refusal


def answer(asked: Asked, hits: Sequence[Hit], reader: Reader) -> Outcome:
    """The sentences that answer best, or why none does; papers to compare come first."""
    hits = with_compared(asked, hits)
    outcome = answered(asked, examined(asked, hits, reader), reader)
    pieces = (*outcome.pieces, *_further(asked, hits, outcome.pieces))
    return Outcome(tuple(hits), pieces, outcome.refusal)


def examined(asked: Asked, hits: Sequence[Hit], reader: Reader) -> list[Evidence]:
    """The best hits, read as far as it takes to decide as if all were.

    Those come first that an answer may be made of. More of them can only speak for answering,
    and need not where enough does. What is foreign to the shelf is refused unread.
    """
    evidence = unread(hits)
    if not evidence or is_foreign(evidence):
        return evidence
    evidence = read_on(asked, evidence, reader, eligible(asked, evidence))
    is_enough = refuse(asked, evidence) is None
    return evidence if is_enough else read_on(asked, evidence, reader, range(TOP))


def answered(asked: Asked, evidence: Sequence[Evidence], reader: Reader) -> Outcome:
    """The same out of evidence that was read already; with its hits alone."""
    hits = tuple(one.hit for one in evidence)
    if refusal := refused(asked, evidence):
        return Outcome(hits, refusal=refusal)
    return Outcome(hits, tuple(compose(asked, evidence, reader)))


def _further(asked: Asked, hits: Sequence[Hit], said: Sequence[Piece]) -> Iterator[Piece]:
    """Where a topic was named: the papers on it that there was no room to quote."""
    quoted = list(dict.fromkeys(one.paper.id for piece in said for one in piece.citations))
    if asked.topic and quoted:
        yield from further(asked.topic, hits, quoted)


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

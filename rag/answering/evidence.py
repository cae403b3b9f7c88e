"""Evidence: papers that were found, as the judge reads them, best first.

The judge says whether they answer, and with which sentences. It does not rank them: since
questions are read by weights of their own, the retriever ranks better without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rag.answering.asked import Asked
from rag.language.sentences import sentences
from rag.language.untrusted import honest_spans
from rag.types import Hit, Paper, Reading, Span

READ = 8  # papers that the judge reads; measured, more change nothing
SCALE = 3.5  # of the retriever's score here
CLAUSE_PENALTY = 2.0  # logits by which a clause counts less than the whole question


class Reader(Protocol):
    """The judge, as the answerer sees it."""

    def read(
        self, question: str, papers: Sequence[Paper], sentences: Sequence[Sequence[Span]]
    ) -> list[Reading]: ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """A paper beside a question; `sentences` are those of its abstract."""

    hit: Hit
    sentences: tuple[Span, ...]
    reading: Reading

    @property
    def score(self) -> float:
        """The retriever's, 0 to 3.5."""
        return self.hit.score * SCALE

    @property
    def paper(self) -> Paper:
        return self.hit.paper

    def text(self, index: int) -> str:
        span = self.sentences[index]
        return self.paper.abstract[span.start : span.end]


def read(asked: Asked, hits: Sequence[Hit], reader: Reader) -> list[Evidence]:
    """The best hits, read, in their order."""
    best = hits[:READ]
    spans = [_quotable(hit.paper.abstract) for hit in best]
    readings = reader.read(asked.readable, [hit.paper for hit in best], spans)
    return [Evidence(*one) for one in zip(best, spans, readings, strict=True)]


def read_closely(asked: Asked, evidence: Sequence[Evidence], reader: Reader) -> list[Evidence]:
    """These papers with sentences scored for the whole question and for each of its clauses.

    A sentence may answer just one clause. Scores are relative to the best sentence, which has 0.
    """
    papers = [one.paper for one in evidence]
    spans = [one.sentences for one in evidence]
    rows = [[_relative(one.reading.sentences, 0.0) for one in evidence]]
    for clause in asked.clauses:
        readings = reader.read(clause, papers, spans)
        rows.append([_relative(reading.sentences, CLAUSE_PENALTY) for reading in readings])
    best = [tuple(map(max, zip(*scores, strict=True))) for scores in zip(*rows, strict=True)]
    return [
        replace(one, reading=replace(one.reading, sentences=scores))
        for one, scores in zip(evidence, best, strict=True)
    ]


def _quotable(abstract: str) -> tuple[Span, ...]:
    """Its sentences without orders to a model, where there are others."""
    return tuple(honest_spans(abstract) or sentences(abstract))


def _relative(scores: Sequence[float], penalty: float) -> tuple[float, ...]:
    best = max(scores, default=0.0)
    return tuple(score - best - penalty for score in scores)

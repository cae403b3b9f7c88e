"""Evidence: papers that were found, as the judge reads them, best first.

The judge says whether they answer, and with which sentences. It does not rank them: since
questions are read by weights of their own, the retriever ranks better without it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from rag.answering.asked import MOST_CLAUSES, Asked
from rag.language.sentences import sentences
from rag.language.untrusted import honest_spans
from rag.types import Hit, Paper, Reading, Span

READ = 8  # papers that the judge reads; measured, more change nothing
SCALE = 3.5  # of the retriever's score here
UNREAD = Reading(-math.inf, -math.inf, ())  # nothing speaks for what nobody has read
CLAUSE_PENALTY = 2.0  # logits by which a clause counts less than the whole question
KEPT = 2048  # abstracts, the last that were looked at, whose sentences are not looked for again


class Reader(Protocol):
    """The judge, as the answerer sees it."""

    def read(
        self, question: str, papers: Sequence[Paper], sentences: Sequence[Sequence[Span]]
    ) -> list[Reading]: ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """A paper beside a question."""

    hit: Hit
    reading: Reading

    @property
    def sentences(self) -> tuple[Span, ...]:
        """Those of its abstract that may be quoted."""
        return _quotable(self.paper.abstract)

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
    return read_on(asked, unread(hits), reader, range(READ))


def unread(hits: Sequence[Hit]) -> list[Evidence]:
    """The best hits, not read yet."""
    return [Evidence(hit, UNREAD) for hit in hits[:READ]]


def read_on(
    asked: Asked, evidence: Sequence[Evidence], reader: Reader, places: Iterable[int]
) -> list[Evidence]:
    """The same with those at `places` read, none of them twice."""
    wanted = frozenset(places)
    left = [at for at, one in enumerate(evidence) if at in wanted and one.reading is UNREAD]
    papers = [evidence[place].paper for place in left]
    spans = [evidence[place].sentences for place in left]
    readings = reader.read(asked.readable, papers, spans) if left else []
    found = dict(zip(left, readings, strict=True))
    return [
        replace(one, reading=found.get(place, one.reading)) for place, one in enumerate(evidence)
    ]


def read_closely(asked: Asked, evidence: Sequence[Evidence], reader: Reader) -> list[Evidence]:
    """These papers with sentences scored for the whole question and for each of its clauses.

    A sentence may answer just one clause. Scores are relative to the best sentence, which has 0.
    """
    papers = [one.paper for one in evidence]
    spans = [one.sentences for one in evidence]
    rows = [[_relative(one.reading.sentences, 0.0) for one in evidence]]
    with ThreadPoolExecutor(MOST_CLAUSES) as pool:
        read_for = pool.map(lambda clause: reader.read(clause, papers, spans), asked.clauses)
        for readings in read_for:
            rows.append([_relative(one.sentences, CLAUSE_PENALTY) for one in readings])
    best = [tuple(map(max, zip(*scores, strict=True))) for scores in zip(*rows, strict=True)]
    return [
        replace(one, reading=replace(one.reading, sentences=scores))
        for one, scores in zip(evidence, best, strict=True)
    ]


@lru_cache(KEPT)
def _quotable(abstract: str) -> tuple[Span, ...]:
    """Its sentences without orders to a model, where there are others."""
    return tuple(honest_spans(abstract) or sentences(abstract))


def _relative(scores: Sequence[float], penalty: float) -> tuple[float, ...]:
    best = max(scores, default=0.0)
    return tuple(score - best - penalty for score in scores)

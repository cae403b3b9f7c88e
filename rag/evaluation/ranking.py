"""How well a search ranks the documents that people judged relevant."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from rag.language.words import keywords
from rag.types import Hit, Paper

DEPTH = 100
FIGURES = ("nDCG@10", "MRR@10", "P@1", "R@5", "R@100")

Qrels: TypeAlias = Mapping[str, Mapping[str, int]]


class Search(Protocol):
    """Finds papers, best first; `keywords` is the question for a lexical search."""

    def search(self, question: str, keywords: str, *, limit: int) -> Sequence[Hit]: ...


@dataclass(frozen=True, slots=True)
class Ranking:
    """The documents found for a question, best first, and how long that took."""

    question_id: str
    document_ids: tuple[str, ...]
    seconds: float


def rank(
    search: Search, questions: Sequence[tuple[str, str]], progress: Callable[[int], None]
) -> list[Ranking]:
    """Asks each question, given as (id, text); `progress` hears how many were asked."""
    rankings = []
    for question_id, text in questions:
        began = time.perf_counter()
        hits = search.search(text, keywords(text), limit=DEPTH)
        seconds = time.perf_counter() - began
        found = dict.fromkeys(name for hit in hits for name in document_ids(hit.paper))
        rankings.append(Ranking(question_id, tuple(found), seconds))
        progress(len(rankings))
    return rankings


def document_ids(paper: Paper) -> tuple[str, ...]:
    """The documents that a paper was made of; they are several if a shelf took them for one."""
    return tuple(value for scheme, value in paper.identifiers if scheme == "id")


def figures(qrels: Qrels, rankings: Sequence[Ranking]) -> dict[str, dict[str, float]]:
    """For every judged question, by id, its figures as trec_eval defines them."""
    import ir_measures

    measures = {ir_measures.parse_measure(name.replace("MRR", "RR")): name for name in FIGURES}
    # trec_eval sorts by score, and equal scores by id: the rank itself keeps the order.
    run = {
        ranking.question_id: {name: -float(n) for n, name in enumerate(ranking.document_ids)}
        for ranking in rankings
    }
    judged = _without_negative(qrels)
    values: dict[str, dict[str, float]] = {name: dict.fromkeys(FIGURES, 0.0) for name in judged}
    for one in ir_measures.iter_calc(list(measures), judged, run):
        values[one.query_id][measures[one.measure]] = float(one.value)
    return values


def _without_negative(qrels: Qrels) -> dict[str, dict[str, int]]:
    """Some sets grade below zero, which means not relevant; pytrec_eval cannot take it."""
    return {
        question_id: {document_id: max(grade, 0) for document_id, grade in graded.items()}
        for question_id, graded in qrels.items()
    }

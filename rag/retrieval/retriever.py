"""The retriever: from a question to papers, best first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rag.ports import Encoder
from rag.retrieval.fusion import Scores
from rag.retrieval.late_interaction import max_similarity
from rag.retrieval.mentions import NameIndex
from rag.retrieval.naming import Naming, naming
from rag.types import Hit, Paper, Passage, Scope, TokenVectors, Vectors

WIDTH = 100  # passages of the dense and papers of the lexical search that are looked at


class Index(NameIndex, Protocol):
    """What the retriever asks of a shelf; `scope_ids` bars every other paper."""

    def matching_ids(self, scope: Scope) -> set[str] | None: ...

    def dense(
        self, vector: Vectors, limit: int, scope_ids: set[str] | None = None
    ) -> list[tuple[str, float]]: ...

    def lexical(
        self, text: str, limit: int, scope_ids: set[str] | None = None
    ) -> list[tuple[str, float]]: ...

    def tokens(self, ids: Sequence[str]) -> dict[str, TokenVectors]: ...

    def papers(self, ids: Sequence[str]) -> list[Paper]: ...

    def passages(self, ids: Sequence[str]) -> list[Passage]: ...

    def passages_of(self, paper_ids: Sequence[str]) -> dict[str, tuple[Passage, ...]]: ...


class Retriever:
    """Searches an index with an encoder's vectors."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        self._index = index
        self._encoder = encoder

    def search(
        self, question: str, keywords: str, *, scope: Scope = Scope(), limit: int = 10
    ) -> list[Hit]:
        """The best papers within `scope`; `keywords` is the question for the lexical search."""
        ids = self._index.matching_ids(scope)
        if ids is not None and not ids:
            return []
        named = naming(question, self._index)
        encoded = self._encoder.encode_question(named.question)
        dense = self._dense(encoded.vector, ids)
        lexical = dict(self._index.lexical(f"{keywords} {named.spellings}", WIDTH, ids))
        meant = {i: claim for i, claim in named.papers.items() if ids is None or i in ids}
        candidates = list({**dense, **lexical, **meant})
        late = max_similarity(encoded, self._index.tokens(candidates))
        least = min((score for score, _ in dense.values()), default=0.0)
        scores = {
            paper_id: Scores(
                dense=dense[paper_id][0] if paper_id in dense else least,
                lexical=lexical.get(paper_id, 0.0),
                late=late.get(paper_id, 0.0),
                named=meant.get(paper_id, 0.0),
            ).score
            for paper_id in candidates
        }
        best = sorted(candidates, key=lambda paper_id: (-scores[paper_id], paper_id))[:limit]
        return self._hits(best, scores, {i: passage for i, (_, passage) in dense.items()})

    def naming(self, question: str) -> Naming:
        """The names of a question: whose they are, what was misspelt, what nobody knows."""
        return naming(question, self._index)

    def _dense(self, vector: Vectors, ids: set[str] | None) -> dict[str, tuple[float, Passage]]:
        nearest = self._index.dense(vector, WIDTH, ids)
        passages = self._index.passages([passage_id for passage_id, _ in nearest])
        return _best_by_paper(nearest, {passage.id: passage for passage in passages})

    def respelt(self, question: str) -> str:
        """The question with misspelt names as the shelf spells them."""
        return self.naming(question).question

    def _hits(
        self, ids: Sequence[str], scores: dict[str, float], passages: dict[str, Passage]
    ) -> list[Hit]:
        first = self._index.passages_of([i for i in ids if i not in passages])
        found = {i: cut[0] for i, cut in first.items() if cut} | passages
        return [
            Hit(paper, found[paper.id], scores[paper.id])
            for paper in self._index.papers(ids)
            if paper.id in found
        ]


def _best_by_paper(
    nearest: Sequence[tuple[str, float]], passages: dict[str, Passage]
) -> dict[str, tuple[float, Passage]]:
    best: dict[str, tuple[float, Passage]] = {}
    for passage_id, score in nearest:
        if passage := passages.get(passage_id):
            best.setdefault(passage.paper_id, (score, passage))
    return best

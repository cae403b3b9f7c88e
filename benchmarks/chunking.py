"""Passages of several sizes: how well the retriever then finds the papers that answer.

Each abstract is read once; a passage of any size is a mean over the same word pieces. Dense search
is exact here, the rest is the retriever as it is.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np

from benchmarks.measuring import machine
from benchmarks.reading import SAMPLE_PAPERS, SAMPLE_QUESTIONS, read_papers, single_questions
from rag.chunking import NAME, cut
from rag.config import load_settings
from rag.evaluation.questions import Question, Response, score
from rag.language.latex import readable
from rag.language.words import keywords
from rag.models.minilm import MiniLM
from rag.ports import Encoder
from rag.retrieval.retriever import Retriever
from rag.store.lexical import LexicalIndex
from rag.types import Encoded, Paper, Passage, Scope, TokenVectors, Vectors

WHOLE = (100_000, 0)
SIZES = ((64, 16), (96, 24), (128, 32), (192, 48), (256, 64), WHOLE)
FIGURES = ("nDCG@10", "R@5", "MRR")
DEPTH = 10
DENSE = 100


@dataclass(frozen=True, slots=True)
class Texts:
    """What is the same however abstracts are cut."""

    papers: dict[str, Paper]
    tokens: dict[str, TokenVectors]
    words: LexicalIndex


@dataclass(frozen=True, slots=True)
class Memory:
    """The index that the retriever asks for: one way to cut the papers, its vectors in memory."""

    texts: Texts
    cut: dict[str, Passage]
    vectors: Vectors

    def matching_ids(self, scope: Scope) -> set[str] | None:
        return None if scope.is_empty else set()

    def dense(
        self, vector: Vectors, limit: int, scope_ids: set[str] | None = None
    ) -> list[tuple[str, float]]:
        similarities = self.vectors @ vector
        names = list(self.cut)
        return [(names[i], float(similarities[i])) for i in np.argsort(-similarities)[:limit]]

    def lexical(
        self, text: str, limit: int, scope_ids: set[str] | None = None
    ) -> list[tuple[str, float]]:
        return self.texts.words.search(text, limit)

    def tokens(self, ids: Sequence[str]) -> dict[str, TokenVectors]:
        return {paper_id: self.texts.tokens[paper_id] for paper_id in ids}

    def papers(self, ids: Sequence[str]) -> list[Paper]:
        return [self.texts.papers[paper_id] for paper_id in ids]

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        return [self.cut[name] for name in ids]

    def passages_of(self, paper_ids: Sequence[str]) -> dict[str, tuple[Passage, ...]]:
        wanted = set(paper_ids)
        found: dict[str, tuple[Passage, ...]] = {}
        for passage in self.cut.values():
            if passage.paper_id in wanted:
                found[passage.paper_id] = (*found.get(passage.paper_id, ()), passage)
        return found


def main() -> None:
    options = _options()
    papers = read_papers(options.pages)
    questions = single_questions(options.questions)
    encoder = MiniLM(load_settings().models)
    print(f"{len(papers)} papers, {len(questions)} questions; shipped: {NAME}; {machine()}")
    with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as folder:
        memories = _indexed(papers, encoder, Path(folder))
        print(f"{'size/overlap':13} {'passages':>9}" + _head("retriever") + _head("dense alone"))
        for (size, overlap), memory in zip(SIZES, memories, strict=True):
            name = "whole" if (size, overlap) == WHOLE else f"{size}/{overlap}"
            row = _row(_found(memory, encoder, questions), questions)
            alone = _row(_nearest(memory, encoder, questions), questions)
            print(f"{name:13} {len(memory.cut) / len(papers):9.2f}{row}{alone}")
        memories[0].texts.words.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", default=[SAMPLE_PAPERS], help="files or folders")
    parser.add_argument("--questions", type=Path, default=SAMPLE_QUESTIONS)
    return parser.parse_args()


def _indexed(papers: Sequence[Paper], encoder: MiniLM, folder: Path) -> list[Memory]:
    """A memory for each size; all passages of a paper go through the model together."""
    cuts = [[cut(paper, size=size, overlap=overlap) for size, overlap in SIZES] for paper in papers]
    encoded = encoder.encode(
        [
            (paper, [one for each in cut_up for one in each])
            for paper, cut_up in zip(papers, cuts, strict=True)
        ]
    )
    words = LexicalIndex(folder / "words", readable)
    words.replace(papers)
    texts = Texts(
        {paper.id: paper for paper in papers},
        {paper.id: one.tokens for paper, one in zip(papers, encoded, strict=True)},
        words,
    )
    return [_memory(texts, cuts, encoded, number) for number in range(len(SIZES))]


def _memory(
    texts: Texts,
    cuts: Sequence[Sequence[tuple[Passage, ...]]],
    encoded: Sequence[Encoded],
    number: int,
) -> Memory:
    passages: list[Passage] = []
    rows: list[Vectors] = []
    for ways, one in zip(cuts, encoded, strict=True):
        first, last = list(pairwise(accumulate(map(len, ways), initial=0)))[number]
        passages += ways[number]
        rows.append(one.passages[first:last])
    return Memory(texts, {passage.id: passage for passage in passages}, np.concatenate(rows))


def _found(memory: Memory, encoder: Encoder, questions: Iterable[Question]) -> dict[str, Response]:
    search = Retriever(memory, encoder).search
    return {
        one.id: Response(
            retrieved=tuple(
                hit.paper.title for hit in search(one.question, keywords(one.question), limit=DEPTH)
            )
        )
        for one in questions
    }


def _nearest(
    memory: Memory, encoder: Encoder, questions: Iterable[Question]
) -> dict[str, Response]:
    """By the best passage alone."""
    responses: dict[str, Response] = {}
    for one in questions:
        vector = encoder.encode_question(one.question).vector
        owners = [memory.cut[name].paper_id for name, _ in memory.dense(vector, DENSE)]
        titles = [memory.texts.papers[owner].title for owner in dict.fromkeys(owners)]
        responses[one.id] = Response(retrieved=tuple(titles[:DEPTH]))
    return responses


def _head(name: str) -> str:
    return f"   {name + ':':12}" + "".join(f"{figure:>9}" for figure in FIGURES)


def _row(responses: dict[str, Response], questions: Sequence[Question]) -> str:
    figures = dict(score(questions, responses)[0].figures)
    return " " * 15 + "".join(f"{100 * figures[figure]:9.2f}" for figure in FIGURES)


if __name__ == "__main__":
    main()

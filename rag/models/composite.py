"""An encoder of two: any embedding model for passages, MiniLM for late interaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from rag.models.minilm import MiniLM
from rag.ports import TextEmbedder
from rag.types import Encoded, EncodedQuestion, Paper, Passage


class Composite:
    """Passages are embedded with their paper's title before them."""

    def __init__(self, embedder: TextEmbedder, minilm: MiniLM) -> None:
        self._embedder = embedder
        self._minilm = minilm

    @property
    def name(self) -> str:
        return f"{self._embedder.name}+{self._minilm.name}"

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    def encode(self, papers: Sequence[tuple[Paper, Sequence[Passage]]]) -> list[Encoded]:
        texts = [f"{paper.title}\n{passage.text}" for paper, cut in papers for passage in cut]
        vectors = self._embedder.embed(texts)
        edges = np.cumsum([0, *(len(cut) for _, cut in papers)])
        tokens = self._minilm.encode([(paper, ()) for paper, _ in papers])
        return [
            replace(one, passages=vectors[start:end])
            for one, (start, end) in zip(tokens, pairwise(edges), strict=True)
        ]

    def encode_question(self, question: str) -> EncodedQuestion:
        encoded = self._minilm.encode_question(question)
        return replace(encoded, vector=self._embedder.embed_question(question))

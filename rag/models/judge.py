"""The judge: a small cross-encoder that reads a question or a sentence beside an abstract.

It says whether the abstract answers the question, and which of its sentences does; and whether
it supports the sentence. Six layers over MiniLM's word embeddings; weights of our own, in
`judge.safetensors`.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.models import graph
from rag.models.once import once
from rag.models.runtime import Model, Tensor, cached, workers
from rag.models.weights import minilm_weights, verify, wordpieces
from rag.types import Paper, Reading, Span, Support

if TYPE_CHECKING:
    import onnx
    from tokenizers import Encoding, Tokenizer

CHECKSUM = "de6cc1944bcc48814c5f33d41d051c4095793f146d1acd38cf628a6c082a1ac8"
LONGEST = 384  # word pieces of question and abstract together, as it was trained
HEADS = (
    graph.Head("support", 3, pooled=True),
    graph.Head("relevance", 1, pooled=True),
    graph.Head("answerable", 1, pooled=True),
    graph.Head("span", 2, pooled=False),
)
UNREAD = -20.0  # the logit of a sentence that was cut off


class Judge:
    """Reads pairs on every core; `folder` keeps the graph once it was built."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(
        self, question: str, papers: Sequence[Paper], sentences: Sequence[Sequence[Span]]
    ) -> list[Reading]:
        """One reading a paper; `sentences` are those of its abstract."""
        texts = [f"{paper.title}. {paper.abstract}" for paper in papers]
        pairs = self._tokenizer.encode_batch([(question, text) for text in texts])
        shifts = [len(paper.title) + 2 for paper in papers]
        return list(self._pool.map(self._read, pairs, shifts, sentences))

    def support(self, pairs: Sequence[tuple[str, str]]) -> list[Support]:
        """How far each sentence is supported by the text beside it: `title. abstract`, or less."""
        encoded = self._tokenizer.encode_batch(list(pairs))
        return list(self._pool.map(self._support, encoded))

    @once
    def _model(self) -> Model:
        return Model(cached(self._folder, "judge-int8", _build))

    @once
    def _pool(self) -> ThreadPoolExecutor:
        """One for all who ask: pairs are read in the order in which they came, one on each core."""
        return ThreadPoolExecutor(workers(), "judge")

    @once
    def _tokenizer(self) -> Tokenizer:
        tokenizer = wordpieces()
        # Cuts the abstract, as in training; the question too where it is nearly as long.
        tokenizer.enable_truncation(LONGEST, strategy="longest_first")
        return tokenizer

    def _read(self, pair: Encoding, shift: int, sentences: Sequence[Span]) -> Reading:
        _, relevance, answerable, span = self._model(pair.ids, pair.type_ids)
        return Reading(
            relevance=float(relevance[0]),
            answerable=float(answerable[0]),
            sentences=_strongest(span, pair, sentences, shift),
        )

    def _support(self, pair: Encoding) -> Support:
        return Support(*map(float, self._model(pair.ids, pair.type_ids)[0]))


def _strongest(
    span: Tensor, pair: Encoding, sentences: Sequence[Span], shift: int
) -> tuple[float, ...]:
    """How much the answer's beginning and end are seen in each sentence: the sum of two logits."""
    starts, ends = np.array(pair.offsets).T
    read = (np.array(pair.type_ids) == 1) & (ends > starts)
    span, starts, ends = span[read], starts[read] - shift, ends[read] - shift
    scores = []
    for sentence in sentences:
        inside = span[(starts >= sentence.start) & (ends <= sentence.end)]
        scores.append(float(inside.max(axis=0).sum()) if len(inside) else UNREAD)
    return tuple(scores)


def _build() -> onnx.ModelProto:
    return graph.bert({**_embeddings(), **_own_weights()}, heads=HEADS)


def _embeddings() -> graph.Weights:
    return {
        name: tensor for name, tensor in minilm_weights().items() if name.startswith("embeddings.")
    }


def _own_weights() -> graph.Weights:
    from safetensors.numpy import load_file

    with as_file(files("rag.models").joinpath("judge.safetensors")) as path:
        verify(path, CHECKSUM)
        return {
            name.removeprefix("bert."): tensor.astype(np.float32)
            for name, tensor in load_file(path).items()
        }

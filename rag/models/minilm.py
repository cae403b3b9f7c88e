"""all-MiniLM-L6-v2 as the encoder: one reading of an abstract gives all of its vectors.

The model reads title and abstract once. A passage's vector is the mean over its word pieces
("late chunking", Günther et al. 2024, arXiv 2409.04701), so each passage knows its context; the
same word pieces, projected to fewer dimensions and int8, serve late interaction (ColBERT,
Khattab and Zaharia 2020, arXiv 2004.12832).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.models import graph
from rag.models.once import once
from rag.models.question_side import CHECKSUM, asking
from rag.models.runtime import Model, cached, workers
from rag.models.scaling import product, unit
from rag.models.weights import LONGEST, minilm_weights, wordpieces
from rag.types import TOKEN_SCALE, Encoded, EncodedQuestion, Paper, Passage, Span, Vectors

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

CLS, SEP = 101, 102
OVERLAP = 128  # word pieces that two windows of a long text share


@dataclass(frozen=True, slots=True, eq=False)
class TokenTable:
    """What late interaction needs besides the model; made by `training/tokens.py`.

    `projection`: (384, reduced dimension). `weights`: a word piece's inverse document frequency
    over 74,000 abstracts, 0 for those that say nothing alone (function words, punctuation).
    """

    projection: Vectors
    weights: Vectors

    @classmethod
    def shipped(cls) -> TokenTable:
        with files("rag.models").joinpath("tokens.npz").open("rb") as file:
            arrays = np.load(file)
            return cls(
                arrays["projection"].astype(np.float32), arrays["weights"].astype(np.float32)
            )


class MiniLM:
    """The default encoder; `folder` keeps its graphs once they were built.

    Questions are read by weights of their own, unless they are statements: those are compared
    with what abstracts state, and read as abstracts are.
    """

    name = "all-MiniLM-L6-v2/int8/late-chunking-2"
    dimension = graph.HIDDEN

    def __init__(self, folder: Path, *, of_statements: bool = False) -> None:
        self._folder = folder
        self._of_statements = of_statements
        self._beside: MiniLM | None = None

    def for_statements(self) -> MiniLM:
        """One for statements, which reads with the graph of this one."""
        found = MiniLM(self._folder, of_statements=True)
        found._beside = self
        return found

    def encode(self, papers: Sequence[tuple[Paper, Sequence[Passage]]]) -> list[Encoded]:
        """One `Encoded` a paper, in order; uses every core."""
        texts = self._tokenizer.encode_batch([_text(paper) for paper, _ in papers])
        with ThreadPoolExecutor(workers()) as pool:
            return list(pool.map(self._encode, texts, papers))

    def encode_question(self, question: str) -> EncodedQuestion:
        ids = self._tokenizer.encode(question).ids
        hidden = _read(self._model if self._of_statements else self._asking_model, ids)
        weights = self._table.weights[ids]
        if not weights.any():
            weights = np.ones(len(ids), np.float32)
        kept = weights > 0
        return EncodedQuestion(
            vector=unit(hidden.mean(axis=0)),
            tokens=self._reduced(hidden[kept]),
            weights=weights[kept] / weights[kept].sum(),
        )

    @once
    def _model(self) -> Model:
        if self._beside:
            return self._beside._model
        return Model(cached(self._folder, "minilm-int8", lambda: graph.bert(minilm_weights())))

    @once
    def _asking_model(self) -> Model:
        name = f"minilm-asking-{CHECKSUM[:8]}-int8"  # another update makes another graph
        kind = "minilm-asking-*-int8"
        path = cached(self._folder, name, lambda: graph.bert(asking(minilm_weights())), kind=kind)
        return Model(path)

    @once
    def _tokenizer(self) -> Tokenizer:
        return wordpieces()

    @once
    def _table(self) -> TokenTable:
        return TokenTable.shipped()

    def _encode(self, pieces: Encoding, item: tuple[Paper, Sequence[Passage]]) -> Encoded:
        paper, passages = item
        hidden = _read(self._model, pieces.ids)
        shift = len(_text(paper)) - len(paper.abstract)
        vectors = [_mean(hidden, pieces.offsets, passage.span, shift) for passage in passages]
        kept = self._table.weights[pieces.ids] > 0
        return Encoded(
            passages=np.array(vectors, np.float32).reshape(-1, self.dimension),
            tokens=np.round(self._reduced(hidden[kept]) * TOKEN_SCALE).astype(np.int8),
        )

    def _reduced(self, hidden: Vectors) -> Vectors:
        return unit(product(unit(hidden), self._table.projection))


def _read(model: Model, ids: list[int]) -> Vectors:
    """The vector of every word piece; a long text is read in overlapping windows."""
    if len(ids) <= LONGEST:
        return model(ids)[0]
    inner, width = ids[1:-1], LONGEST - 2
    rows: list[Vectors] = []
    for start in range(0, len(inner) - OVERLAP, width - OVERLAP):
        hidden = model([CLS, *inner[start : start + width], SEP])[0]
        # Half of what two windows share is taken from each: there it has context around it.
        first = 1 + OVERLAP // 2 if start else 0
        is_last = start + width >= len(inner)
        rows.append(hidden[first : None if is_last else 1 + width - OVERLAP // 2])
    return np.concatenate(rows)


def _text(paper: Paper) -> str:
    return f"{paper.title}. {paper.abstract}"


def _mean(hidden: Vectors, offsets: list[tuple[int, int]], span: Span, shift: int) -> Vectors:
    """The unit mean of the word pieces inside `span` of the abstract, which begins at `shift`."""
    bounds = np.array(offsets)
    inside = (bounds[:, 0] >= span.start + shift) & (bounds[:, 1] <= span.end + shift)
    inside[[0, -1]] = False
    return unit(hidden[inside].mean(axis=0) if inside.any() else hidden.mean(axis=0))

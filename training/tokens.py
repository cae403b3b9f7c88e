"""Make `rag/models/tokens.npz`: the projection and the word-piece weights of late interaction.

    uv run python training/tokens.py ABSTRACTS.jsonl[.gz]

ABSTRACTS holds objects with `title` and `abstract`; the shipped table was made from 74,715 arXiv
records of 2025-26 (metadata: CC0). The projection holds the leading eigenvectors of the word
pieces' second moments over a sample; the weights are inverse document frequencies over all.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rag.config import Settings
from rag.loaders import find_sources, load
from rag.models import graph
from rag.models.runtime import Model, cached
from rag.models.weights import LONGEST, minilm_weights, wordpieces
from rag.types import Record

SAMPLE = 1500
DIMENSION = 96
VOCABULARY = 30522
# Pieces that say nothing alone: function words, and words of the trade of asking.
SILENT = """
a an the of in on for to and or is are was were be been do does did how what which who whom whose
why when where can could should would will may might i we you they it its this that these those my
our your their me us them with without from by as at about into than then there here any some has
have had having not no if so such but also paper papers method methods approach one anybody anyone
somebody someone people get gets make makes using use used
""".split()


def main(path: str) -> None:
    target = Path("rag/models/tokens.npz")
    np.savez_compressed(
        target,
        projection=projection(path).astype(np.float16),
        weights=weights(path).astype(np.float16),
    )


def texts(path: str) -> Iterator[str]:
    for source in find_sources([path]):
        for record in load(source):
            if isinstance(record, Record):
                yield f"{record.title}. {record.abstract}"


def projection(path: str) -> np.ndarray:
    """(384, DIMENSION), orthonormal columns."""
    tokenizer = wordpieces()
    folder = Settings().home / "models"
    model = Model(cached(folder, "minilm-int8", lambda: graph.bert(minilm_weights())))
    moments = np.zeros((graph.HIDDEN, graph.HIDDEN))
    for _, text in zip(range(SAMPLE), texts(path), strict=False):
        hidden = model(tokenizer.encode(text).ids[:LONGEST])[0]
        unit = hidden / np.linalg.norm(hidden, axis=1, keepdims=True)
        moments += unit.T @ unit
    _, vectors = np.linalg.eigh(moments)
    return vectors[:, ::-1][:, :DIMENSION]


def weights(path: str) -> np.ndarray:
    """(VOCABULARY,), 0 for silent pieces."""
    tokenizer = wordpieces()
    seen, total = np.zeros(VOCABULARY), 0
    for text in texts(path):
        seen[list(set(tokenizer.encode(text).ids))] += 1
        total += 1
    frequency = np.log1p((total - seen + 0.5) / (seen + 0.5))
    for piece, number in tokenizer.get_vocab().items():
        if piece in SILENT or not piece.strip("#").isalnum() or piece.startswith("["):
            frequency[number] = 0
    return frequency


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python training/tokens.py ABSTRACTS.jsonl[.gz]")
    main(sys.argv[1])

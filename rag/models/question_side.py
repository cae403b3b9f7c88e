"""How MiniLM reads questions: a small update of its weights, learnt from questions.

Abstracts are read by MiniLM as it was published. Who asks does not know an abstract's words, so
questions are read by the same layers plus a product of two thin matrices each (LoRA, Hu et al.
2021, arXiv 2106.09685). `training/question_side.py` makes the file; the vectors of a shelf stay
as they are when it changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from rag.models.graph import Weights
from rag.models.weights import verify

FILE = "questions.safetensors"
CHECKSUM = "408d1f5f10429c7d6c8c5c2c79817e6e3024fef1b8c0a3461a899cdb91b939a0"
DOWN, UP = ".down", ".up"  # (rank, width in) and (width out, rank), under a layer's name

Update = Mapping[str, NDArray[np.generic]]


def asking(weights: Weights) -> Weights:
    """MiniLM's weights as they read a question; raises ModelError where the file is another."""
    return updated(weights, _update())


def updated(weights: Weights, update: Update) -> dict[str, NDArray[np.float32]]:
    """The weights with the products of `update` added to the layers that it names."""
    found = dict(weights)
    for name, down in update.items():
        if name.endswith(DOWN):
            layer = name.removesuffix(DOWN)
            product = update[layer + UP].astype(np.float32) @ down.astype(np.float32)
            found[f"{layer}.weight"] = found[f"{layer}.weight"] + product
    return found


def _update() -> Update:
    from safetensors.numpy import load_file

    with as_file(files("rag.models").joinpath(FILE)) as path:
        verify(path, CHECKSUM)
        return dict(load_file(path))

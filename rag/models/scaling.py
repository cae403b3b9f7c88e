"""Scale vectors to unit length."""

from __future__ import annotations

import numpy as np

from rag.types import Vectors

SHORTEST = 1e-9


def unit(vectors: Vectors) -> Vectors:
    """Every row (or the one vector) divided by its length; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(lengths, SHORTEST)
    return scaled

"""Late interaction: how well the tokens of a question are met by those of an abstract.

MaxSim of ColBERT (Khattab and Zaharia 2020, arXiv 2004.12832), each token of the question
weighted by its inverse document frequency.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rag.types import EncodedQuestion, TokenVectors

SCALE = 127.0


def max_similarity(
    question: EncodedQuestion, papers: Mapping[str, TokenVectors]
) -> dict[str, float]:
    """Per paper, the weighted mean over the question's tokens of their best cosine."""
    filled = {paper_id: tokens for paper_id, tokens in papers.items() if len(tokens)}
    if not filled:
        return {}
    starts = np.cumsum([0, *(len(tokens) for tokens in filled.values())])[:-1]
    tokens = np.concatenate(list(filled.values())).astype(np.float32)
    best = np.maximum.reduceat(question.tokens @ tokens.T, starts, axis=1) / SCALE
    scores = question.weights @ best
    return dict(zip(filled, scores.tolist(), strict=True))

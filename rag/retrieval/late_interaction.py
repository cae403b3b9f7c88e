"""Late interaction: how well the tokens of a question are met by those of an abstract.

MaxSim of ColBERT (Khattab and Zaharia 2020, arXiv 2004.12832), each token of the question
weighted by its inverse document frequency.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rag.models.scaling import product
from rag.types import TOKEN_SCALE, EncodedQuestion, TokenVectors


def max_similarity(
    question: EncodedQuestion, papers: Mapping[str, TokenVectors]
) -> dict[str, float]:
    """Per paper, the weighted mean over the question's tokens of their best cosine."""
    filled = {paper_id: tokens for paper_id, tokens in papers.items() if len(tokens)}
    if not filled:
        return {}
    starts = np.cumsum([0, *(len(tokens) for tokens in filled.values())])[:-1]
    # One row a token of an abstract, one column a token of the question.
    cosines = product(np.concatenate(list(filled.values())), question.tokens.T / TOKEN_SCALE)
    scores = np.maximum.reduceat(cosines, starts, axis=0) @ question.weights
    return dict(zip(filled, scores.tolist(), strict=True))

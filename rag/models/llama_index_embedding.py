"""Any llama-index embedding, named by its class: `llama_index.core.MockEmbedding`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.config import Settings
from rag.models.dotted import Dotted
from rag.models.scaling import unit
from rag.types import Vectors


class LlamaIndexEmbedder:
    """`target` is a class's dotted path; keyword arguments may follow it as a JSON object.

    For example `llama_index.embeddings.ollama.OllamaEmbedding {"model_name": "nomic-embed-text"}`.
    """

    def __init__(self, target: str, settings: Settings) -> None:
        dotted = Dotted.parse(target, "FOOTNOTE_EMBEDDING")
        self.name = f"llama-index:{dotted}"
        embedding = dotted.made()
        if not isinstance(embedding, BaseEmbedding):
            raise dotted.not_a("embedding")
        self._embedding = embedding
        self.dimension = settings.embedding_dimension or len(
            self._embedding.get_query_embedding("How long is a vector?")
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = self._embedding.get_text_embedding_batch(list(texts))
        return unit(np.array(rows, np.float32).reshape(-1, self.dimension))

    def embed_question(self, question: str) -> Vectors:
        row = self._embedding.get_query_embedding(question)
        vector: Vectors = unit(np.array([row], np.float32))[0]
        return vector

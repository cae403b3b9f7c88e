"""Any llama-index embedding, named by its class: `llama_index.core.MockEmbedding`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.config import Settings
from rag.errors import ModelError
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
        self.dimension = settings.embedding_dimension or len(self._row("How long is a vector?"))

    def embed(self, texts: Sequence[str]) -> Vectors:
        with self._guarded():
            rows = self._embedding.get_text_embedding_batch(list(texts))
        return self._vectors(rows)

    def embed_question(self, question: str) -> Vectors:
        vector: Vectors = self._vectors([self._row(question)])[0]
        return vector

    def _row(self, question: str) -> list[float]:
        with self._guarded():
            return self._embedding.get_query_embedding(question)

    def _vectors(self, rows: Sequence[Sequence[float]]) -> Vectors:
        if lengths := {len(row) for row in rows} - {self.dimension}:
            raise ModelError(
                f"The embedding model {self.name} gave vectors of {min(lengths)} dimensions; "
                f"{self.dimension} were expected. Set FOOTNOTE_EMBEDDING_DIMENSION."
            )
        return unit(np.array(rows, np.float32).reshape(-1, self.dimension))

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Whatever library is behind the class, and whatever it raises, ends as a ModelError."""
        try:
            yield
        except Exception as error:  # noqa: BLE001
            # Without its cause: its text may hold a key.
            raise ModelError(
                f"The embedding model {self.name} failed ({type(error).__name__}). Is it running, "
                "and are its arguments in FOOTNOTE_EMBEDDING right?"
            ) from None

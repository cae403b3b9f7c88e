"""What the engine needs of its adapters: a few small protocols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rag.types import Encoded, EncodedQuestion, Paper, Passage, Vectors


class Encoder(Protocol):
    """Turns papers and questions into vectors.

    `name` changes whenever vectors of two encoders cannot be compared; `dimension` is that of
    passage vectors.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode(self, papers: Sequence[tuple[Paper, Sequence[Passage]]]) -> list[Encoded]:
        """One `Encoded` a paper, in order."""
        ...

    def encode_question(self, question: str) -> EncodedQuestion: ...


class TextEmbedder(Protocol):
    """Any model that turns texts into one vector each."""

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(number of texts, dimension), unit length; for passages."""
        ...

    def embed_question(self, question: str) -> Vectors:
        """(dimension,), unit length."""
        ...

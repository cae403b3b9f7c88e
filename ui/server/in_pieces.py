"""Encoding that can be stopped within a moment, and lets questions in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.ports import Encoder
from rag.types import Encoded, EncodedQuestion, Paper, Passage

AT_ONCE = 4  # papers


@dataclass(frozen=True, slots=True)
class InPieces:
    """The encoder, a few papers at a time; `between` is called before each few, and may raise."""

    encoder: Encoder
    between: Callable[[], None]

    @property
    def name(self) -> str:
        return self.encoder.name

    @property
    def dimension(self) -> int:
        return self.encoder.dimension

    def encode(self, papers: Sequence[tuple[Paper, Sequence[Passage]]]) -> list[Encoded]:
        encoded: list[Encoded] = []
        for begin in range(0, len(papers), AT_ONCE):
            self.between()
            encoded += self.encoder.encode(papers[begin : begin + AT_ONCE])
        return encoded

    def encode_question(self, question: str) -> EncodedQuestion:
        return self.encoder.encode_question(question)

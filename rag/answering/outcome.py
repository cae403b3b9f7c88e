"""What an answerer comes back with: pieces of text with their citations, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import Citation, Hit, Refusal


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text of an answer and what its markers cite, in order."""

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Either pieces or a refusal, and the papers that were looked at, best first."""

    hits: tuple[Hit, ...]
    pieces: tuple[Piece, ...] = ()
    refusal: Refusal | None = None

    @property
    def said(self) -> tuple[Piece, ...]:
        """What the reader is told: a refusal says its reason."""
        return (Piece(self.refusal.reason),) if self.refusal else self.pieces

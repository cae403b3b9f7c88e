"""What an answerer comes back with: pieces of text with their citations, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import Citation, Dropped, Hit, Refusal, Timing, Usage

NO_USAGE = Usage()


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


@dataclass(frozen=True, slots=True)
class Written:
    """What is to be said of an answer that a model wrote, once it is at its end.

    `failure` is a sentence that says why the model did not write all of it.
    """

    model: str | None = None
    refusal: Refusal | None = None
    failure: str | None = None
    usage: Usage = NO_USAGE
    dropped: tuple[Dropped, ...] = ()
    timings: tuple[Timing, ...] = ()

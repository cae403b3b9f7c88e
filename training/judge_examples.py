"""What the judge learns from: statements, questions and searches, each beside what it reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from rag.types import Span

# In the order of the judge's three logits.
SUPPORTED: Final = 0
CONTRADICTED: Final = 1
OPEN: Final = 2
# Sets of two labels say that a sentence does not follow, but not which of the other two it is.
NOT_SUPPORTED: Final = 3

Label: TypeAlias = Literal[0, 1, 2, 3]


class DataError(Exception):
    """Training data cannot be read; its message says what, where and what is expected."""


@dataclass(frozen=True, slots=True)
class Abstract:
    """A paper as the judge reads it."""

    title: str
    body: str

    @property
    def text(self) -> str:
        return f"{self.title}. {self.body}"


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer, and whether a source bears it out."""

    sentence: str
    source: str
    label: Label


@dataclass(frozen=True, slots=True)
class Question:
    """A question; `answer` is where in the source the answer stands, if that is known."""

    text: str
    source: str
    answerable: bool
    answer: Span | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """A query and texts to rank for it, the right one first."""

    query: str
    sources: tuple[str, ...]

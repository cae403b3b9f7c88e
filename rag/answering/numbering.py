"""Sentences as a reader sees them: sources numbered in the order in which they are cited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.answering.checking import Supported
from rag.answering.marking import written
from rag.answering.outcome import Piece
from rag.types import Citation, Paper


class Numbering:
    """Gives each paper its number when it is first cited."""

    def __init__(self, papers: Mapping[str, Paper]) -> None:
        self._papers = papers
        self._numbers: dict[str, int] = {}

    def piece(self, parts: Sequence[Supported]) -> Piece:
        """The sentence with our own markers, and what they cite in order."""
        citations: list[Citation] = []
        numbered: list[tuple[str, list[int]]] = []
        for part in parts:
            cited = [
                Citation(self._number(id_), self._papers[id_], verdict.span, verdict)
                for id_, verdict in part.sources
            ]
            citations += cited
            numbered.append((part.text, [citation.number for citation in cited]))
        return Piece(written(numbered), tuple(citations))

    def _number(self, id_: str) -> int:
        return self._numbers.setdefault(id_, len(self._numbers) + 1)

"""The three indexes that are derived from the catalogue, each opened when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from rag.store.damage import DamagedIndexError, erase
from rag.store.health import IndexHealth
from rag.store.lazily import Lazily
from rag.store.probe import survey
from rag.types import Encoded, Paper, Passage

if TYPE_CHECKING:
    from rag.store.lexical import LexicalIndex
    from rag.store.tokens import TokenIndex
    from rag.store.vectors import VectorIndex

AnyIndex: TypeAlias = "Lazily[VectorIndex] | Lazily[LexicalIndex] | Lazily[TokenIndex]"
Item: TypeAlias = tuple[Paper, Sequence[Passage], Encoded]

VECTORS = "vectors"
LEXICAL = "lexical"
TOKENS = "tokens.sqlite"


class Indexes:
    """`kind` names what the vectors are made with; opening them drops those of another kind."""

    def __init__(
        self, home: Path, *, kind: Callable[[], str], analyse: Callable[[str], str]
    ) -> None:
        self._home = home
        self._kind = kind
        self._analyse = analyse
        self.vectors = Lazily(self._open_vectors)
        self.lexical = Lazily(self._open_lexical)
        self.tokens = Lazily(self._open_tokens)
        self._by_name: dict[str, AnyIndex] = {
            VECTORS: self.vectors,
            LEXICAL: self.lexical,
            TOKENS: self.tokens,
        }

    def replace(self, items: Sequence[Item]) -> None:
        """Makes every index hold these papers as they are here."""
        papers = [paper for paper, _, _ in items]
        some = [encoded.passages for _, _, encoded in items if len(encoded.passages)]
        vectors = np.concatenate(some) if some else np.empty((0, 0), dtype=np.float32)
        passages = [passage for _, cut, _ in items for passage in cut]
        self.vectors().replace([paper.id for paper in papers], passages, vectors)
        self.lexical().replace(papers)
        self.tokens().replace({paper.id: encoded.tokens for paper, _, encoded in items})

    def delete(self, paper_ids: Sequence[str]) -> None:
        """Drops papers from those indexes that there are."""
        for name, index in self._by_name.items():
            if (self._home / name).exists():
                index().delete(paper_ids)

    def erase(self, names: Collection[str] = (VECTORS, LEXICAL, TOKENS)) -> None:
        """Empties indexes without reading them."""
        for name in names:
            self._by_name[name].close()
            erase(self._home / name)

    def check_vectors(self, passages: set[str]) -> IndexHealth:
        """Whether each of these passages, and no other, has a vector."""
        return _compared(VECTORS, passages, self._read_vectors)

    def check_lexical(self, papers: set[str]) -> IndexHealth:
        """Whether these papers, and no others, are found by their words."""
        return _compared(LEXICAL, papers, self._read_lexical)

    def check_tokens(self, papers: set[str]) -> IndexHealth:
        """Whether these papers, and no others, have token vectors."""
        return _compared(TOKENS, papers, self._read_tokens)

    def close(self) -> None:
        for index in self._by_name.values():
            index.close()

    def _open_vectors(self) -> VectorIndex:
        from rag.store.vectors import VectorIndex

        return VectorIndex(self._home / VECTORS, self._kind())

    def _open_lexical(self) -> LexicalIndex:
        from rag.store.lexical import LexicalIndex

        return LexicalIndex(self._home / LEXICAL, self._analyse)

    def _open_tokens(self) -> TokenIndex:
        from rag.store.tokens import TokenIndex

        return TokenIndex(self._home / TOKENS)

    def _read_vectors(self) -> tuple[set[str], Collection[str]]:
        if not self.vectors.is_open and (self._home / VECTORS).exists():
            return survey(self._home / VECTORS, self._kind())
        index = self.vectors()
        return index.ids(), index.ids_without_vector()

    def _read_lexical(self) -> tuple[set[str], Collection[str]]:
        return self.lexical().ids(), ()

    def _read_tokens(self) -> tuple[set[str], Collection[str]]:
        index = self.tokens()
        if damage := index.damage():
            raise DamagedIndexError(f"{self._home / TOKENS} is damaged: {damage}.")
        return index.ids(), ()


def _compared(
    name: str, expected: set[str], read: Callable[[], tuple[set[str], Collection[str]]]
) -> IndexHealth:
    """`read` gives the entries of an index, and those of them that are of no use."""
    try:
        entries, useless = read()
    except DamagedIndexError as error:
        return IndexHealth(name, damage=str(error))
    return IndexHealth(
        name,
        len(entries),
        missing=tuple(sorted(expected - (entries - set(useless)))),
        orphaned=tuple(sorted(entries - expected)),
    )

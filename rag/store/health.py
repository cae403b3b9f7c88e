"""Whether the catalogue and the indexes agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class IndexHealth:
    """One index: what it should hold and does not, and what it holds and should not.

    `damage` says why the index cannot be read; what is missing is then not known.
    """

    name: str
    entries: int = 0
    missing: tuple[str, ...] = ()
    orphaned: tuple[str, ...] = ()
    damage: str | None = None

    @property
    def is_healthy(self) -> bool:
        return not (self.missing or self.orphaned or self.damage)


@dataclass(frozen=True, slots=True)
class Health:
    """What a check of the shelf found.

    Passages are counted among the vectors, papers among the words and token vectors.
    """

    papers: int
    pending: tuple[str, ...]
    removing: tuple[str, ...]
    renamed: tuple[str, ...]
    catalogue_damage: str | None
    vectors: IndexHealth
    lexical: IndexHealth
    tokens: IndexHealth

    @property
    def indexes(self) -> tuple[IndexHealth, ...]:
        return self.vectors, self.lexical, self.tokens

    @property
    def is_healthy(self) -> bool:
        return not self.findings

    @property
    def findings(self) -> tuple[str, ...]:
        """One sentence for each thing that is wrong."""
        return tuple(self._findings())

    def _findings(self) -> Iterator[str]:
        if self.catalogue_damage:
            yield f"The catalogue is damaged: {self.catalogue_damage}. Restore it from a backup."
        for ids, trouble in (
            (self.pending, "still to be indexed"),
            (self.removing, "still to be dropped from the indexes"),
            (self.renamed, "indexed under former names"),
        ):
            if ids:
                yield f"{_several(ids, 'paper', 'papers')} {trouble}."
        for index in self.indexes:
            yield from _ailments(index)


def _ailments(index: IndexHealth) -> Iterator[str]:
    if index.damage:
        yield index.damage
    if index.missing:
        yield f"{_several(index.missing, 'entry', 'entries')} missing from {index.name}."
    if index.orphaned:
        yield f"{_several(index.orphaned, 'entry', 'entries')} left over in {index.name}."


def _several(ids: tuple[str, ...], one: str, many: str) -> str:
    named = ", ".join(ids[:EXAMPLES]) + (", …" if len(ids) > EXAMPLES else "")
    return f"{len(ids)} {one if len(ids) == 1 else many} ({named})"

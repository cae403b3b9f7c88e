"""How much the catalogue holds beside how much each index does: a check that takes a moment."""

from __future__ import annotations

from dataclasses import dataclass

from rag.store.database import Connection


@dataclass(frozen=True, slots=True)
class Catalogued:
    """Papers that can be found and their passages, and papers that are about to change."""

    papers: int
    passages: int
    pending: int
    removing: int


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts alone: that the right entries are there, only `Shelf.check` proves."""

    catalogue: Catalogued
    vectors: int
    lexical: int
    tokens: int

    @property
    def agrees(self) -> bool:
        """Whether nothing is missing, nor left over but of papers that are about to change."""
        known = self.catalogue
        more = (
            self.vectors - known.passages,
            self.lexical - known.papers,
            self.tokens - known.papers,
        )
        return min(more) >= 0 and (max(more) == 0 or known.pending + known.removing > 0)


def catalogued(db: Connection) -> Catalogued:
    unfinished = dict(
        db.execute("SELECT state, count(*) FROM papers WHERE state <> 'ready' GROUP BY state")
    )
    pending, removing = unfinished.get("pending", 0), unfinished.get("removing", 0)
    papers = int(db.execute("SELECT count(*) FROM papers").fetchone()[0])
    passages = int(db.execute("SELECT count(*) FROM passages").fetchone()[0])
    return Catalogued(papers - pending - removing, passages, pending, removing)

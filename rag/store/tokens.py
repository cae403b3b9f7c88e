"""Token vectors for late interaction, one row a paper in an SQLite file of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from rag.store.damage import DamagedIndexError
from rag.store.database import Database
from rag.types import TokenVectors

# Rows are some 15 kB: large pages keep the chain of pages of a row short.
PRAGMAS = ("PRAGMA page_size = 16384", "PRAGMA mmap_size = 4294967296")
MIGRATIONS = (
    (
        """
        CREATE TABLE tokens (
            paper_id TEXT NOT NULL UNIQUE,
            count INTEGER NOT NULL,
            dimension INTEGER NOT NULL,
            vectors BLOB NOT NULL CHECK (length(vectors) = count * dimension)
        )
        """,
    ),
)


class TokenIndex:
    """Every method may be called from any thread."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path, MIGRATIONS, pragmas=PRAGMAS, failure=DamagedIndexError)

    def replace(self, vectors: Mapping[str, TokenVectors]) -> None:
        """Stores the (tokens, dimension) int8 vectors of these papers in one transaction."""
        rows = [
            (
                paper_id,
                *matrix.shape,
                np.ascontiguousarray(matrix, dtype=np.int8).tobytes(),
            )
            for paper_id, matrix in vectors.items()
        ]
        with self._database.writing() as db:
            db.executemany("INSERT OR REPLACE INTO tokens VALUES (?, ?, ?, ?)", rows)

    def get(self, paper_ids: Sequence[str]) -> dict[str, TokenVectors]:
        """The vectors of those papers that have some; read-only arrays."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT paper_id, count, dimension, vectors FROM json_each(?) "
                "CROSS JOIN tokens ON paper_id = value",
                (json.dumps(list(paper_ids)),),
            )
            return {
                paper_id: np.frombuffer(blob, dtype=np.int8).reshape(count, dimension)
                for paper_id, count, dimension, blob in rows
            }

    def delete(self, paper_ids: Sequence[str]) -> None:
        with self._database.writing() as db:
            db.execute(
                "DELETE FROM tokens WHERE paper_id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(paper_ids)),),
            )

    def count(self) -> int:
        with self._database.reading() as db:
            return int(db.execute("SELECT count(*) FROM tokens").fetchone()[0])

    def ids(self) -> set[str]:
        with self._database.reading() as db:
            return {row[0] for row in db.execute("SELECT paper_id FROM tokens")}

    def damage(self) -> str | None:
        """What is wrong with the file itself, or None."""
        return self._database.damage()

    def close(self) -> None:
        self._database.close()

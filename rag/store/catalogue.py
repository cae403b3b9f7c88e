"""The catalogue: the one place where it is written which papers there are, and what they say.

A paper is pending until its text has been indexed, then ready; only ready papers are found. One
that is being removed is gone for every reader, and waits for the indexes to drop it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.errors import PaperNotFoundError
from rag.store.counting import Statistics, statistics
from rag.store.database import Connection, Database
from rag.store.lookup import resolve
from rag.store.payload import dump_details, load_paper
from rag.store.schema import MIGRATIONS
from rag.store.scoping import Sort, condition, select
from rag.store.spreading import Spread, spread
from rag.store.staging import Staged, Staging, count_up, forget, read_paper, survivor
from rag.store.tally import Catalogued, catalogued
from rag.types import Paper, Passage, Record, Scope, Span

EVERYTHING = Scope()
# Joins are CROSS JOINs where the few ids asked for must drive the query, not the many papers.


@dataclass(frozen=True, slots=True)
class Embedding:
    """What the vectors on the shelf were made with; vectors of two of these do not compare."""

    encoder: str
    dimension: int
    chunking: str = ""

    def __str__(self) -> str:
        chunking = f", passages {self.chunking}" if self.chunking else ""
        return f"{self.encoder} ({self.dimension} dimensions{chunking})"


class Catalogue:
    """Every method may be called from any thread."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path, MIGRATIONS)

    def new_run(self) -> int:
        """A number for one reading of a source that is staged in several calls."""
        with self._database.writing() as db:
            return count_up(db, "runs")

    def stage(
        self, source: str, records: Sequence[Record], *, run: int | None = None
    ) -> list[Staged]:
        """Enters records of `source` in one transaction; one `Staged` a record, in order.

        Without `run`, the call is taken to hold all that the source says.
        """
        with self._database.writing() as db:
            return Staging(db, source, count_up(db, "runs") if run is None else run).stage(records)

    def pending(self, limit: int) -> list[Paper]:
        """Papers whose text is to be indexed, those that came first first."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT id, title, abstract, details FROM papers WHERE state = 'pending' "
                "ORDER BY number LIMIT ?",
                (limit,),
            )
            return [load_paper(*row) for row in rows]

    def pending_ids(self) -> list[str]:
        with self._database.reading() as db:
            rows = db.execute("SELECT id FROM papers WHERE state = 'pending' ORDER BY number")
            return [row[0] for row in rows]

    def mark_ready(self, indexed: Iterable[tuple[Paper, Sequence[Passage]]]) -> list[str]:
        """Lets papers be found with these passages, unless their text has changed meanwhile.

        Returns the ids of those that are ready.
        """
        with self._database.writing() as db:
            return [paper.id for paper, passages in indexed if _mark_ready(db, paper, passages)]

    def mark_pending(self, ids: Iterable[str]) -> None:
        """Takes papers out of search until they have been indexed again."""
        wanted = (json.dumps(list(ids)),)
        with self._database.writing() as db:
            db.execute(
                "DELETE FROM passages WHERE paper_id IN (SELECT value FROM json_each(?))", wanted
            )
            db.execute(
                "UPDATE papers SET state = 'pending' "
                "WHERE state = 'ready' AND id IN (SELECT value FROM json_each(?))",
                wanted,
            )

    def begin_removal(self, ids: Iterable[str]) -> list[str]:
        """Forgets papers; returns the ids that the indexes have to drop, unknown ones left out."""
        with self._database.writing() as db:
            known = [survivor(db, paper_id) for paper_id in dict.fromkeys(ids)]
            known = [paper_id for paper_id in known if read_paper(db, paper_id) is not None]
            forget(db, known)
            return known

    def removing(self) -> list[str]:
        """Papers that are gone from the catalogue, but perhaps not yet from the indexes."""
        with self._database.reading() as db:
            rows = db.execute("SELECT id FROM papers WHERE state = 'removing' ORDER BY number")
            return [str(row[0]) for row in rows]

    def finish_removal(self, ids: Iterable[str]) -> None:
        """The indexes have dropped these papers."""
        with self._database.writing() as db:
            db.execute(
                "DELETE FROM papers WHERE state = 'removing' "
                "AND id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(ids)),),
            )

    def renamed(self) -> list[Paper]:
        """Ready papers whose authors or organisation changed since they were indexed."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT id, title, abstract, details FROM papers "
                "WHERE names_stale AND state = 'ready' ORDER BY number"
            )
            return [load_paper(*row) for row in rows]

    def names_indexed(self, papers: Iterable[Paper]) -> None:
        """The indexes know the names of these papers as they stand here."""
        with self._database.writing() as db:
            db.executemany(
                "UPDATE papers SET names_stale = 0 WHERE id = ? AND details = ?",
                [(paper.id, dump_details(paper)) for paper in papers],
            )

    def words_outdated(self) -> None:
        """The words and names of every ready paper are to be indexed anew."""
        with self._database.writing() as db:
            db.execute("UPDATE papers SET names_stale = 1 WHERE state = 'ready'")

    def paper(self, paper_id: str) -> Paper:
        """The paper with this id, present or former, ready or not."""
        with self._database.reading() as db:
            paper = read_paper(db, survivor(db, paper_id))
        if paper is None:
            raise PaperNotFoundError(f"No paper on the shelf has the id {paper_id!r}.")
        return paper

    def papers(self, ids: Sequence[str]) -> list[Paper]:
        """The ready ones of these papers, in the order asked for."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT papers.id, title, abstract, details FROM json_each(?) "
                "CROSS JOIN papers ON papers.id = value WHERE state = 'ready' ORDER BY key",
                (json.dumps(list(ids)),),
            )
            return [load_paper(*row) for row in rows]

    def resolve(self, text: str) -> Paper:
        """The paper that a person means by an id, its beginning, an identifier or a title."""
        with self._database.reading() as db:
            return resolve(db, text)

    def find(
        self,
        scope: Scope = EVERYTHING,
        *,
        sort: Sort = "added",
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Paper]:
        """The ready papers within `scope`."""
        with self._database.reading() as db:
            wanted = condition(db, scope)
            values = (*wanted.values, -1 if limit is None else limit, offset)
            rows = db.execute(select("id, title, abstract, details", wanted, sort), values)
            return [load_paper(*row) for row in rows]

    def count(self, scope: Scope = EVERYTHING) -> int:
        """How many papers `find` would give without a limit."""
        with self._database.reading() as db:
            wanted = condition(db, scope)
            return int(db.execute(select("count(*)", wanted), wanted.values).fetchone()[0])

    def matching_ids(self, scope: Scope) -> set[str] | None:
        """The ids of the ready papers within `scope`; None where it is empty and bars nothing."""
        return None if scope.is_empty else self._ids(scope)

    def ready_ids(self, ids: Iterable[str] | None = None) -> set[str]:
        """The ids of the ready papers, or of those among `ids`."""
        if ids is None:
            return self._ids(EVERYTHING)
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT id FROM papers WHERE state = 'ready' "
                "AND id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(ids)),),
            )
            return {row[0] for row in rows}

    def known(self, ids: Iterable[str]) -> set[str]:
        """Those of these ids that are papers, ready or not."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT id FROM papers WHERE state <> 'removing' "
                "AND id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(ids)),),
            )
            return {row[0] for row in rows}

    def is_empty(self) -> bool:
        with self._database.reading() as db:
            row = db.execute("SELECT 1 FROM papers WHERE state <> 'removing' LIMIT 1").fetchone()
        return row is None

    def passage_ids(self) -> set[str]:
        """The passages of all ready papers."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT passages.id FROM passages "
                "JOIN papers ON papers.id = paper_id WHERE state = 'ready'"
            )
            return {row[0] for row in rows}

    def passage_owners(self, ids: Iterable[str]) -> dict[str, str]:
        """The ready paper of each of these passages; passages of no ready paper are left out."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT passages.id, paper_id FROM json_each(?) "
                "CROSS JOIN passages ON passages.id = value "
                "CROSS JOIN papers ON papers.id = paper_id "
                "WHERE state = 'ready'",
                (json.dumps(list(ids)),),
            )
            return dict(rows.fetchall())

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages of ready papers among these, in the order asked for."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT passages.id, paper_id, abstract, start, stop FROM json_each(?) "
                "CROSS JOIN passages ON passages.id = value "
                "CROSS JOIN papers ON papers.id = paper_id "
                "WHERE state = 'ready' ORDER BY key",
                (json.dumps(list(ids)),),
            )
            return [_passage(*row) for row in rows]

    def passages_of(self, paper_ids: Sequence[str]) -> dict[str, tuple[Passage, ...]]:
        """All passages of each ready paper among these, in the order of the abstract."""
        found: dict[str, list[Passage]] = {}
        with self._database.reading() as db:
            for row in db.execute(
                "SELECT passages.id, paper_id, abstract, start, stop FROM passages "
                "JOIN papers ON papers.id = paper_id WHERE state = 'ready' "
                "AND paper_id IN (SELECT value FROM json_each(?)) ORDER BY paper_id, ordinal",
                (json.dumps(list(paper_ids)),),
            ):
                found.setdefault(row[1], []).append(_passage(*row))
        return {paper_id: tuple(found[paper_id]) for paper_id in paper_ids if paper_id in found}

    def statistics(self) -> Statistics:
        with self._database.reading() as db:
            return statistics(db)

    def counted(self) -> Catalogued:
        """What the indexes have to match in number."""
        with self._database.reading() as db:
            return catalogued(db)

    def spread(self, scope: Scope = EVERYTHING, *, most: int = 10) -> Spread:
        """How the ready papers within `scope` spread over months, sources and organisations."""
        with self._database.reading() as db:
            return spread(db, scope, most)

    def organizations(self) -> list[str]:
        """Every organisation that a ready paper names."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT DISTINCT organization FROM papers "
                "WHERE state = 'ready' AND organization IS NOT NULL"
            )
            return [name for (name,) in rows]

    def embedding(self) -> Embedding | None:
        """What the vectors were made with; None on a shelf that never had any."""
        with self._database.reading() as db:
            row = db.execute("SELECT value FROM meta WHERE name = 'embedding'").fetchone()
        return None if row is None else Embedding(**json.loads(row[0]))

    def set_embedding(self, embedding: Embedding) -> None:
        """Changes what vectors are made with: every paper is to be indexed anew."""
        value = json.dumps(asdict(embedding))
        with self._database.writing() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES ('embedding', ?)", (value,))
            db.execute("DELETE FROM passages")
            db.execute("UPDATE papers SET state = 'pending' WHERE state = 'ready'")

    def damage(self) -> str | None:
        """What is wrong with the file itself, or None."""
        return self._database.damage()

    def close(self) -> None:
        self._database.close()

    def _ids(self, scope: Scope) -> set[str]:
        with self._database.reading() as db:
            wanted = condition(db, scope)
            return {row[0] for row in db.execute(select("id", wanted), wanted.values)}


def _mark_ready(db: Connection, paper: Paper, passages: Sequence[Passage]) -> bool:
    row = db.execute(
        "UPDATE papers SET state = 'ready', "
        "names_stale = CASE WHEN details = ? THEN 0 ELSE names_stale END "
        "WHERE id = ? AND state <> 'removing' AND title = ? AND abstract = ? RETURNING id",
        (dump_details(paper), paper.id, paper.title, paper.abstract),
    ).fetchone()
    if row is None:
        return False
    db.execute("DELETE FROM passages WHERE paper_id = ?", (paper.id,))
    db.executemany(
        "INSERT INTO passages (id, paper_id, ordinal, start, stop) VALUES (?, ?, ?, ?, ?)",
        [
            (passage.id, paper.id, ordinal, passage.span.start, passage.span.end)
            for ordinal, passage in enumerate(passages)
        ],
    )
    return True


def _passage(passage_id: str, paper_id: str, abstract: str, start: int, stop: int) -> Passage:
    return Passage(passage_id, paper_id, abstract[start:stop], Span(start, stop))

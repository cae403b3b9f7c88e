"""How records enter the catalogue: which paper each belongs to, and what it changes there.

A source's records are kept as they were read ("parts"). A record that its source already gave
changes nothing. One that is new replaces what earlier runs over that source said of the paper,
and joins what this run has said of it: a file may hold a paper twice, and may have been edited.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.store.authorship import enter_authors
from rag.store.database import Connection
from rag.store.identity import (
    TITLE,
    Identity,
    Key,
    contradict,
    identify,
    new_paper_id,
    normal_text,
    title_key,
)
from rag.store.merging import Sourced, across_sources, within_source
from rag.store.payload import digest, dump_details, dump_record, load_paper, load_record
from rag.types import Paper, Published, Record

JOIN = (
    "UPDATE OR IGNORE records SET paper_id = ? WHERE paper_id = ?",
    "UPDATE OR IGNORE aliases SET paper_id = ? WHERE paper_id = ?",
    "UPDATE parts SET paper_id = ? WHERE paper_id = ?",
    "UPDATE redirects SET paper_id = ? WHERE paper_id = ?",
)
FORGET = (
    "DELETE FROM records WHERE paper_id IN (SELECT value FROM json_each(?))",
    "DELETE FROM parts WHERE paper_id IN (SELECT value FROM json_each(?))",
    "DELETE FROM aliases WHERE paper_id IN (SELECT value FROM json_each(?))",
    "DELETE FROM author_parts WHERE paper_id IN (SELECT value FROM json_each(?))",
    "DELETE FROM passages WHERE paper_id IN (SELECT value FROM json_each(?))",
    "DELETE FROM redirects WHERE paper_id IN (SELECT value FROM json_each(?))",
    "UPDATE papers SET state = 'removing', title = '', abstract = '', details = '{}', "
    "title_key = '', names_stale = 0 WHERE id IN (SELECT value FROM json_each(?))",
)


@dataclass(frozen=True, slots=True)
class Staged:
    """What a record did to its paper; what several records did stands at the first of them."""

    paper: Paper
    is_new: bool = False
    text_changed: bool = False
    metadata_changed: bool = False


class Staging:
    """One transaction's worth of records of one source."""

    def __init__(self, db: Connection, source: str, run: int) -> None:
        self._db = db
        self._source = source
        self._run = run
        self._created: set[str] = set()
        self._touched: set[str] = set()

    def stage(self, records: Sequence[Record]) -> list[Staged]:
        taken = [self._take(record) for record in records]
        ids = [survivor(self._db, paper_id) for paper_id in taken]
        changes = {paper_id: self._settle(paper_id) for paper_id in dict.fromkeys(ids)}
        staged = []
        for paper_id in ids:
            staged.append(changes[paper_id])
            changes[paper_id] = Staged(changes[paper_id].paper)
        return staged

    def _take(self, record: Record) -> str:
        payload = dump_record(record)
        mark = digest(payload)
        known = self._db.execute(
            "UPDATE parts SET run = ? WHERE source = ? AND digest = ? RETURNING paper_id",
            (self._run, self._source, mark),
        ).fetchone()
        if known is not None:
            return str(known[0])
        clean = load_record(payload)
        paper_id = self._place(identify(self._source, clean), clean.title)
        self._touched.add(paper_id)
        self._db.execute(
            "DELETE FROM parts WHERE source = ? AND paper_id = ? AND run <> ?",
            (self._source, paper_id, self._run),
        )
        self._db.execute(
            "INSERT INTO parts (source, digest, paper_id, payload, run) VALUES (?, ?, ?, ?, ?)",
            (self._source, mark, paper_id, payload, self._run),
        )
        return paper_id

    def _place(self, identity: Identity, title: str) -> str:
        matches = self._matches(identity)
        wanted = new_paper_id(identity, title)
        paper_id = self._unite(matches) if matches else self._create(wanted)
        self._db.executemany(
            "INSERT OR IGNORE INTO aliases (scheme, value, paper_id) VALUES (?, ?, ?)",
            [(*key, paper_id) for key in identity.keys],
        )
        return paper_id

    def _matches(self, identity: Identity) -> list[str]:
        """Papers that share a key, those of the most trusted identifier first."""
        found: dict[str, None] = {}
        for key in identity.keys:
            for (paper_id,) in self._db.execute(
                "SELECT paper_id FROM aliases JOIN papers ON papers.id = paper_id "
                "WHERE scheme = ? AND value = ? ORDER BY papers.number",
                key,
            ).fetchall():
                if key[0] != TITLE or not contradict(identity.keys, self._keys(paper_id)):
                    found.setdefault(paper_id)
        return list(found)

    def _unite(self, matches: list[str]) -> str:
        """Joins the papers that a record shows to be one; the oldest keeps its id."""
        same, keys = [matches[0]], self._keys(matches[0])
        for other in matches[1:]:
            theirs = self._keys(other)
            if not contradict(keys, theirs):
                same.append(other)
                keys += theirs
        oldest = min(same, key=self._number) if len(same) > 1 else same[0]
        for paper_id in same:
            if paper_id != oldest:
                self._join(paper_id, oldest)
        return oldest

    def _join(self, former: str, into: str) -> None:
        for statement in JOIN:
            self._db.execute(statement, (into, former))
        forget(self._db, [former])
        self._db.execute("INSERT OR REPLACE INTO redirects VALUES (?, ?)", (former, into))
        self._created.discard(former)

    def _create(self, wanted: str) -> str:
        paper_id, copy = wanted, 1
        while self._is_taken(paper_id):
            copy += 1
            paper_id = f"{wanted}-{copy}"
        self._db.execute(
            "INSERT INTO papers (id, state) VALUES (?, 'pending') "
            "ON CONFLICT (id) DO UPDATE SET state = 'pending'",
            (paper_id,),
        )
        self._created.add(paper_id)
        return paper_id

    def _is_taken(self, paper_id: str) -> bool:
        row = self._db.execute(
            "SELECT 1 FROM papers WHERE id = ?1 AND state <> 'removing' "
            "UNION SELECT 1 FROM redirects WHERE former = ?1",
            (paper_id,),
        ).fetchone()
        return row is not None

    def _keys(self, paper_id: str) -> list[Key]:
        return self._db.execute(
            "SELECT scheme, value FROM aliases WHERE paper_id = ?", (paper_id,)
        ).fetchall()

    def _number(self, paper_id: str) -> int:
        row = self._db.execute("SELECT number FROM papers WHERE id = ?", (paper_id,)).fetchone()
        return int(row[0])

    def _settle(self, paper_id: str) -> Staged:
        """Brings a paper in line with its records, once a call."""
        is_new = paper_id in self._created
        before = None if is_new else read_paper(self._db, paper_id)
        if before is not None and paper_id not in self._touched:
            return Staged(before)
        paper = across_sources(paper_id, self._sourced(paper_id))
        if before is None:
            write_paper(self._db, paper, text_changed=True, names_changed=True)
            return Staged(paper, is_new=True, text_changed=True)
        text_changed = (paper.title, paper.abstract) != (before.title, before.abstract)
        write_paper(
            self._db,
            paper,
            text_changed=text_changed,
            names_changed=(paper.authors, paper.organization)
            != (before.authors, before.organization),
        )
        same_text = replace(before, title=paper.title, abstract=paper.abstract)
        return Staged(paper, text_changed=text_changed, metadata_changed=same_text != paper)

    def _sourced(self, paper_id: str) -> list[Sourced]:
        parts: dict[str, list[Record]] = {}
        for source, payload in self._db.execute(
            "SELECT source, payload FROM parts WHERE paper_id = ? ORDER BY number",
            (paper_id,),
        ):
            parts.setdefault(source, []).append(load_record(payload))
        known = {
            source: (changed, mark)
            for source, changed, mark in self._db.execute(
                "SELECT source, changed, digest FROM records WHERE paper_id = ? ORDER BY arrival",
                (paper_id,),
            )
        }
        order = [*known, *(source for source in parts if source not in known)]
        return [self._said(paper_id, source, parts[source], known.get(source)) for source in order]

    def _said(
        self,
        paper_id: str,
        source: str,
        parts: Sequence[Record],
        known: tuple[int, bytes] | None,
    ) -> Sourced:
        record = within_source(parts)
        mark = digest(dump_record(record))
        if known is not None and known[1] == mark:
            return Sourced(source, known[0], record)
        changed = count_up(self._db, "changes")
        self._db.execute(
            "INSERT INTO records (source, paper_id, changed, digest) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (source, paper_id) DO UPDATE "
            "SET changed = excluded.changed, digest = excluded.digest",
            (source, paper_id, changed, mark),
        )
        return Sourced(source, changed, record)


def count_up(db: Connection, name: str) -> int:
    """The next number of a series that never repeats."""
    row = db.execute(
        "INSERT INTO meta (name, value) VALUES (?, 1) "
        "ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
        (name,),
    ).fetchone()
    return int(row[0])


def survivor(db: Connection, paper_id: str) -> str:
    """The paper that an id means today."""
    row = db.execute("SELECT paper_id FROM redirects WHERE former = ?", (paper_id,)).fetchone()
    return paper_id if row is None else str(row[0])


def forget(db: Connection, ids: Iterable[str]) -> None:
    """Leaves nothing of these papers but a note that the indexes still have to drop them."""
    wanted = (json.dumps(list(ids)),)
    for statement in FORGET:
        db.execute(statement, wanted)


def read_paper(db: Connection, paper_id: str) -> Paper | None:
    row = db.execute(
        "SELECT id, title, abstract, details FROM papers WHERE id = ? AND state <> 'removing'",
        (paper_id,),
    ).fetchone()
    return None if row is None else load_paper(*row)


def write_paper(db: Connection, paper: Paper, *, text_changed: bool, names_changed: bool) -> None:
    """Records a paper; text that changed has to be indexed before it is found again."""
    published = paper.published or Published()
    if text_changed:
        db.execute("DELETE FROM passages WHERE paper_id = ?", (paper.id,))
    db.execute(
        "UPDATE papers SET title = ?, abstract = ?, details = ?, title_key = ?, "
        "year = ?, month = ?, day = ?, organization = ?, organization_key = ?, upvotes = ?, "
        "state = CASE WHEN ? THEN 'pending' ELSE state END, names_stale = names_stale OR ? "
        "WHERE id = ?",
        (
            paper.title,
            paper.abstract,
            dump_details(paper),
            title_key(paper.title, paper.abstract)[1],
            published.year,
            published.month,
            published.day,
            paper.organization,
            normal_text(paper.organization or ""),
            paper.upvotes,
            text_changed,
            names_changed,
            paper.id,
        ),
    )
    if names_changed:
        enter_authors(db, paper.id, paper.authors)

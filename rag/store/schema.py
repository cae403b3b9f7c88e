"""The tables of the catalogue, and the steps that bring an older one up to date."""

from __future__ import annotations

from collections.abc import Sequence

from rag.store.authorship import AUTHOR_COUNT, enter_all_authors
from rag.store.database import Step

MIGRATIONS: tuple[Sequence[Step], ...] = (
    (
        """
        CREATE TABLE papers (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            state TEXT NOT NULL CHECK (state IN ('pending', 'ready', 'removing')),
            title TEXT NOT NULL DEFAULT '',
            abstract TEXT NOT NULL DEFAULT '',
            details TEXT NOT NULL DEFAULT '{}',
            title_key TEXT NOT NULL DEFAULT '',
            year INTEGER,
            month INTEGER,
            day INTEGER,
            organization TEXT,
            organization_key TEXT,
            upvotes INTEGER,
            names_stale INTEGER NOT NULL DEFAULT 0
        )
        """,
        "CREATE INDEX papers_unfinished ON papers (state, number) WHERE state <> 'ready'",
        "CREATE INDEX papers_stale ON papers (number) WHERE names_stale",
        "CREATE INDEX papers_scope ON papers (year, month, day, organization_key, state, id)",
        "CREATE INDEX papers_title ON papers (title_key)",
        # What each source says of a paper; `changed` orders the changes of all sources.
        """
        CREATE TABLE records (
            arrival INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            paper_id TEXT NOT NULL,
            changed INTEGER NOT NULL,
            digest BLOB NOT NULL,
            UNIQUE (source, paper_id)
        )
        """,
        "CREATE INDEX records_paper ON records (paper_id)",
        # The records as they were read: several parts make what a source says of a paper.
        """
        CREATE TABLE parts (
            number INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            digest BLOB NOT NULL,
            paper_id TEXT NOT NULL,
            payload TEXT NOT NULL,
            run INTEGER NOT NULL,
            UNIQUE (source, digest)
        )
        """,
        "CREATE INDEX parts_paper ON parts (paper_id)",
        """
        CREATE TABLE aliases (
            scheme TEXT NOT NULL,
            value TEXT NOT NULL,
            paper_id TEXT NOT NULL,
            PRIMARY KEY (scheme, value, paper_id)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX aliases_paper ON aliases (paper_id)",
        # Ids of papers that turned out to be another paper.
        "CREATE TABLE redirects (former TEXT PRIMARY KEY, paper_id TEXT NOT NULL) WITHOUT ROWID",
        "CREATE INDEX redirects_paper ON redirects (paper_id)",
        """
        CREATE TABLE passages (
            id TEXT PRIMARY KEY,
            paper_id TEXT NOT NULL,
            ordinal INTEGER NOT NULL,
            start INTEGER NOT NULL,
            stop INTEGER NOT NULL
        ) WITHOUT ROWID
        """,
        "CREATE INDEX passages_paper ON passages (paper_id, ordinal)",
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID",
    ),
    (
        # Words of authors' names, folded; to be entered anew when they are cut in another way.
        """
        CREATE TABLE author_parts (
            part TEXT NOT NULL,
            paper_id TEXT NOT NULL,
            PRIMARY KEY (part, paper_id)
        ) WITHOUT ROWID
        """,
        enter_all_authors,
        "CREATE INDEX author_parts_paper ON author_parts (paper_id)",
        # Used only where the query's expression is this one to the letter.
        f"CREATE INDEX papers_author_count ON papers ({AUTHOR_COUNT}) WHERE state = 'ready'",
        "CREATE INDEX papers_upvotes ON papers (upvotes) WHERE state = 'ready'",
    ),
)

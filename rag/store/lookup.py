"""Which paper a person means by what they typed."""

from __future__ import annotations

import difflib
import json
from typing import Literal

from rag.errors import PaperNotFoundError
from rag.store.database import Connection
from rag.store.identity import guesses, normal_title
from rag.store.staging import read_paper, survivor
from rag.types import Paper

CLOSE_MATCHES = 3
SIMILAR_ENOUGH = 0.6
LONGEST_GUESS = 200
LONGEST_SHOWN = 80
SLACK = 4
CANDIDATES = 2000
SHORTEST_WORD = 3
LAST_CHARACTER = "\U0010ffff"


def resolve(db: Connection, text: str) -> Paper:
    """By id, identifier, exact title or the beginning of an id, whichever names one paper."""
    wanted = text.strip()
    for lookup in (_by_id, _by_identity, _by_beginning):
        ids = lookup(db, wanted)
        if len(ids) > 1:
            raise PaperNotFoundError(_ambiguous(wanted[:LONGEST_SHOWN], ids))
        if ids and (paper := read_paper(db, survivor(db, ids[0]))) is not None:
            return paper
    raise PaperNotFoundError(_unknown(db, wanted))


def _by_id(db: Connection, wanted: str) -> list[str]:
    rows = db.execute(
        "SELECT id FROM papers WHERE id IN (?1, ?2) AND state <> 'removing' "
        "UNION SELECT paper_id FROM redirects WHERE former IN (?1, ?2)",
        (wanted, wanted.lower()),
    )
    return [str(row[0]) for row in rows]


def _by_identity(db: Connection, wanted: str) -> list[str]:
    for key in guesses(wanted):
        rows = db.execute(
            "SELECT paper_id FROM aliases WHERE scheme = ? AND value = ? ORDER BY paper_id",
            key,
        ).fetchall()
        if rows:
            return [str(row[0]) for row in rows]
    return []


def _by_beginning(db: Connection, wanted: str) -> list[str]:
    return _beginning_with(db, "id", wanted.lower()) if wanted else []


def _beginning_with(db: Connection, column: Literal["id", "title_key"], start: str) -> list[str]:
    rows = db.execute(
        f"SELECT id FROM papers WHERE {column} >= ? AND {column} < ? "  # noqa: S608
        "AND state <> 'removing' ORDER BY id LIMIT ?",
        (start, start + LAST_CHARACTER, CANDIDATES),
    )
    return [str(row[0]) for row in rows]


def _ambiguous(wanted: str, ids: list[str]) -> str:
    count = f"{CANDIDATES} or more" if len(ids) == CANDIDATES else str(len(ids))
    shown = ", ".join(ids[:CLOSE_MATCHES])
    more = ", …" if len(ids) > CLOSE_MATCHES else ""
    return f"{wanted!r} fits {count} papers ({shown}{more}). Type a whole id."


def _unknown(db: Connection, wanted: str) -> str:
    sentence = f"No paper on the shelf is called {wanted[:LONGEST_SHOWN]!r}."
    close = "; ".join(f"{paper_id} ({title})" for paper_id, title in _close(db, wanted))
    return f"{sentence} Did you mean: {close}?" if close else sentence


def _close(db: Connection, wanted: str) -> list[tuple[str, str]]:
    """Papers whose id or title begins much like what was typed, then those that share a word."""
    key = normal_title(wanted)[:LONGEST_GUESS]
    sharing = _sharing_a_word(db, wanted)
    titles = _titles(
        db,
        *_beginning_with(db, "id", wanted.lower()[:1]),
        *_beginning_with(db, "title_key", key[:1]),
        *sharing,
    )
    names: dict[str, str] = {}
    for paper_id, title in titles.items():
        for name in (paper_id, title):
            names.setdefault(normal_title(name)[: len(key) + SLACK], paper_id)
    alike = difflib.get_close_matches(key, names, CLOSE_MATCHES, SIMILAR_ENOUGH)
    close = dict.fromkeys([*(names[name] for name in alike), *sharing])
    return [(paper_id, titles[paper_id]) for paper_id in list(close)[:CLOSE_MATCHES]]


def _titles(db: Connection, *ids: str) -> dict[str, str]:
    """The title of each, in their order; read alone, as there may be thousands."""
    rows = db.execute(
        "SELECT papers.id, title FROM json_each(?) CROSS JOIN papers ON papers.id = value "
        "ORDER BY key",
        (json.dumps(ids),),
    )
    return dict(rows.fetchall())


def _sharing_a_word(db: Connection, wanted: str) -> list[str]:
    words = sorted({normal_title(word)[:LONGEST_GUESS] for word in wanted.split()}, key=len)
    ids: list[str] = []
    for word in [word for word in reversed(words) if len(word) >= SHORTEST_WORD][:CLOSE_MATCHES]:
        rows = db.execute(
            "SELECT id FROM papers WHERE instr(title_key, ?) > 0 AND state <> 'removing' LIMIT ?",
            (word, CANDIDATES),
        )
        ids += [str(row[0]) for row in rows]
    return ids

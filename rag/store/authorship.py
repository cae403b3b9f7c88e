"""Whether one of a paper's authors is the person that somebody typed."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from rag.store.conditions import Condition
from rag.store.database import Connection
from rag.store.identity import normal_text

AUTHOR_COUNT = (
    "coalesce(json_extract(details, '$.author_count'), "
    "nullif(json_array_length(details, '$.authors'), 0))"
)
ENTER = "INSERT INTO author_parts (part, paper_id) VALUES (?, ?)"
_WORD = re.compile(r"\w[\w'’-]*")
_STROKED = str.maketrans("łøđ", "lod")  # letters that Unicode does not take apart


def written_by(db: Connection, name: str) -> Condition:
    """Papers one of whose authors is called so: "Hinton", "G. Hinton", "Hinton, Geoffrey"."""
    db.create_function("is_written_by", 2, _is_written_by, deterministic=True)
    return Condition(
        "id IN (SELECT paper_id FROM author_parts WHERE part IN (SELECT value FROM json_each(?))) "
        "AND is_written_by(json_extract(details, '$.authors'), ?)",
        (json.dumps(_whole(_parts(name))), name),
    )


def enter_authors(db: Connection, paper_id: str, authors: Iterable[str]) -> None:
    """Makes these the authors by whose names `written_by` looks for a paper."""
    db.execute("DELETE FROM author_parts WHERE paper_id = ?", (paper_id,))
    db.executemany(ENTER, _entries(paper_id, authors))


def enter_all_authors(db: Connection) -> None:
    """Does so for every paper of a catalogue that has none yet."""
    rows = db.execute("SELECT id, json_extract(details, '$.authors') FROM papers")
    entries = [entry for paper_id, said in rows for entry in _entries(paper_id, _read(said))]
    # In order: otherwise every entry would go to another page of the file.
    db.executemany(ENTER, sorted(entries))


def _entries(paper_id: str, authors: Iterable[str]) -> set[tuple[str, str]]:
    return {(part, paper_id) for name in authors for part in _whole(_parts(name))}


def _is_written_by(authors: str | None, name: str) -> bool:
    wanted = _parts(name)
    return any(_is_called(_parts(one), wanted) for one in _read(authors))


def _read(authors: str | None) -> list[str]:
    return json.loads(authors) if authors else []


def _whole(parts: Iterable[str]) -> list[str]:
    """Without initials, which alone are nobody's name."""
    return [part for part in parts if len(part) > 1]


def _is_called(author: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Each part stands in the author's name, one of them in full; an initial fits a whole name."""
    is_known = any(part in author for part in _whole(wanted))
    return is_known and all(any(_fits(part, own) for own in author) for part in wanted)


def _fits(part: str, own: str) -> bool:
    return part == own or (min(len(part), len(own)) == 1 and part[0] == own[0])


@lru_cache(4096)
def _parts(name: str) -> tuple[str, ...]:
    """The parts of a name without case, accents and dots."""
    apart = unicodedata.normalize("NFKD", normal_text(name).translate(_STROKED))
    plain = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return tuple(_WORD.findall(plain))

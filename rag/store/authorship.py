"""Whether one of a paper's authors is the person that somebody typed."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache

from rag.store.conditions import Condition
from rag.store.database import Connection
from rag.store.identity import folded

AUTHOR_COUNT = (
    "coalesce(json_extract(details, '$.author_count'), "
    "nullif(json_array_length(details, '$.authors'), 0))"
)
_WORD = re.compile(r"\w[\w'’-]*")
_STROKED = str.maketrans("łøđ", "lod")  # letters that Unicode does not take apart


def written_by(db: Connection, name: str) -> Condition:
    """Papers one of whose authors is called so: "Hinton", "G. Hinton", "Hinton, Geoffrey"."""
    db.create_function("is_written_by", 2, _is_written_by, deterministic=True)
    authors = "json_extract(details, '$.authors')"
    return Condition(f"{authors} <> '[]' AND is_written_by({authors}, ?)", (name,))


def _is_written_by(authors: str | None, name: str) -> bool:
    wanted = _parts(name)
    if not wanted or _cannot_be(authors or "", wanted):
        return False
    return any(_is_called(_parts(one), wanted) for one in json.loads(authors or "[]"))


def _cannot_be(authors: str, wanted: tuple[str, ...]) -> bool:
    """Told from the letters alone, which spares most papers being taken apart."""
    if not authors.isascii():
        return False
    written = authors.lower()
    return not any(part in written for part in wanted if len(part) > 1)


def _is_called(author: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Each part stands in the author's name, one of them in full; an initial fits a whole name."""
    whole = [part for part in wanted if len(part) > 1 and part in author]
    return bool(whole) and all(any(_fits(part, own) for own in author) for part in wanted)


def _fits(part: str, own: str) -> bool:
    return part == own or (min(len(part), len(own)) == 1 and part[0] == own[0])


@lru_cache(4096)
def _parts(name: str) -> tuple[str, ...]:
    """The parts of a name without case, accents and dots."""
    apart = unicodedata.normalize("NFKD", folded(name).translate(_STROKED))
    plain = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return tuple(_WORD.findall(plain))

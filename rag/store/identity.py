"""Which paper a record is: its identifiers, its title, and the id that a new paper gets.

Two records are the same paper if they share an arXiv id, a DOI or a PubMed id, or if their
titles agree and no identifier contradicts it. The scheme "id" is a source's own numbering: it
identifies, and contradicts, only within that source.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

from rag.language.identifiers import arxiv_id, doi, pmid
from rag.types import Record

Key: TypeAlias = tuple[str, str]

TITLE = "title"
SCHEMES = ("arxiv", "doi", "pmid", "id")
SLUG_WORDS = 3
LONGEST_SLUG = 40


@dataclass(frozen=True, slots=True)
class Identity:
    """What a record is known by; `identifiers` stand in the order in which they are trusted."""

    identifiers: tuple[Key, ...]
    title: Key

    @property
    def keys(self) -> tuple[Key, ...]:
        return (*self.identifiers, self.title)


def identify(source: str, record: Record) -> Identity:
    """What `record` of `source` is known by."""
    found = {
        _identifier(source, scheme.strip().lower(), value) for scheme, value in record.identifiers
    }
    known = sorted(key for key in found if key is not None)
    known.sort(key=lambda key: SCHEMES.index(key[0].partition(":")[0]))
    return Identity(tuple(known), title_key(record.title, record.abstract))


def normal_text(text: str) -> str:
    """A text without case, presentation forms and superfluous spaces."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(plain.split())


def normal_title(title: str) -> str:
    """Only the letters and digits of a title, without case or presentation forms."""
    return "".join(letter for letter in normal_text(title) if letter.isalnum())


def title_key(title: str, abstract: str = "") -> Key:
    """A title as a key; the abstract stands in for a title without a letter or digit."""
    return TITLE, normal_title(title) or f"~{_digest(normal_title(abstract))}"


def guesses(text: str) -> tuple[Key, ...]:
    """The keys that something typed by a person may mean."""
    keys = (_identifier("", scheme, text) for scheme in ("arxiv", "doi", "pmid"))
    return (*(key for key in keys if key is not None), title_key(text))


def contradict(one: Iterable[Key], other: Iterable[Key]) -> bool:
    """Whether both know an identifier of one scheme, and agree on none."""
    mine, theirs = _by_scheme(one), _by_scheme(other)
    return any(mine[scheme].isdisjoint(theirs[scheme]) for scheme in mine.keys() & theirs.keys())


def new_paper_id(identity: Identity, title: str) -> str:
    """The id of a paper first seen as this: typeable, and the same whenever it is asked."""
    for scheme, value in identity.identifiers:
        if scheme == "arxiv" and arxiv_id(value):
            return value.replace("/", "-")
    return f"{_slug(title)}-{_digest(identity.title[1])[:6]}"


def _identifier(source: str, scheme: str, value: str) -> Key | None:
    value = value.strip()
    match scheme:
        case "arxiv":
            return _known(scheme, arxiv_id(value) or value.lower())
        case "doi":
            number = doi(value) or value.lower()
            arxiv = arxiv_id(number)
            return ("arxiv", arxiv) if arxiv else _known(scheme, number)
        case "pmid":
            return _known(scheme, pmid(value) or value)
        case "id":
            return _known(f"id:{source}", value)
        case _:
            return None


def _known(scheme: str, value: str) -> Key | None:
    return (scheme, value) if value else None


def _by_scheme(keys: Iterable[Key]) -> dict[str, set[str]]:
    values: dict[str, set[str]] = defaultdict(set)
    for scheme, value in keys:
        if scheme != TITLE:
            values[scheme].add(value)
    return values


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    return "-".join(words[:SLUG_WORDS])[:LONGEST_SLUG].strip("-") or "paper"


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()

"""Records and papers as JSON, the form in which the catalogue keeps them."""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from rag.language.words import whole
from rag.types import Paper, Published, Record


def dump_record(record: Record) -> str:
    """A record without its line; what UTF-8 cannot hold (half a surrogate pair) becomes `?`."""
    fields = asdict(record)
    del fields["line"]
    return whole(json.dumps(fields, ensure_ascii=False, sort_keys=True))


def load_record(payload: str) -> Record:
    """The record that `dump_record` wrote."""
    fields = json.loads(payload)
    return Record(title=fields["title"], abstract=fields["abstract"], **_details(fields))


def dump_details(paper: Paper) -> str:
    """What a paper says besides its text."""
    fields = asdict(paper)
    for column in ("id", "title", "abstract"):
        del fields[column]
    return json.dumps(fields, ensure_ascii=False)


def load_paper(paper_id: str, title: str, abstract: str, details: str) -> Paper:
    """The paper whose details `dump_details` wrote."""
    fields = json.loads(details)
    sources = tuple(fields["sources"])
    return Paper(id=paper_id, title=title, abstract=abstract, sources=sources, **_details(fields))


def digest(payload: str) -> bytes:
    """What tells one payload from another."""
    return sha256(payload.encode("utf-8")).digest()[:16]


def _details(fields: dict[str, Any]) -> dict[str, Any]:
    published = fields["published"]
    return {
        "authors": tuple(fields["authors"]),
        "author_count": fields["author_count"],
        "organization": fields["organization"],
        "published": None if published is None else Published(**published),
        "upvotes": fields["upvotes"],
        "url": fields["url"],
        "identifiers": tuple((scheme, value) for scheme, value in fields["identifiers"]),
    }

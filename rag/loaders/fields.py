"""Makes a record of named values, whatever the source calls them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rag.loaders.dates import date_of, parse_date
from rag.loaders.identifiers import identify, web_address
from rag.loaders.people import number_of, read_authors, read_organization
from rag.loaders.text import accepted, clean
from rag.types import Fault, Published, Record

TITLE = ("title",)
ABSTRACT = ("abstract", "text", "summary")

_AUTHORS = ("authorsparsed", "authors", "author")
_AUTHOR_COUNT = ("authorcount", "numauthors")
_ORGANIZATION = ("organization", "organisation")
_DATES = ("published", "publicationdate", "publishedat", "publisheddate", "date", "created")
_URL = ("url", "link")
_IDENTIFIERS = {
    "arxiv": "arxiv",
    "arxivid": "arxiv",
    "doi": "doi",
    "pmid": "pmid",
    "pubmedid": "pmid",
    "id": "id",
    "paperid": "id",
    "url": "url",
    "link": "url",
}
_MOST = 10**9
_LONGEST_NAME = 64


def read_record(values: Mapping[str, object], *, source: str, line: int) -> Record | Fault:
    """The paper that `values` describe; only a title and an abstract must be among them.

    Names count without regard to case, underscores and the like. Values under `metadata`
    count where there are none beside it, values under `paper` before those beside it.
    """
    fields = _flat(values)
    title, abstract = _first(fields, TITLE), _first(fields, ABSTRACT)
    if not isinstance(title, str) or not isinstance(abstract, str):
        what, value = ("title", title) if not isinstance(title, str) else ("abstract", abstract)
        return Fault(source, line, _why_not_text(what, value))
    authors = read_authors(_first(fields, _AUTHORS))
    identifiers = identify((s, fields[name]) for name, s in _IDENTIFIERS.items() if name in fields)
    record = Record(
        title=clean(title),
        abstract=clean(abstract),
        authors=authors,
        author_count=_count(_first(fields, _AUTHOR_COUNT)) or number_of(authors),
        organization=read_organization(_first(fields, _ORGANIZATION)),
        published=_published(fields),
        upvotes=_count(fields.get("upvotes")),
        url=web_address(_first(fields, _URL), identifiers),
        identifiers=identifiers,
        line=line,
    )
    return accepted(record, source)


@lru_cache(maxsize=1024)
def canonical(name: str) -> str:
    """`name` in lower case, letters and digits only."""
    return "".join(filter(str.isalnum, name)).lower()


def _flat(values: Mapping[str, object]) -> dict[str, object]:
    flat = _named(values)
    paper, metadata = flat.get("paper"), flat.get("metadata")
    if isinstance(paper, dict):
        flat |= _named(paper)
    return _named(metadata) | flat if isinstance(metadata, dict) else flat


def _named(values: Mapping[str, object]) -> dict[str, object]:
    named: dict[str, object] = {}
    for name, value in values.items():
        if value is not None and value != "" and len(name) <= _LONGEST_NAME:
            named.setdefault(canonical(name), value)
    return named


def _first(fields: Mapping[str, object], names: Iterable[str]) -> object:
    return next((fields[name] for name in names if name in fields), None)


def _why_not_text(what: str, value: object) -> str:
    if value is None:
        return f"There is no {what}."
    return f"The {what} is not text but {_KINDS.get(type(value), 'something else')}."


_KINDS = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}


def _published(fields: Mapping[str, object]) -> Published | None:
    dates = (parse_date(fields[name]) for name in _DATES if name in fields)
    if date := next(filter(None, dates), None):
        return date
    match fields.get("versions"):
        case [{"created": created}, *_] if date := parse_date(created):
            return date
    if "year" in fields or "month" in fields:
        return date_of(fields.get("year"), fields.get("month"), fields.get("day"))
    return parse_date(fields.get("listed"))


def _count(value: object) -> int | None:
    match value:
        case bool():
            return None
        case int() if 0 <= value <= _MOST:
            return value
        case float() if value.is_integer() and 0 <= value <= _MOST:
            return int(value)
        case str() if re.fullmatch(r"\s*\d{1,9}(?:\.0)?\s*", value, re.ASCII):
            return int(float(value))
        case _:
            return None

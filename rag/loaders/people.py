"""Reads names of authors and organisations, as the sources write them."""

from __future__ import annotations

import re

from rag.loaders.text import clean


def read_authors(value: object) -> tuple[str, ...]:
    """The names in a list, of whatever make, or in one string; none where there are none."""
    match value:
        case str():
            names = _split_names(value)
        case list():
            names = [_name(item) for item in value]
        case _:
            return ()
    return tuple(filter(None, map(clean, names)))


def number_of(authors: tuple[str, ...]) -> int | None:
    """How many there are, unless the list says itself that it is not complete."""
    unnamed = authors[-1:] and authors[-1].lower().rstrip(".") in ("others", "et al")
    return None if unnamed else len(authors) or None


def read_organization(value: object) -> str | None:
    """The name of an organisation, given as it is or in an object."""
    match value:
        case str(name) | {"fullname": str(name)} | {"name": str(name)}:
            return clean(name) or None
        case _:
            return None


def _split_names(text: str) -> list[str]:
    """Names between semicolons or "and"; between commas only where none can part a surname."""
    text = clean(text)
    if ";" in text:
        return text.split(";")
    names = re.split(r",? and ", text)
    pieces = [piece.strip() for name in names for piece in name.split(",")]
    return pieces if len(pieces) > 2 and all(" " in piece for piece in pieces) else names


def _name(item: object) -> str:
    match item:
        case str():
            return item
        case {"name": str(name)}:
            return name
        case [str(last), str(first), *_]:
            return f"{first} {last}"
        case _:
            return ""

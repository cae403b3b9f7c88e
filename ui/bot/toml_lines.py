"""Where a key stands in a TOML file, which the parser does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence

_HEADER = re.compile(r"\s*\[{1,2}(.+?)\]{1,2}\s*(?:#.*)?")
_AT = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")

Path = tuple[str, ...]


def line_of(text: str, path: Sequence[str]) -> int:
    """The line that sets this key, or else the nearest table around it; 1 for the file itself."""
    wanted = tuple(path)
    lines = list(_set(text))
    while wanted:
        for number, found in lines:
            if found[: len(wanted)] == wanted:
                return number
        wanted = wanted[:-1]
    return 1


def parsed_wrongly(text: str, error: tomllib.TOMLDecodeError) -> tuple[int, str]:
    """The line that is no TOML, and why in words."""
    said = str(error)
    at = _AT.search(said)
    line = int(at[1]) if at and at[1] else text.count("\n") + 1
    return line, _AT.sub("", said)


def _set(text: str) -> Iterator[tuple[int, Path]]:
    """The number of each line that opens a table or sets a key, and the path to that."""
    table: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.fullmatch(line):
            table = _path(header[1])
            yield number, table
        elif key := _key(line):
            yield number, (*table, *key)


def _key(line: str) -> Path:
    """What stands before the sign of equality; one in quotes belongs to the key."""
    keys = (_path(line[: sign.start()]) for sign in re.finditer("=", line))
    return next(filter(None, keys), ())


def _path(key: str) -> Path:
    """The parts of a dotted key; none where it is no key, but a line of some text."""
    try:
        level: object = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    parts: list[str] = []
    while isinstance(level, dict):
        name, level = next(iter(level.items()))
        parts.append(name)
    return tuple(parts)

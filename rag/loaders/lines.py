"""Splits content into numbered lines, and says of each line that is unfit what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from rag.loaders.content import Content

MAX_LINE = 8 * 1024 * 1024

_CHUNK = 64 * 1024
_TOO_LONG = f"The line is longer than {MAX_LINE // 1024**2} MiB and was skipped."
_NUL = "The line holds NUL bytes; remove them, or save the file again as UTF-8 text."


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end; where `problem` is set, `text` is at best an approximation."""

    number: int
    text: str
    problem: str | None = None


def lines(content: Content) -> Iterator[Line]:
    """Every line, numbered from 1; the last one is left out where damage cut it."""
    number = 0
    while raw := content.stream.readline(MAX_LINE + 1):
        number += 1
        if raw.endswith(b"\n"):
            yield _line(number, raw)
        elif len(raw) > MAX_LINE:
            _skip_line(content.stream)
            yield Line(number, "", _TOO_LONG)
        elif not content.damage:
            yield _line(number, raw)


def _skip_line(stream: BinaryIO) -> None:
    while (rest := stream.readline(_CHUNK)) and not rest.endswith(b"\n"):
        pass


def _line(number: int, raw: bytes) -> Line:
    raw = raw.rstrip(b"\r\n")
    problem = _NUL if b"\0" in raw else None
    try:
        return Line(number, raw.decode(), problem)
    except UnicodeDecodeError as error:
        return Line(
            number,
            raw.decode(errors="replace"),
            f"Byte {error.start + 1} of the line is not UTF-8; save the file again as UTF-8.",
        )

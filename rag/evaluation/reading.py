"""Reads the files of an evaluation; what is wrong in them is told with its file and line."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from rag.errors import EvaluationError

Kind = TypeVar("Kind")

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, counted from 1."""

    path: Path
    line: int

    def error(self, what: str) -> EvaluationError:
        return EvaluationError(f"{self.path}:{self.line}: {what}")


def read_objects(path: Path, kind: type[Kind]) -> Iterator[tuple[Place, Kind]]:
    """The objects of a JSON Lines file, and where each stands."""
    adapter = TypeAdapter(kind)
    for place, line in read_lines(path):
        try:
            yield place, adapter.validate_json(line)
        except ValidationError as error:
            raise place.error(f"{_sentence(error)} Correct the line, or remove it.") from None


def read_lines(path: Path) -> Iterator[tuple[Place, bytes]]:
    """The lines that are not blank, without their ends; a `.gz` is unpacked on the way."""
    number = 0
    try:
        with _opened(path) as file:
            for number, line in enumerate(file, start=1):
                bare = line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
                if bare.strip():
                    yield Place(path, number), bare.rstrip(b"\r\n")
    except (OSError, EOFError, zlib.error) as error:
        what = f"The file cannot be read on: {error}. Fetch it again, or check its permissions."
        raise Place(path, number + 1).error(what) from error


def _opened(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    if first["type"] == "json_invalid":
        # The JSON of a line is always on its own line 1.
        return f"The line is not JSON: {first['ctx']['error'].replace(' at line 1', ' at')}."
    where = ".".join(map(str, first["loc"])) or "The line"
    return f"{where} is wrong: {first['msg']}."

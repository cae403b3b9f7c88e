"""What a backup says of itself: when and of what it was made, and each file's digest."""

from __future__ import annotations

import json
import platform
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

from rag.errors import ShelfError
from rag.store.shelf import CATALOGUE
from rag.store.tally import Catalogued, catalogued

FORMAT = 1
PARTS = ("footnote", "chromadb", "tantivy")
OTHER_FORMAT = (
    "{file} is a backup of format {format}, and this Footnote reads format {ours}. Restore it "
    "with a newer one."
)
UNREADABLE = "{file} says nothing of itself that can be read, so that it cannot be checked."


class BackupError(ShelfError):
    """A backup cannot be made, or cannot be restored."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A file of a backup: its place below the data directory, its bytes, and their SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`made` is a moment in ISO 8601, `versions` those of Footnote and of what wrote the files."""

    made: str
    versions: tuple[tuple[str, str], ...]
    counts: Catalogued
    files: tuple[Filed, ...] = ()
    format: int = FORMAT

    @property
    def size(self) -> int:
        """Of all files, in bytes."""
        return sum(one.size for one in self.files)

    @classmethod
    def of(cls, snapshot: Path) -> Self:
        """Of a data directory's copy, without its files."""
        versions = tuple((part, version(part)) for part in PARTS)
        made = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(made, (*versions, ("python", platform.python_version())), _counts(snapshot))

    def written(self) -> bytes:
        told = asdict(self) | {"versions": dict(self.versions)}
        return json.dumps(told, indent=1).encode()

    @classmethod
    def read(cls, written: bytes, file: Path) -> Self:
        """Raises BackupError where it is none, or one of a format that is not known."""
        try:
            told = json.loads(written)
            form = int(told["format"])
            if form != FORMAT:
                raise BackupError(OTHER_FORMAT.format(file=file, format=form, ours=FORMAT))
            return cls._parsed(told)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise BackupError(UNREADABLE.format(file=file)) from None

    @classmethod
    def _parsed(cls, told: Any) -> Self:  # noqa: ANN401  (whatever stands in the file)
        files = tuple(
            Filed(str(one["path"]), int(one["size"]), str(one["sha256"])) for one in told["files"]
        )
        versions = tuple((str(part), str(which)) for part, which in told["versions"].items())
        return cls(str(told["made"]), versions, Catalogued(**told["counts"]), files)


def _counts(snapshot: Path) -> Catalogued:
    with closing(sqlite3.connect(snapshot / CATALOGUE)) as db:
        return catalogued(db)

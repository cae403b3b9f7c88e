"""What becomes of a derived index that cannot be read: it says so, and is erased and rebuilt."""

from __future__ import annotations

import shutil
from pathlib import Path

from rag.errors import ShelfError

COMPANIONS = ("-wal", "-shm", "-journal")


class DamagedIndexError(ShelfError):
    """A derived index cannot be read; nothing is lost, for the catalogue can rebuild it."""


def erase(path: Path) -> None:
    """Removes an index, a directory or an SQLite file, that is not open."""
    try:
        if path.is_dir():
            shutil.rmtree(path)
            return
        for companion in ("", *COMPANIONS):
            path.with_name(path.name + companion).unlink(missing_ok=True)
    except OSError as error:
        raise ShelfError(
            f"{path} cannot be removed: {error.strerror or error}. Check the permissions of the "
            "data directory."
        ) from error

"""Files that only their owner reads."""

from __future__ import annotations

import os
from pathlib import Path

from rag.errors import FootnoteError


def private(path: Path, *, what: str) -> Path:
    """Makes the file before SQLite does, so that nobody else reads what was asked.

    `what` is kept there, for the sentence of the FootnoteError that is raised where it cannot be.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        reason = error.strerror or error
        raise FootnoteError(f"{what} cannot be kept in {path}: {reason}.") from None
    return path

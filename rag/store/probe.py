"""Reads the vector index in a process of its own: some damage makes Chroma kill its process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from rag.errors import ShelfError
from rag.store.damage import DamagedIndexError

LONGEST_SECONDS = 1800


def survey(path: Path, kind: str) -> tuple[set[str], list[str]]:
    """The passages that an index lists, and those of them without a vector.

    The index must not be open in any process.
    """
    command = [sys.executable, "-m", "rag.store.probe", str(path), kind]
    try:
        child = subprocess.run(  # noqa: S603  (our own module, no shell)
            command, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        # No damage, for which it would be erased: it may just be large.
        raise ShelfError(
            f"The vector index in {path} was not read within {LONGEST_SECONDS // 60} minutes. "
            "Try again when the machine has less to do."
        ) from error
    if child.returncode:
        said = child.stderr.strip().splitlines() if child.returncode > 0 else []
        reason = said[-1] if said else f"reading it ended with signal {-child.returncode}"
        raise DamagedIndexError(f"The vector index in {path} cannot be used: {reason}.")
    found = json.loads(child.stdout)
    return set(found["ids"]), list(found["lost"])


def _main(path: Path, kind: str) -> None:
    from rag.store.vectors import VectorIndex

    try:
        index = VectorIndex(path, kind)
        found = {"ids": sorted(index.ids()), "lost": index.ids_without_vector()}
        index.close()
    except DamagedIndexError as error:
        sys.exit(str(error.__cause__ or error))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2])

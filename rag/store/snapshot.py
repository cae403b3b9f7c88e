"""A copy of a data directory at one moment, while questions go on and others want to change it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeAlias

from rag.errors import ShelfError
from rag.store.damage import COMPANIONS
from rag.store.indexes import LEXICAL, TOKENS, VECTORS
from rag.store.lock import LOCK, OWNER
from rag.store.shelf import CATALOGUE, Shelf

Check: TypeAlias = Callable[[], None]
PREFIX = ".backup-"
MODELS = "models"
FOUND = "lost+found"  # on every disk of its own
SHELVED = frozenset((CATALOGUE, VECTORS, LEXICAL, TOKENS))
# What is built again, or is of one process alone.
LEFT_OUT = frozenset((MODELS, FOUND, "evaluation", LOCK, OWNER, "owner.tmp", "server.json"))
REPLACED = "before-"  # what a restored backup took the place of
MAGIC = b"SQLite format 3\x00"
PAGES_AT_ONCE = 10_000
ATTEMPTS = 20
PAUSE = 0.1  # seconds


def is_left_out(name: str) -> bool:
    """Whether no backup holds what bears this name, directly in a data directory."""
    return name in LEFT_OUT or name.startswith((".", REPLACED)) or name.endswith(".lock")


@contextmanager
def snapshot(shelf: Shelf, check: Check = lambda: None) -> Iterator[Path]:
    """A folder with the copy, beside what was copied and for its owner alone, until the block ends.

    `check` is called now and then, and may raise. Raises ShelfError where it cannot be made.
    """
    with shelf.at_rest() as home:
        for stale in home.glob(f"{PREFIX}*"):
            shutil.rmtree(stale, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
    try:
        _copy_beside(home, folder, check)
        # Last: papers of a job that is done are on the shelf, and of one that is not, it is gone
        # on with.
        with shelf.at_rest():
            _copy_shelf(home, folder, check)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def is_database(path: Path) -> bool:
    """Whether SQLite wrote it; not where it is gone by now."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except FileNotFoundError:
        return False


def damage_in(folder: Path) -> tuple[Path, str] | None:
    """The first database below that cannot be read whole, and what SQLite says of it."""
    for path in filter(is_database, files_below(folder)):
        try:
            with closing(sqlite3.connect(path)) as db:
                said = [str(row[0]) for row in db.execute("PRAGMA quick_check(1)")]
        except sqlite3.Error as error:
            said = [str(error)]
        if said != ["ok"]:
            return path.relative_to(folder), " ".join(said[0].split())
    return None


def files_below(folder: Path) -> list[Path]:
    """Every file that is one, in order; not what links lead to."""
    # `os.walk` passes over folders that are gone by the time it looks into them.
    found = (Path(top, name) for top, _, names in os.walk(folder) for name in names)
    return sorted(one for one in found if one.is_file() and not one.is_symlink())


def _copy_beside(home: Path, folder: Path, check: Check) -> None:
    """All but the shelf. Files that a database names are there before it, and come after it."""
    _copy_plain(home, folder, check)
    for path in _beside(home):
        if is_database(path):
            _copy_database(path, folder / path.relative_to(home), check)
    _copy_plain(home, folder, check)


def _copy_plain(home: Path, folder: Path, check: Check) -> None:
    for path in _beside(home):
        target = folder / path.relative_to(home)
        try:
            if not (target.exists() or is_database(path)):
                check()
                _copy(path, target)
        except FileNotFoundError:
            continue  # it was there for a moment


def _beside(home: Path) -> Iterator[Path]:
    for top in sorted(home.iterdir()):
        if top.name in SHELVED or is_left_out(top.name) or top.is_symlink():
            continue
        for path in files_below(top) if top.is_dir() else (top,):
            if not path.name.endswith(COMPANIONS):
                yield path


def _copy_shelf(home: Path, folder: Path, check: Check) -> None:
    for name in (CATALOGUE, TOKENS):
        if (home / name).exists():
            _copy_database(home / name, folder / name, check)
    for name in (VECTORS, LEXICAL):
        if (home / name).exists():
            _copy_index(home / name, folder / name, check)


def _copy_index(index: Path, target: Path, check: Check) -> None:
    """Once more where a vendor was still tidying up: tantivy merges on its own."""
    for _ in range(ATTEMPTS):
        before = _state(index)
        try:
            for path in before:
                _copy_either(path, target / path.relative_to(index), check)
            if before == _state(index):
                return
        except FileNotFoundError:
            pass
        shutil.rmtree(target, ignore_errors=True)
        time.sleep(PAUSE)
    raise ShelfError(f"{index} does not come to rest. Try again when less is being added.")


def _state(index: Path) -> dict[Path, tuple[int, int]]:
    """What changes whenever a file does."""
    seen = {}
    for path in files_below(index):
        if not path.name.endswith(COMPANIONS):
            told = path.stat()
            seen[path] = told.st_size, told.st_mtime_ns
    return seen


def _copy_database(path: Path, target: Path, check: Check) -> None:
    """As SQLite copies a file that others write to."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy, pages=PAGES_AT_ONCE, progress=lambda *_: check())
    except sqlite3.Error as error:
        raise ShelfError(f"{path} cannot be copied: {error}. Run `footnote doctor`.") from error
    target.chmod(0o600)


def _copy_either(path: Path, target: Path, check: Check) -> None:
    check()
    if is_database(path):
        _copy_database(path, target, check)
    else:
        _copy(path, target)


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
    target.chmod(0o600)

"""A backup becomes a data directory again: unpacked beside it, proved whole, then put in place."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, TypeAlias

from rag.store.backup import unpacked
from rag.store.health import Health
from rag.store.lock import LOCK, OWNER, Ownership
from rag.store.manifest import BackupError, Manifest
from rag.store.placing import can_be_moved, in_use, put_in_place
from rag.store.shelf import Shelf
from rag.store.snapshot import damage_in

Opening: TypeAlias = Callable[[Path], Shelf]
PREFIX = ".restoring-"
NOT_EMPTY = (
    "{home} is not empty. --replace puts the backup in its place and keeps what is there beside "
    "it; or name another folder with --into."
)
DAMAGED = "{file} holds a {name} that is damaged ({damage}), so that nothing was restored."


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored; `found` is what a check of the shelf said, before it was mended.

    `pending` papers are still to be indexed, `kept` is where that is which was there before.
    """

    manifest: Manifest
    found: Health
    pending: int = 0
    kept: Path | None = None

    @property
    def is_mended(self) -> bool:
        return not all(index.is_healthy for index in self.found.indexes)


def restore(file: Path, home: Path, open_shelf: Opening, *, replace: bool = False) -> Restored:
    """Makes `home` what it was; until everything is proved, nothing there has changed.

    Every byte is compared with the manifest, every database is read, and the indexes have to
    agree with the catalogue; where they do not, they are mended from it. Raises BackupError.
    """
    if in_use(home) and not replace:
        raise BackupError(NOT_EMPTY.format(home=home))
    with _owned(home):
        pass  # to say so before the work, not after it
    with _workplace(home) as folder:
        manifest = unpacked(file, _into(folder))
        _check_databases(folder, file)
        found, pending = _proved(folder, file, open_shelf)
        with _owned(home):
            kept = put_in_place(folder, home)
    return Restored(manifest, found, pending, kept)


@contextmanager
def _workplace(home: Path) -> Iterator[Path]:
    """A folder on the same disk, which can be moved to where `home` is."""
    home.parent.mkdir(parents=True, exist_ok=True)
    if not can_be_moved(home):
        home.mkdir(exist_ok=True)
    beside = home.parent if can_be_moved(home) else home
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=beside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _into(folder: Path) -> Callable[[PurePosixPath], BinaryIO]:
    def keep(path: PurePosixPath) -> BinaryIO:
        target = folder.joinpath(*path.parts)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        return os.fdopen(number, "wb")

    return keep


def _check_databases(folder: Path, file: Path) -> None:
    if found := damage_in(folder):
        name, damage = found
        raise BackupError(DAMAGED.format(file=file, name=name, damage=damage))


def _proved(folder: Path, file: Path, open_shelf: Opening) -> tuple[Health, int]:
    """The shelf is in order when this returns; papers that waited to be indexed wait still."""
    with open_shelf(folder) as shelf:
        found = shelf.check()
        if found.catalogue_damage:
            damage = found.catalogue_damage
            raise BackupError(DAMAGED.format(file=file, name="catalogue", damage=damage))
        if not all(index.is_healthy for index in found.indexes):
            shelf.mend()
        pending = shelf.statistics().pending
    for name in (LOCK, OWNER):
        (folder / name).unlink(missing_ok=True)
    return found, pending


@contextmanager
def _owned(home: Path) -> Iterator[None]:
    """No other process has it open; raises ShelfBusyError where one does."""
    if not home.exists():
        yield
        return
    with Ownership(home):
        yield

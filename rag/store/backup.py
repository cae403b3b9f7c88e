"""Backups: a compressed tar archive of a data directory's copy, which says of itself what it holds.

gzip, because every Python and every tar reads it; what weighs most are vectors, which nothing
compresses much.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path, PurePosixPath
from typing import IO, Protocol, TypeAlias

from rag.store.damage import COMPANIONS
from rag.store.manifest import BackupError, Filed, Manifest
from rag.store.shelf import CATALOGUE
from rag.store.snapshot import damage_in, files_below, is_left_out

INSIDE = "footnote-backup"
MANIFEST = f"{INSIDE}.json"
LEVEL = 1  # of 9: the others take three to ten times as long, and save a few per cent
PIECE = 1024 * 1024
MOST_MANIFEST = 64 * 1024 * 1024
MOST_PADDING = 1024 * 1024  # after the last file; tar pads with zeros
NOT_WHOLE = "{file} is cut off or damaged: {why}. Take another backup."
NO_BACKUP = "{file} is no backup of Footnote: {why}."
NO_SHELF = "There is no catalogue in what was copied, so that there is nothing to back up."
DAMAGED = (
    "{name} in the data directory is damaged ({damage}), so that no backup was made: it could not "
    "be restored. Run `footnote doctor --fix`, or restore an older backup."
)
Keeping: TypeAlias = "Callable[[PurePosixPath], AbstractContextManager[Sink]]"
_BROKEN = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile)


class Sink(Protocol):
    """Whatever bytes can be written to."""

    def write(self, data: bytes, /) -> object: ...


def write(snapshot: Path, sink: Sink) -> Manifest:
    """Writes the copy as an archive, from its first byte to its last; returns what it says.

    Raises BackupError where there is no shelf in it, or where nobody could restore it.
    """
    if not (snapshot / CATALOGUE).exists():
        raise BackupError(NO_SHELF)
    if found := damage_in(snapshot):
        name, damage = found
        raise BackupError(DAMAGED.format(name=name, damage=damage))
    manifest = Manifest.of(snapshot)
    raw = _Written(sink)
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=raw) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        paths = [one for one in files_below(snapshot) if not one.name.endswith(COMPANIONS)]
        files = tuple(_add(archive, one, one.relative_to(snapshot)) for one in paths)
        manifest = Manifest(manifest.made, manifest.versions, manifest.counts, files)
        # Last, as digests are known only then; so an archive that is cut off has none.
        told = manifest.written()
        archive.addfile(_entry(MANIFEST, len(told)), io.BytesIO(told))
    return manifest


def checked(file: Path) -> Manifest:
    """What a backup says of itself, once every byte of it was compared with that.

    Raises BackupError where anything differs, is missing, or is too much.
    """
    return unpacked(file, lambda _: nullcontext(_Nowhere()))


def unpacked(file: Path, keep: Keeping) -> Manifest:
    """The same, and each file is written to what `keep` opens for it; trust none before the end."""
    seen: dict[str, Filed] = {}
    manifest: Manifest | None = None
    with _opened(file) as archive:
        for entry in archive:
            if manifest is not None:
                raise BackupError(NO_BACKUP.format(file=file, why="something follows its end"))
            content = _content(archive, entry)
            if entry.name == MANIFEST:
                manifest = Manifest.read(content.read(MOST_MANIFEST), file)
                continue
            path = _place(entry, file)
            if str(path) in seen:
                raise BackupError(NO_BACKUP.format(file=file, why=f"it holds {str(path)!a} twice"))
            with keep(path) as sink:
                seen[str(path)] = _copied(content, sink, path)
    if manifest is None:
        raise BackupError(NOT_WHOLE.format(file=file, why="its end is missing"))
    told = {one.path: one for one in manifest.files}
    for name in sorted({*seen, *told}):
        if seen.get(name) != told.get(name):
            raise BackupError(NOT_WHOLE.format(file=file, why=f"{name!a} is not as it was"))
    return manifest


class _Written(io.RawIOBase):
    """A sink as gzip wants it."""

    def __init__(self, sink: Sink) -> None:
        super().__init__()
        self._sink = sink

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._sink.write(bytes(data))
        return len(data)


class _Nowhere:
    def write(self, data: bytes, /) -> object:
        return len(data)


class _Digested:
    """Reads a file and digests what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        piece = self._file.read(size)
        self.digest.update(piece)
        return piece


def _add(archive: tarfile.TarFile, path: Path, below: Path) -> Filed:
    told = path.stat()
    entry = _entry(f"{INSIDE}/{below.as_posix()}", told.st_size)
    entry.mtime = int(told.st_mtime)
    with path.open("rb") as file:
        digested = _Digested(file)
        archive.addfile(entry, digested)
    return Filed(below.as_posix(), told.st_size, digested.digest.hexdigest())


def _entry(name: str, size: int) -> tarfile.TarInfo:
    """For nobody but whom it belongs to: there are keys and conversations in it."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    """Read once from the beginning to the end, the digest at its very end included."""
    with file.open("rb") as raw:
        try:
            with gzip.GzipFile(fileobj=raw) as packed:
                with tarfile.open(fileobj=packed, mode="r|") as archive:
                    yield archive
                if len(packed.read(MOST_PADDING + 1)) > MOST_PADDING:
                    raise BackupError(NO_BACKUP.format(file=file, why="something follows its end"))
        except _BROKEN as error:
            raise BackupError(NOT_WHOLE.format(file=file, why=_why(error))) from None


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    """Nothing where it is no file; `_place` says so."""
    return (archive.extractfile(entry) if entry.isreg() else None) or io.BytesIO()


def _place(entry: tarfile.TarInfo, file: Path) -> PurePosixPath:
    """Where an entry belongs; raises BackupError where that is not below a data directory."""
    path = PurePosixPath(entry.name)
    below = path.parts[1:]
    try:
        tarfile.data_filter(entry, INSIDE)
        is_fine = (
            entry.isreg()
            and path.parts[0] == INSIDE
            and entry.name == str(path)
            and not {"..", "."} & set(below)
            and not set("\\:\0") & set(entry.name)
            and not is_left_out(below[0])
        )
    except (tarfile.FilterError, IndexError, ValueError, OSError):
        is_fine = False
    if not is_fine:
        shown = ascii(entry.name[:80])
        raise BackupError(NO_BACKUP.format(file=file, why=f"it holds {shown}"))
    return PurePosixPath(*below)


def _copied(content: IO[bytes], sink: Sink, path: PurePosixPath) -> Filed:
    digested, size = _Digested(content), 0
    while piece := digested.read(PIECE):
        size += len(piece)
        sink.write(piece)
    return Filed(str(path), size, digested.digest.hexdigest())


def _why(error: BaseException) -> str:
    return "it ends too early" if isinstance(error, EOFError) else "it cannot be unpacked"

"""Where a running server says that it owns a data directory, and lets this user's commands in."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import FootnoteError
from rag.store.lock import OWNER

FILE = "server.json"


class AnnouncingError(FootnoteError):
    """Nobody can be told where the server is."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """Where a server listens, the key that opens everything to who may read the file, and who."""

    address: str
    key: str = field(repr=False)
    pid: int


@contextmanager
def announced(home: Path, address: str, key: str) -> Iterator[None]:
    """Until the block ends, `home` says where its server is; the file is for its owner alone.

    Raises AnnouncingError where it cannot be written.
    """
    path, ours = home / FILE, Announcement(address, key, os.getpid())
    try:
        _write(path, ours)
    except OSError as error:
        raise AnnouncingError(
            f"{path} cannot be written: {error.strerror or error}. Make its folder writable, so "
            "that other `footnote` commands find this server."
        ) from None
    try:
        yield
    finally:
        if _parsed(path) == ours:  # a server that came after has its own there
            path.unlink(missing_ok=True)


def read(home: Path) -> Announcement | None:
    """What is announced; None where nothing is, or only by a server that is gone.

    Whether it answers is for the one who connects to find out.
    """
    found = _parsed(home / FILE)
    if found is None or not _is_alive(found.pid):
        return None
    return found if _owner(home) in (None, found.pid) else None


def _write(path: Path, ours: Announcement) -> None:
    """At once or not at all; never, not even for a moment, for others to read."""
    content = {"address": ours.address, "pid": ours.pid, "key": ours.key}
    number, name = tempfile.mkstemp(prefix=f".{FILE}.", dir=path.parent)  # made with mode 0600
    draft = Path(name)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump(content, file)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _parsed(path: Path) -> Announcement | None:
    match _json(path):
        case {"address": str(address), "pid": int(pid), "key": str(key)} if pid > 0:
            return Announcement(address, key, pid)
    return None


def _owner(home: Path) -> int | None:
    """The process that took the lock last; None where it has given it back."""
    match _json(home / OWNER):
        case {"pid": int(pid)}:
            return pid
    return None


def _json(path: Path) -> object:
    with suppress(OSError, ValueError, RecursionError):
        return json.loads(path.read_bytes())
    return None


def _is_alive(pid: int) -> bool:
    if sys.platform == "win32":
        return True  # a signal would end it there; who connects will see
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True

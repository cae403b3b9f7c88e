"""The lifetime lock that makes one process the owner of a data directory."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from rag.errors import ShelfBusyError, ShelfError

LOCK = "owner.lock"
OWNER = "owner.json"
LONGEST_COMMAND = 80
_SECRET_OPTION = re.compile(r"key|token|secret|passw", re.IGNORECASE)
_CREDENTIALS = re.compile(r"//[^/@\s]+@")


class Ownership:
    """Held from construction to `close()`; the system releases it when the process dies."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = _claim(home)

    def close(self) -> None:
        if self._lock.is_locked:
            (self._home / OWNER).unlink(missing_ok=True)
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def presentable(argv: Sequence[str]) -> str:
    """The command line as another user may see it: short, and without secrets."""
    words = [Path(argv[0]).name or "python"] if argv else ["python"]
    hide = False
    for word in argv[1:]:
        option, _, value = word.partition("=")
        secret = word.startswith("-") and _SECRET_OPTION.search(option) is not None
        shown = f"{option}=***" if secret and value else "***" if hide else word
        words.append(_CREDENTIALS.sub("//***@", shown))
        hide = secret and not value
    command = " ".join(words)
    return command if len(command) <= LONGEST_COMMAND else command[: LONGEST_COMMAND - 1] + "…"


def _claim(home: Path) -> FileLock:
    # Not thread-local: the shelf may be closed by a thread other than the one that opened it.
    lock = FileLock(home / LOCK, blocking=False, thread_local=False)
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        _introduce(home / OWNER)
    except Timeout:
        raise ShelfBusyError(_busy(home)) from None
    except (OSError, NotImplementedError) as error:
        lock.release()
        raise ShelfError(
            f"The data directory {home} cannot be used: {error}. "
            "Make it writable, or set FOOTNOTE_HOME to another directory on a local disk."
        ) from error
    return lock


def _introduce(path: Path) -> None:
    owner = {
        "pid": os.getpid(),
        "command": presentable(sys.argv),
        "started": datetime.now().astimezone().isoformat(timespec="seconds"),
    }
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(owner), encoding="utf-8")
    draft.replace(path)


def _busy(home: Path) -> str:
    return (
        f"The shelf in {home} is in use by {_owner(home / OWNER)}. "
        "Wait for it to end, or set FOOTNOTE_HOME to use another shelf."
    )


def _owner(path: Path) -> str:
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        started = datetime.fromisoformat(owner["started"]).astimezone()
        named = f"process {int(owner['pid'])} ({owner['command']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"  # it has the lock, but has not written its name yet
    today = started.date() == datetime.now().astimezone().date()
    return (
        f"{named}, since {started:%H:%M}" if today else f"{named}, since {started:%Y-%m-%d %H:%M}"
    )

"""Sessions that somebody has ended before their time, known until that is over."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from ui.server import incidents

FILE = "sessions.ended"


class EndedSessions:
    """Their ids; with a file they stay ended when the server is started again.

    Ids that are over are left out of the file when it is opened.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._writing = threading.Lock()
        self._until = _read(path) if path else {}
        if path and self._until:
            self._keep("w", self._until)

    def __contains__(self, session: object) -> bool:
        return session in self._until

    def add(self, session: str, until: float) -> None:
        """`until`, in seconds since the epoch, it would have lasted."""
        with self._writing:
            now = time.time()
            self._until = {one: end for one, end in self._until.items() if end > now}
            self._until[session] = until
            self._keep("a", {session: until})

    def _keep(self, mode: str, ended: dict[str, float]) -> None:
        """Where the file cannot be written, they are ended until the server is."""
        if self._path is None:
            return
        try:
            with open(self._path, mode, encoding="ascii", opener=_private) as file:
                file.writelines(f"{session} {until:.0f}\n" for session, until in ended.items())
        except OSError as error:
            incidents.note(error)


def _read(path: Path) -> dict[str, float]:
    """Those that are not over; a line that says nothing is left out."""
    try:
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return {}
    ended: dict[str, float] = {}
    for line in lines:
        session, _, until = line.partition(" ")
        with suppress(ValueError):
            ended[session] = float(until)
    now = time.time()
    return {session: until for session, until in ended.items() if until > now}


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)

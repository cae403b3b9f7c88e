"""Whether a password is right, by a file that may change meanwhile."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from functools import cache
from pathlib import Path

from ui.server.incidents import NAME
from ui.web.accounts import MOST, AccountError, Accounts, hasher, normal, read, some

AT_ONCE = 2  # each takes 64 MiB and a tenth of a second of two cores


class Passwords:
    """The accounts of a file, read again whenever it has changed.

    Raises AccountError at the beginning where no account can be read; later, what was read last
    counts until the file is in order again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: object = _state(path)
        self._accounts = _noted(some(path))
        self._unknown = _of_nobody()  # made now: the first unknown name would take twice as long
        self._places = asyncio.Semaphore(AT_ONCE)

    async def name_of(self, name: str, password: str) -> str | None:
        """The name as it is written in the file, if the password is the one of it.

        An unknown name takes as long as a wrong password, and so is not told from one.
        """
        known = normal(name.strip())
        accounts = await asyncio.to_thread(self._current)
        kept = accounts.hashes.get(known)
        async with self._places:
            is_right = await asyncio.to_thread(_fits, kept or self._unknown, password)
        return known if kept and is_right else None

    def stamp(self, name: str) -> str | None:
        """Changes with the password; None where there is no such account (any more)."""
        kept = self._current().hashes.get(name)
        return None if kept is None else hashlib.sha256(kept.encode()).hexdigest()[:16]

    def _current(self) -> Accounts:
        state = _state(self._path)
        if state != self._seen:
            self._seen = state
            try:
                self._accounts = _noted(read(self._path))
            except AccountError as error:
                logging.getLogger(NAME).warning("%s", error)
        return self._accounts


@cache
def _of_nobody() -> str:
    return hasher().hash("nobody's")


def _fits(kept: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return len(password) <= MOST and hasher().verify(kept, normal(password))
    except (VerificationError, InvalidHashError):
        return False


def _noted(accounts: Accounts) -> Accounts:
    for fault in accounts.faults:
        logging.getLogger(NAME).warning("%s", fault)
    return accounts


def _state(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino

"""A backup that is sent while it is made: nothing of its size is held in memory."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as NotYetError
from typing import TypeAlias

from rag.store.backup import write
from rag.store.shelf import Shelf
from rag.store.snapshot import snapshot

PIECE = 256 * 1024  # bytes
WAITING = 4  # pieces
LOOKS_EVERY = 0.5  # seconds
PATIENCE = 10 * 60.0  # seconds without a piece being taken; others want a backup as well
Writing: TypeAlias = Callable[["Pipe"], object]


class GoneError(Exception):
    """Nobody takes the backup any more."""


class UnderWayError(Exception):
    """One backup is being made already."""


class Backups:
    """One at a time, of one shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._making = threading.Lock()

    def begin(self) -> AsyncGenerator[bytes, None]:
        """An archive in pieces; closing the generator ends the work. Raises UnderWayError.

        The first piece comes once everything has been copied; whatever fails until then is raised
        in its place.
        """
        if not self._making.acquire(blocking=False):
            raise UnderWayError
        return piped(self._back_up)

    def _back_up(self, pipe: Pipe) -> None:
        try:
            with snapshot(self._shelf, pipe.check) as copy:
                write(copy, pipe)
        finally:
            self._making.release()


async def piped(write_all: Writing) -> AsyncGenerator[bytes, None]:
    """What a thread writes, as it is written; raises what the thread raises."""
    pipe = Pipe(asyncio.get_running_loop())
    threading.Thread(target=pipe.fill, args=(write_all,), name="backing up", daemon=True).start()
    try:
        while piece := await pipe.next():
            yield piece
    finally:
        pipe.leave()


class Pipe:
    """Written to in a thread, which waits where nothing is taken; read on the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._pieces: asyncio.Queue[bytes | BaseException] = asyncio.Queue(WAITING)
        self._gone = threading.Event()
        self._held = bytearray()

    def fill(self, write_all: Writing) -> None:
        """Lets the whole be written, then ends the pipe; in the thread."""
        try:
            write_all(self)
            if self._held:
                self._put(bytes(self._held))
            self._put(b"")
        except GoneError:
            return
        except BaseException as error:  # noqa: BLE001  (it is raised where it is waited for)
            if not self._gone.is_set():
                self._put(error)

    def write(self, data: bytes, /) -> int:
        self._held += data
        if len(self._held) >= PIECE:
            self._put(bytes(self._held))
            self._held.clear()
        return len(data)

    def check(self) -> None:
        """Raises GoneError where there is nobody to write for."""
        if self._gone.is_set():
            raise GoneError

    async def next(self) -> bytes:
        """The next piece, empty at the end; raises GoneError where nobody took one for too long."""
        if self._pieces.empty():
            self.check()
        piece = await self._pieces.get()
        if isinstance(piece, BaseException):
            raise piece
        return piece

    def leave(self) -> None:
        """Nothing is read any more, or what is read is not all of it."""
        self._gone.set()

    def _put(self, piece: bytes | BaseException) -> None:
        self.check()
        try:
            sent = asyncio.run_coroutine_threadsafe(self._pieces.put(piece), self._loop)
        except RuntimeError:  # the loop is closed
            raise GoneError from None
        ends_by = time.monotonic() + PATIENCE
        while True:
            try:
                return sent.result(LOOKS_EVERY)
            except NotYetError:
                if self._gone.is_set() or time.monotonic() > ends_by:
                    sent.cancel()
                    self.leave()
                    raise GoneError from None
            except CancelledError:
                raise GoneError from None

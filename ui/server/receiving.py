"""Files that a browser sends: streamed to a folder, never held in memory, never too many."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from ui.server import texts

MOST_BYTES = 100 * 1024 * 1024
MOST_FILES = 50
LONGEST_NAME = 120  # bytes
MOST_FOLDERS = 8  # that a file came in
LONGEST_WAIT = 15 * 60  # seconds; meanwhile it takes a place in the queue
DRAINED_FOR = 10  # seconds; a browser that is cut off shows its own error in place of ours
UNNAMED = "file"


class ReceivingError(MultiPartException):
    """What came is not taken; the text is a sentence, `status` the one of the response.

    The parser closes its files on an error of its own kind alone.
    """

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status

    def __str__(self) -> str:
        return self.message


async def receive(request: Request, folder: Path) -> list[Path]:
    """The files of the form, each in a folder of its own; raises ReceivingError."""
    body = _Body(request)
    try:
        form = await MultiPartParser(request.headers, body.chunks(), max_files=MOST_FILES).parse()
    except (MultiPartException, KeyError) as error:
        await body.drain()
        raise _refusal(error) from None
    except OSError as error:
        raise _no_room(error) from None
    try:
        found = [one for _, one in form.multi_items() if isinstance(one, UploadFile)]
        kept = await asyncio.to_thread(lambda: list(_kept(found, folder)))
    finally:
        await form.close()
    if not kept:
        raise ReceivingError(texts.NO_FILES, 400)
    return kept


def safe_name(name: str | None) -> str:
    """The name alone, as it is shown and told in sentences: no folder, nothing invisible."""
    last = PureWindowsPath(PurePosixPath(name or "").name).name
    shown = "".join(char for char in last if char.isprintable() and char != "/").strip()
    if len(shown.encode()) <= LONGEST_NAME:
        return shown if shown.strip(". ") else UNNAMED
    suffix = PurePosixPath(shown).suffix[:10]
    return shown.encode()[:LONGEST_NAME].decode(errors="ignore").removesuffix(suffix) + suffix


def safe_path(name: str | None) -> PurePosixPath:
    """The same below the folders that stand before it, but for those that are no plain names.

    What is hidden stays without them: in a folder it would be passed over.
    """
    *folders, _ = (name or "").split("/")
    last, plain = safe_name(name), [one for one in folders if _is_plain(one)]
    return PurePosixPath(*([] if last.startswith(".") else plain[-MOST_FOLDERS:]), last)


def in_megabytes(size: int) -> str:
    return f"{size // (1024 * 1024)} MB"


def _is_plain(folder: str) -> bool:
    return folder == safe_name(folder) and not folder.startswith(".")


class _Body:
    """What the request brings, no more of it and for no longer than it may."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._is_over = False

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        told = self._request.headers.get("content-length", "")
        if told.isdecimal() and int(told) > MOST_BYTES:
            raise _too_large()
        size, ends_by = 0, asyncio.get_running_loop().time() + LONGEST_WAIT
        while not self._is_over:
            chunk = await self._next()
            size += len(chunk)
            if size > MOST_BYTES:
                raise _too_large()
            if asyncio.get_running_loop().time() > ends_by:
                raise ReceivingError(texts.TOO_SLOW, 408)
            yield chunk

    async def drain(self) -> None:
        """Takes the rest, so that who sends it reads why it was refused."""
        with suppress(TimeoutError, RuntimeError, ReceivingError):
            async with asyncio.timeout(DRAINED_FOR):
                while not self._is_over:
                    await self._next()

    async def _next(self) -> bytes:
        message = await self._request.receive()
        if message["type"] != "http.request":
            self._is_over = True
            raise ReceivingError(texts.CUT_OFF, 400)
        self._is_over = not message.get("more_body")
        content: bytes = message.get("body", b"")
        return content


def _kept(files: list[UploadFile], folder: Path) -> Iterator[Path]:
    """Two files may have one name, so each has its folder."""
    for number, file in enumerate(files):
        if not file.filename and not file.size:
            continue  # a form without a chosen file sends this
        path = folder / str(number) / safe_path(file.filename)
        try:
            path.parent.mkdir(parents=True)
            with path.open("xb") as kept:
                _copy(file.file, kept)
        except OSError as error:
            raise _no_room(error) from None
        yield path


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    source.seek(0)
    shutil.copyfileobj(source, target, 1 << 20)
    target.flush()
    os.fsync(target.fileno())  # whoever sent it is told soon that it will be added


def _too_large() -> ReceivingError:
    return ReceivingError(texts.TOO_LARGE.format(size=in_megabytes(MOST_BYTES)), 413)


def _refusal(error: Exception) -> ReceivingError:
    if isinstance(error, ReceivingError):
        return error
    if isinstance(error, MultiPartException) and error.message.startswith("Too many files"):
        return ReceivingError(texts.TOO_MANY_FILES.format(files=MOST_FILES), 413)
    return ReceivingError(texts.BROKEN.format(address="/add"), 400)


def _no_room(error: OSError) -> ReceivingError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ReceivingError(texts.NO_ROOM, 507)
    raise error

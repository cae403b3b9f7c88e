"""Files that a browser sends: streamed to a folder, never held in memory, never too many."""

from __future__ import annotations

import asyncio
import errno
import shutil
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from ui.server import texts

MOST_BYTES = 100 * 1024 * 1024
MOST_FILES = 50
LONGEST_NAME = 120  # bytes
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
    stream = _limited(request)
    try:
        form = await MultiPartParser(request.headers, stream, max_files=MOST_FILES).parse()
    except (MultiPartException, KeyError) as error:
        await _drain(request)
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


def in_megabytes(size: int) -> str:
    return f"{size // (1024 * 1024)} MB"


async def _limited(request: Request) -> AsyncGenerator[bytes, None]:
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > MOST_BYTES:
        raise _too_large()
    size, ends_by = 0, asyncio.get_running_loop().time() + LONGEST_WAIT
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > MOST_BYTES:
                raise _too_large()
            if asyncio.get_running_loop().time() > ends_by:
                raise ReceivingError(texts.TOO_SLOW, 408)
            yield chunk
    except ClientDisconnect:
        raise ReceivingError(texts.CUT_OFF, 400) from None


async def _drain(request: Request) -> None:
    with suppress(TimeoutError, RuntimeError):
        async with asyncio.timeout(DRAINED_FOR):
            while True:
                message = await request.receive()
                if message["type"] != "http.request" or not message.get("more_body"):
                    return


def _kept(files: list[UploadFile], folder: Path) -> Iterator[Path]:
    """Two files may have one name, so each has its folder."""
    for number, file in enumerate(files):
        if not file.filename and not file.size:
            continue  # a form without a chosen file sends this
        path = folder / str(number) / safe_name(file.filename)
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

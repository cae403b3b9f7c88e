"""Turns the bytes of a source into UTF-8, whether they are compressed or in UTF-16."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD = 64 * 1024
MAX_EXPANDED = 4 * 1024**3

_CHUNK = 64 * 1024
_GZIP = b"\x1f\x8b"
_CUT = "The gzip data ends in the middle, so the rest was not read; fetch or copy the file again."
_DAMAGED = "The gzip data is damaged from here on, so the rest was not read; fetch the file again."


class Content:
    """What a source says, as a stream of UTF-8 bytes and its first 64 KiB.

    The stream ends early where it cannot be read on; `damage` then says why.
    """

    def __init__(self, name: str, file: BinaryIO, *, limit: int = MAX_EXPANDED) -> None:
        self.name = name
        self._raw = _Chunks(_utf8(_expanded(file, limit)))
        self.stream = io.BufferedReader(self._raw, HEAD)
        self.head = self.stream.peek(HEAD)

    @property
    def damage(self) -> str | None:
        return self._raw.damage


class _Unreadable(Exception):
    """The rest of a stream cannot be read; the message is shown to the user."""


class _Chunks(io.RawIOBase):
    """A raw stream over chunks of bytes that ends, rather than fails, where one is unreadable."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")
        self.damage: str | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        filled = 0
        while filled < len(view) and self._refill():
            count = min(len(view) - filled, len(self._rest))
            view[filled : filled + count] = self._rest[:count]
            self._rest = self._rest[count:]
            filled += count
        return filled

    def _refill(self) -> bool:
        while not self._rest:
            try:
                chunk = next(self._chunks, None)
            except (OSError, EOFError, zlib.error, _Unreadable) as error:
                self.damage = _sentence(error)
                return False
            if chunk is None:
                return False
            self._rest = memoryview(chunk)
        return True


def _sentence(error: Exception) -> str:
    match error:
        case _Unreadable():
            return str(error)
        case EOFError():
            return _CUT
        case gzip.BadGzipFile() | zlib.error():
            return _DAMAGED
        case _:
            return f"Reading stopped here: {getattr(error, 'strerror', None) or error}."


def _expanded(file: BinaryIO, limit: int) -> Iterator[bytes]:
    start = file.read(len(_GZIP))
    file.seek(0)
    return _gunzipped(file, limit) if start == _GZIP else iter(lambda: file.read(_CHUNK), b"")


def _gunzipped(file: BinaryIO, limit: int) -> Iterator[bytes]:
    total = 0
    with gzip.GzipFile(fileobj=file) as expanded:
        while chunk := expanded.read1(_CHUNK):
            total += len(chunk)
            if total > limit:
                raise _Unreadable(
                    f"The gzip data expands to more than {limit / 1024**3:g} GiB, so the rest was "
                    "not read; split it into smaller files."
                )
            yield chunk


def _utf8(chunks: Iterator[bytes]) -> Iterator[bytes]:
    start = b""
    while len(start) < len(codecs.BOM_UTF8) and (chunk := next(chunks, b"")):
        start += chunk
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return (yield from _transcoded(chain((start,), chunks)))
    yield start.removeprefix(codecs.BOM_UTF8)
    yield from chunks


def _transcoded(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """UTF-8 for UTF-16; what is wrong in one is made wrong in the other, so that it is reported."""
    decoder = codecs.getincrementaldecoder("utf-16")("surrogatepass")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        yield b"\xff"

"""Where papers come from: a named thing that can be opened any number of times."""

from __future__ import annotations

import io
import tempfile
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

SPOOL_IN_MEMORY = 8 * 1024 * 1024

Stream = Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True, slots=True)
class Source:
    """`name` is what people see, and what is kept as the page that a paper came from."""

    name: str
    opener: Callable[[], BinaryIO]

    def open(self) -> BinaryIO:
        """A new, seekable stream from the first byte; the caller closes it."""
        return self.opener()


def file_source(name: str, path: Path) -> Source:
    """A file on disk."""
    return Source(name, lambda: path.open("rb"))


def stream_source(name: str, stream: Stream) -> Source:
    """A stream that can be read only once, such as standard input; read when first opened."""
    return Source(name, _Spool(stream).open)


class _Spool:
    """Keeps what a stream held, in memory while it is small and in a temporary file beyond."""

    def __init__(self, stream: Stream) -> None:
        self._stream: Stream | None = stream
        self._start = b""
        self._path: Path | None = None

    def open(self) -> BinaryIO:
        if self._stream is not None:
            opened, self._stream = self._stream, None
            with opened() as stream:
                self._fill(stream)
        return io.BytesIO(self._start) if self._path is None else self._path.open("rb")

    def _fill(self, stream: BinaryIO) -> None:
        self._start = stream.read(SPOOL_IN_MEMORY)
        more = stream.read(1)
        if not more:
            return
        with tempfile.NamedTemporaryFile(prefix="footnote-", delete=False) as file:
            self._path = Path(file.name)
            weakref.finalize(self, self._path.unlink, missing_ok=True)
            file.write(self._start + more)
            self._start = b""
            copyfileobj(stream, file)

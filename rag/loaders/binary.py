"""Tells what content is that no loader can read, as far as its first bytes show it."""

from __future__ import annotations

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG\r\n\x1a\n", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"RIFF", "an image or a sound"),
    (b"II*\x00", "an image"),
    (b"MM\x00*", "an image"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"PK\x05\x06", "a zip archive or an office document"),
    (b"\x1f\x8b", "a gzip file inside a gzip file"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office document"),
    (b"\x7fELF", "a program"),
    (b"PAR1", "a Parquet file"),
)
_TAR = 257  # the byte from which a tar archive says what it is (POSIX.1, ustar)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\x0b\x0c\r\x1b")


def binary_kind(head: bytes) -> str | None:
    """What content that begins like this is, where its first bytes give it away."""
    if head[_TAR : _TAR + 5] == b"ustar":
        return "a tar archive"
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)


def looks_binary(head: bytes) -> bool:
    """Whether there are more control characters in it than any text would hold."""
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return b"\0" in head or controls * 20 > len(head)

"""Reads papers from files of whatever format: one file a format, one row of `LOADERS` each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rag.loaders import daily_papers_cards, daily_papers_list, json_array, jsonl, table
from rag.loaders.binary import binary_kind, looks_binary
from rag.loaders.content import HEAD, Content
from rag.loaders.source import Source, file_source, stream_source
from rag.loaders.text import clean
from rag.types import Fault, Record

__all__ = ["LOADERS", "Loader", "Source", "find_sources", "load"]


@dataclass(frozen=True, slots=True)
class Loader:
    """A format: `reads` is what people call it, `sniff` sees the first 64 KiB of the text."""

    name: str
    reads: str
    sniff: Callable[[str], bool]
    load: Callable[[Content], Iterator[Record | Fault]]


_PAGES = "saved Daily Papers pages"
_TABLES = "CSV or TSV tables with the columns title and abstract"

LOADERS: tuple[Loader, ...] = (
    Loader("daily-papers-cards", _PAGES, daily_papers_cards.sniff, daily_papers_cards.load),
    Loader("daily-papers-list", _PAGES, daily_papers_list.sniff, daily_papers_list.load),
    Loader("json-array", "JSON arrays", json_array.sniff, json_array.load),
    Loader("jsonl", "JSON Lines", jsonl.sniff, jsonl.load),
    Loader("table", _TABLES, table.sniff, table.load),
)


def find_sources(paths: Sequence[str]) -> Iterator[Source | Fault]:
    """What the paths hold: files, folders (but for hidden ones), "-" for standard input."""
    for path in paths:
        if path == "-":
            yield stream_source("standard input", _standard_input)
        elif _is_folder(Path(path)):
            yield from _in_folder(Path(path))
        else:
            yield _file(Path(path), name=Path(path).name)


def load(source: Source) -> Iterator[Record | Fault]:
    """Every record of a source and every fault in it, in order; never raises for what it holds."""
    try:
        file = source.open()
    except OSError as error:
        yield Fault(source.name, None, _unreadable(error))
        return
    with file:
        yield from _read(Content(source.name, file))


def _read(content: Content) -> Iterator[Record | Fault]:
    found = False
    loader, refusal = _loader_for(content.head)
    if loader:
        for item in loader.load(content):
            found = True
            yield item
    if content.damage:
        yield Fault(content.name, None, content.damage)
    elif not found:
        yield Fault(content.name, None, refusal or "It holds no papers.")


def _loader_for(head: bytes) -> tuple[Loader | None, str | None]:
    """The loader for content that begins like this, or why there is none."""
    if kind := binary_kind(head):
        return None, f"It looks like {kind}; {_understood()}."
    text = head.decode(errors="replace")
    if not text.strip() and len(head) < HEAD:
        return None, "It is empty."
    if loader := next((row for row in LOADERS if row.sniff(text)), None):
        return loader, None
    if looks_binary(head):
        return None, f"It looks like binary data; {_understood()}."
    return None, f"Its format is not one of those known; {_understood()}."


def _understood() -> str:
    *most, last = dict.fromkeys(row.reads for row in LOADERS)
    return f"Footnote reads {', '.join(most)} and {last}"


def _standard_input() -> AbstractContextManager[BinaryIO]:
    # None where the process was started with its standard input closed.
    if sys.stdin is None:
        raise OSError("it is closed")
    return nullcontext(sys.stdin.buffer)


def _in_folder(folder: Path) -> Iterator[Source | Fault]:
    """Depth first and sorted; a folder that links lead to again is not entered again."""
    waiting, entered, empty = [folder], set[Path](), True
    while waiting:
        path = waiting.pop()
        if not _is_folder(path):
            empty = False
            yield _file(path, name=path.relative_to(folder).as_posix())
        elif path.resolve() not in entered:
            entered.add(path.resolve())
            try:
                inside = sorted(path.iterdir(), reverse=True)
            except OSError as error:
                empty = False
                yield Fault(clean(str(path)), None, _unreadable(error))
            else:
                waiting += [entry for entry in inside if not entry.name.startswith(".")]
    if empty:
        yield Fault(clean(str(folder)), None, "The folder holds no files.")


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _file(path: Path, *, name: str) -> Source | Fault:
    shown = clean(name) or "unnamed"
    try:
        if path.is_fifo():
            return stream_source(shown, lambda: path.open("rb"))
        with path.open("rb"):
            return file_source(shown, path)
    except FileNotFoundError:
        reason = "There is no such file or folder; check the path."
    except (OSError, ValueError) as error:
        reason = _unreadable(error)
    return Fault(clean(str(path)) or "unnamed", None, reason)


def _unreadable(error: OSError | ValueError) -> str:
    return f"It cannot be read: {getattr(error, 'strerror', None) or error}."

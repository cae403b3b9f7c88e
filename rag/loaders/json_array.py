"""A JSON array of objects, each describing a paper, read as far as it is whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from rag.loaders.content import Content
from rag.loaders.fields import read_record
from rag.types import Fault, Record

MAX_SIZE = 64 * 1024 * 1024

_OPENING = re.compile(r"\s*\[\s*(?:\{|\]|$)")
_SPACE = re.compile(r"[ \t\r\n]*")
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_UNCLOSED = "The array is not closed: the file ends in the middle."


def sniff(head: str) -> bool:
    """Whether it begins an array of objects."""
    return _OPENING.match(head) is not None


def load(content: Content) -> Iterator[Record | Fault]:
    """A record or a fault for each element, up to the first that is not JSON."""
    raw = content.stream.read(MAX_SIZE + 1)
    if len(raw) > MAX_SIZE:
        reason = f"The array is larger than {MAX_SIZE // 1024**2} MiB; save it as JSON Lines."
        yield Fault(content.name, None, reason)
        return
    # Bytes that are not UTF-8 stay recognisable, so that only the element that holds them is lost.
    text = raw.decode(errors="surrogateescape")
    yield from _elements(text, content)


def _elements(text: str, content: Content) -> Iterator[Record | Fault]:
    decoder = json.JSONDecoder()
    line, counted = 1, 0
    position = _after_space(text, _after_space(text, 0) + 1)
    while not text.startswith("]", position):
        line, counted = line + text.count("\n", counted, position), position
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            yield from _fault(content, line, _why(error, text))
            return
        yield _read(value, text[position:end], source=content.name, line=line)
        position = _after_space(text, end)
        if text.startswith(",", position):
            position = _after_space(text, position + 1)
        elif not text.startswith("]", position):
            yield from _fault(content, _line_at(text, position), _after_element(text, position))
            return
    yield from _trailing(text, position + 1, content.name)


def _read(value: object, raw: str, *, source: str, line: int) -> Record | Fault:
    if found := _NOT_UTF8.search(raw):
        reason = "The object holds bytes that are not UTF-8; save the file again as UTF-8."
        return Fault(source, line + raw.count("\n", 0, found.start()), reason)
    if not isinstance(value, dict):
        return Fault(source, line, "The element of the array is not an object in braces.")
    return read_record(value, source=source, line=line)


def _fault(content: Content, line: int, reason: str) -> Iterator[Fault]:
    if not (content.damage and reason == _UNCLOSED):
        yield Fault(content.name, line, reason)


def _trailing(text: str, position: int, source: str) -> Iterator[Fault]:
    position = _after_space(text, position)
    if position < len(text):
        reason = "Something stands after the end of the array; it was not read."
        yield Fault(source, _line_at(text, position), reason)


def _why(error: ValueError | RecursionError, text: str) -> str:
    if not isinstance(error, json.JSONDecodeError):
        return "The element nests too deep or holds too large a number; nothing after it was read."
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return _UNCLOSED
    return (
        f"The element that begins here is not JSON: {error.msg} in line {error.lineno}; "
        "nothing after it was read."
    )


def _after_element(text: str, position: int) -> str:
    if position == len(text):
        return _UNCLOSED
    return "A comma or the end of the array should stand here; nothing after it was read."


def _after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _line_at(text: str, position: int) -> int:
    return 1 + text.count("\n", 0, position)

"""JSON Lines: one object a line, each describing a paper."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from rag.loaders.content import Content
from rag.loaders.fields import read_record
from rag.loaders.lines import Line, lines
from rag.types import Fault, Record

_OBJECT = re.compile(r'\s*\{\s*["}]')
_LOOK_AT = 20


def sniff(head: str) -> bool:
    """Whether at least half of the first lines begin an object."""
    first = [line for line in head.split("\n") if line.strip()][:_LOOK_AT]
    objects = sum(1 for line in first if _OBJECT.match(line))
    return objects > 0 and objects * 2 >= len(first)


def load(content: Content) -> Iterator[Record | Fault]:
    """A record or a fault for each line that is not blank."""
    for line in lines(content):
        if line.problem:
            yield Fault(content.name, line.number, line.problem)
        elif line.text.strip():
            yield _read(line, content.name)


def _read(line: Line, source: str) -> Record | Fault:
    try:
        value = json.loads(line.text)
    except json.JSONDecodeError as error:
        reason = f"The line is not JSON: {error.msg.removesuffix(' at')} at column {error.colno}."
        return Fault(source, line.number, reason)
    except (ValueError, RecursionError):
        reason = "The line is JSON that nests too deep or holds too large a number."
        return Fault(source, line.number, reason)
    if not isinstance(value, dict):
        return Fault(source, line.number, "The line is JSON, but not an object in braces.")
    return read_record(value, source=source, line=line.number)

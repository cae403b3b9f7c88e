"""Tables with a header, as CSV or TSV: one paper a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.loaders.content import Content
from rag.loaders.fields import ABSTRACT, TITLE, canonical, read_record
from rag.loaders.lines import lines
from rag.loaders.table_rows import Row, Rows, split
from rag.loaders.text import clean
from rag.types import Fault, Record

_DELIMITERS = "\t,;"
_LOOK_AT = 20
_LONGEST_NAME = 64
_SHOWN = 12


def sniff(head: str) -> bool:
    """Whether the first line names a title or an abstract, or else every line has as many cells."""
    first = [line for line in head.split("\n")[: _LOOK_AT + 1] if line.strip()]
    if not first:
        return False
    delimiter = _delimiter(first[0])
    header = split(first[0], delimiter)
    if any(name in TITLE + ABSTRACT for name in _names(header)):
        return len(header) > 1 or canonical(header[0]) in ("title", "abstract")
    return _is_header(header) and _agree(first, delimiter)


def load(content: Content) -> Iterator[Record | Fault]:
    """A record or a fault for each row; one fault where a column that is needed is missing."""
    head = content.head.decode(errors="replace").lstrip()
    rows = iter(Rows(lines(content), _delimiter(head.split("\n", 1)[0])))
    header = next(rows, Row(1))
    names = _names(header.cells)
    missing = [
        wanted[0] for wanted in (TITLE, ABSTRACT) if not any(name in wanted for name in names)
    ]
    if header.problem or missing:
        reason = header.problem or _without(missing, header.cells)
        yield Fault(content.name, header.line, reason)
        return
    for row in rows:
        yield _read(row, names, content.name)


def _names(header: Sequence[str]) -> list[str]:
    return [canonical(name[:_LONGEST_NAME]) for name in header]


def _delimiter(line: str) -> str:
    """The one that makes the most columns with names we know, or else the most columns."""

    def rank(delimiter: str) -> tuple[int, int]:
        names = _names(split(line, delimiter))
        return sum(name in TITLE + ABSTRACT for name in names), len(names)

    return max(_DELIMITERS, key=rank)


def _is_header(cells: Sequence[str]) -> bool:
    names = {cell.strip() for cell in cells}
    short = all(0 < len(name) <= _LONGEST_NAME for name in names)
    return len(cells) > 1 and len(names) == len(cells) and short


def _agree(first: Sequence[str], delimiter: str) -> bool:
    widths = {len(split(line, delimiter)) for line in first}
    return len(first) > 1 and len(widths) == 1


def _without(missing: Sequence[str], found: Sequence[str]) -> str:
    columns = " and no column ".join(missing)
    names = ", ".join(clean(name)[:_LONGEST_NAME] for name in found[:_SHOWN])
    more = ", and more" if len(found) > _SHOWN else ""
    return f"The table has no column {columns}; its columns are: {names}{more}."


def _read(row: Row, names: Sequence[str], source: str) -> Record | Fault:
    if row.problem:
        return Fault(source, row.line, row.problem)
    extra = any(cell.strip() for cell in row.cells[len(names) :])
    if extra or len(row.cells) < len(names):
        reason = f"The row has {len(row.cells)} cells where the header has {len(names)}."
        return Fault(source, row.line, reason)
    values: dict[str, object] = {}
    for name, cell in zip(names, row.cells, strict=False):
        if cell.strip():
            values.setdefault(name, cell)
    return read_record(values, source=source, line=row.line)

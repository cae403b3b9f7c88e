"""Splits lines into the rows of a table, and recovers from a quote that is not closed."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from rag.loaders.lines import Line

MAX_ROW = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row and where it starts; where `problem` is set, what is wrong there."""

    line: int
    cells: tuple[str, ...] = ()
    problem: str | None = None


class _TooLong(Exception):
    """A row has taken more lines than a row may hold."""


def split(text: str, delimiter: str) -> list[str]:
    """The cells of a line that is a row by itself; none where it is not."""
    try:
        return next(_reader(iter([text]), delimiter), [])
    except csv.Error:
        return []


class Rows:
    """The rows of a table, header first; blank lines are no rows."""

    def __init__(self, lines: Iterator[Line], delimiter: str) -> None:
        # The csv module's own limit is one for the whole process; it is only ever raised.
        csv.field_size_limit(max(csv.field_size_limit(), MAX_ROW))
        self._lines = lines
        self._waiting: deque[Line] = deque()
        self._delimiter = delimiter
        self._width = 0

    def __iter__(self) -> Iterator[Row]:
        while line := self._next():
            self._waiting.appendleft(line)
            row = self._row()
            self._width = self._width or len(row.cells)
            if row.problem or row.cells not in ((), ("",)):
                yield row

    def _next(self) -> Line | None:
        return self._waiting.popleft() if self._waiting else next(self._lines, None)

    def _row(self) -> Row:
        taken: list[Line] = []
        try:
            cells = next(_reader(self._feed(taken), self._delimiter), [])
        except (csv.Error, _TooLong):
            return self._plain(taken) or self._broken(taken)
        bad = next((line for line in taken if line.problem), None)
        if bad:
            return Row(bad.number, problem=bad.problem)
        return Row(taken[0].number, tuple(cells))

    def _feed(self, taken: list[Line]) -> Iterator[str]:
        size = 0
        while line := self._next():
            taken.append(line)
            size += len(line.text)
            if size > MAX_ROW:
                raise _TooLong
            yield line.text.replace("\r", " ") + "\n"

    def _plain(self, taken: list[Line]) -> Row | None:
        """Between tabs, quotes often mean nothing: the first line may be a whole row after all."""
        cells = tuple(taken[0].text.split("\t"))
        if self._delimiter != "\t" or len(cells) != self._width or taken[0].problem:
            return None
        self._waiting.extendleft(reversed(taken[1:]))
        return Row(taken[0].number, cells)

    def _broken(self, taken: list[Line]) -> Row:
        """Reads on at the next line that is beyond doubt a row: whole, and with a quoted cell."""
        opening = _opening(taken, self._delimiter)
        if len(taken) == 1 and taken[0].text.count('"') % 2 == 0:
            return Row(taken[0].number, problem=_why(taken[0].number, taken[0].number))
        self._waiting.extendleft(reversed(taken[opening + 1 :]))
        last = taken[opening].number
        while (line := self._next()) and not self._is_row(line):
            last = line.number
        if line:
            self._waiting.appendleft(line)
        return Row(taken[opening].number, problem=_why(taken[opening].number, last))

    def _is_row(self, line: Line) -> bool:
        return '"' in line.text and len(split(line.text, self._delimiter)) == self._width


def _reader(texts: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    return csv.reader(texts, delimiter=delimiter, strict=True, skipinitialspace=True)


def _opening(taken: list[Line], delimiter: str) -> int:
    """In which of the lines the quote opens that spoils the row; the first where none does."""
    text = "\n".join(line.text for line in taken)
    mark = re.escape(delimiter)
    cell = re.compile(rf' *"[^"]*(?:""[^"]*)*"(?=[{mark}\n]|$)|(?! *")[^{mark}\n]*')
    position = 0
    while (match := cell.match(text, position)) and match.end() < len(text):
        position = match.end() + 1
    return text.count("\n", 0, position)


def _why(first: int, last: int) -> str:
    reason = (
        "A cell opens with a quote here that is not closed before the next cell, or is longer than "
        "a cell may be; quotes inside a cell are to be doubled."
    )
    return reason if last == first else f"{reason} Lines {first} to {last} were not read."

"""The terminal: consoles, JSON on standard output, and text that wraps while it arrives."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

WIDEST_TEXT = 100  # longer lines are hard to read
MARKER = "cyan"
_PIECE = re.compile(r"\n|[^\S\n]+|\*\*|[^\s*]+|\*")
_MARKERS = re.compile(r"\[\d+\]")


def out() -> Console:
    """Standard output; what is piped is neither coloured nor wrapped."""
    return _console(stderr=False)


def err() -> Console:
    """Standard error."""
    return _console(stderr=True)


def text_width(console: Console) -> int | None:
    """How long a line of running text may be; None where lines are not to be cut."""
    return min(console.width, WIDEST_TEXT) if console.is_terminal else None


def write_json(value: Mapping[str, object], stream: TextIO | None = None) -> None:
    """One object on one line, of standard output where no other stream is given."""
    to = sys.stdout if stream is None else stream
    is_unicode = (to.encoding or "").lower().startswith("utf")
    to.write(json.dumps(value, ensure_ascii=not is_unicode) + "\n")


def print_text(
    console: Console,
    text: str | Text,
    *,
    first: Text | None = None,
    following: Text | None = None,
) -> None:
    """Running text; `first` stands before its first line and `following` before all others."""
    shown = Text(text) if isinstance(text, str) else text
    before = Text() if first is None else first
    after = Text(" " * before.cell_len) if following is None else following
    width = text_width(console)
    if width is None:
        console.print(before.copy().append_text(shown), soft_wrap=True)
        return
    for number, line in enumerate(shown.wrap(console, max(1, width - before.cell_len))):
        line.rstrip()
        console.print((after if number else before).copy().append_text(line), soft_wrap=True)


@contextmanager
def waiting(what: str) -> Iterator[Callable[[], None]]:
    """Shows on a terminal that something is being done, until its end or the call."""
    console = err()
    if not console.is_terminal:
        yield lambda: None
        return
    with console.status(Text(what, style="dim")) as status:
        yield status.stop


@dataclass(slots=True)
class Wrapping:
    """Writes an answer that comes in pieces, breaking lines between words.

    Names between `**` become bold, and lines of a list hang. Without a `width` what is written
    is what came.
    """

    console: Console
    width: int | None
    _blank: str = field(default="", init=False)  # before the word that is being read
    _word: Text = field(default_factory=Text, init=False)
    _gap: str = field(default="", init=False)  # after it
    _column: int = field(default=0, init=False)
    _hanging: int = field(default=0, init=False)
    _opens: bool = field(default=False, init=False)
    _is_bold: bool = field(default=False, init=False)

    def write(self, text: str) -> None:
        if self.width is None:
            self._print(Text(text))
            return
        for piece in _PIECE.findall(text):
            if piece == "\n":
                self._end_word()
                self._break()
            elif piece.isspace():
                self._gap += piece
            else:
                self._add(piece)

    def pause(self) -> None:
        """Writes the last word as well: a sentence is whole, and the next may take its time."""
        if not self._opens:
            self._end_word()

    def finish(self) -> None:
        """Writes what is left, and ends the line."""
        self._end_word()
        self._break()

    def _add(self, piece: str) -> None:
        if self._gap and piece.startswith("[") and self._word:
            # A marker never begins a line: it belongs to what stands before it.
            self._word.append(self._gap)
            self._gap = ""
        elif self._gap:
            self._end_word()
        if piece == "**" and self._is_bold:
            self._is_bold = False
        elif piece == "**" and not (self._word or self._opens):
            self._opens = True
        else:
            self._is_bold |= self._opens
            self._opens = False
            self._word.append(piece, style="bold" if self._is_bold else "")

    def _end_word(self) -> None:
        if self._opens:
            self._word.append("**")
            self._opens = False
        if self._word:
            self._print_word()
            self._blank = ""
        self._blank += self._gap
        self._word, self._gap = Text(), ""

    def _print_word(self) -> None:
        if not self._column and self._word.plain == "-":
            self._hanging = 2
        length = cell_len(self._word.plain)
        if self._column and self._column + len(self._blank) + length > (self.width or 0):
            self._blank, self._column = "\n" + " " * self._hanging, self._hanging
        else:
            self._column += len(self._blank)
        self._print(Text(self._blank).append_text(self._word))
        self._column += length

    def _break(self) -> None:
        self._print(Text("\n"))
        self._blank, self._column, self._hanging, self._is_bold = "", 0, 0, False

    def _print(self, text: Text) -> None:
        text.highlight_regex(_MARKERS, MARKER)
        self.console.print(text, end="", soft_wrap=True)


def _console(*, stderr: bool) -> Console:
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)

"""What the two layouts of saved Daily Papers pages share: banner, pairs of lines, slips."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from rag.loaders.dates import parse_date
from rag.loaders.lines import Line
from rag.loaders.text import accepted, clean
from rag.types import Fault, Record

NO_ABSTRACT = "This title has no abstract after it."

_GREETING = re.compile(r"Get trending papers in your email inbox\b.*")
_HEADING = re.compile(r"Daily Papers|by ?AK and the research community")
_SENTENCE = re.compile(r"[.!?](?: [A-Z]|$)")
_SUBSCRIBE = "Subscribe"
_LOOK_AT = 12
_PROSE = 250
_SHORT = 200


def first_lines(head: str) -> list[str]:
    """The first lines that hold text, cleaned."""
    filled = (line for line in map(clean, head.split("\n")) if line)
    return [line for line, _ in zip(filled, range(_LOOK_AT), strict=False)]


def has_greeting(lines: Iterable[str]) -> bool:
    """Whether a Daily Papers page begins with them."""
    return any(_GREETING.fullmatch(line) for line in lines)


def has_heading(lines: Iterable[str]) -> bool:
    """Whether the heading that only the card layout has stands above the first title."""
    for line in lines:
        if _HEADING.fullmatch(line):
            return True
        if line.startswith(_SUBSCRIBE) and line != _SUBSCRIBE:
            return False
    return False


class Ahead:
    """The lines of a page that hold text, cleaned, with a look at those that come next."""

    def __init__(self, lines: Iterable[Line]) -> None:
        cleaned = (replace(line, text=clean(line.text)) for line in lines)
        self._lines = (line for line in cleaned if line.text or line.problem)
        self._seen: deque[Line] = deque()
        self.at_start = True

    def line(self, index: int) -> Line | None:
        """The line `index` places ahead, or None past the end."""
        while len(self._seen) <= index and (line := next(self._lines, None)):
            self._seen.append(line)
        return self._seen[index] if index < len(self._seen) else None

    def text(self, index: int) -> str:
        """Its text, empty past the end."""
        line = self.line(index)
        return line.text if line else ""

    def take(self) -> Line | None:
        """The next line, which is then behind."""
        line = self.line(0)
        if line:
            self._seen.popleft()
            self.at_start = False
        return line

    def put_back(self, line: Line) -> None:
        """Makes `line` the next one."""
        self._seen.appendleft(line)


def skip_banner(ahead: Ahead) -> None:
    """Takes what stands above the first title, at the start or where a second page begins.

    That is: "new", the greeting, "Subscribe" (which may be glued to the first title), the
    heading, and after the heading the day of the page.
    """
    before = "start" if ahead.at_start else ""
    while before := _banner_line(ahead, before):
        line = ahead.take()
        rest = line.text.removeprefix(_SUBSCRIBE).strip() if line and before == _SUBSCRIBE else ""
        if line and rest:
            ahead.put_back(replace(line, text=rest))
            return


def _banner_line(ahead: Ahead, before: str) -> str:
    """What the next line is to the banner, given what came before it; empty where nothing."""
    text = ahead.text(0)
    if _GREETING.fullmatch(text):
        return "greeting"
    if text == "new" and _GREETING.fullmatch(ahead.text(1)):
        return "new"
    if before == "greeting" and text.startswith(_SUBSCRIBE):
        return _SUBSCRIBE
    if before and before != "day" and _HEADING.fullmatch(text):
        return "heading"
    return "day" if before == "heading" and _is_day(ahead) else ""


def _is_day(ahead: Ahead) -> bool:
    """Whether the next line is the day of the page, rather than a title that is a date.

    The day has no year; a date that has one may yet be a title, if a footer follows in its place.
    """
    date = parse_date(ahead.text(0))
    return date is not None and (date.year is None or not is_separator(ahead.text(3)))


def is_separator(text: str) -> bool:
    """Whether `text` is the dot of a footer, legible or not."""
    return text in ("\u00b7", "\ufffd")


def slips(abstract: Line, following: Line | None) -> bool:
    """Whether `abstract` is in truth a title, and `following` its abstract.

    Only where both are plain to see, one short and without a full stop, the other long and with
    one: lines alternate, and length alone proves nothing.
    """
    if following is None or len(abstract.text) >= _SHORT or abstract.text.endswith("."):
        return False
    return len(following.text) >= _PROSE and _SENTENCE.search(following.text) is not None


def paper(title: Line, abstract: Line, *, source: str) -> Record | Fault:
    """The record that two lines make, or what is wrong with one of them."""
    for line in (title, abstract):
        if line.problem:
            return Fault(source, line.number, line.problem)
    return accepted(Record(title.text, abstract.text, line=title.number), source)

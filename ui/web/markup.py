"""Text of papers, models and people as HTML that can do nothing but be read.

Everything is escaped; only bold, lists, paragraphs and our own markers are made again. HTML without
a line break is one block to the Markdown that Gradio reads, so that nothing in it is Markdown.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, groupby
from urllib.parse import urlsplit

_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_MARKER = re.compile(r"\s?\[(\d{1,4})\]")
_ITEM = re.compile(r"(?:[-*•]|(\d{1,3})[.)])\s+")
_HEADING = re.compile(r"#{1,6}\s+(.*)")
_BLANK_LINES = re.compile(r"\n\s*\n")
_UNSEEN = frozenset(("Cf", "Cc", "Co", "Cs", "Zl", "Zp"))


def plain(text: str) -> str:
    """One line of text, with nothing in it that acts or cannot be seen."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(
            one for one in text if one.isspace() or unicodedata.category(one) not in _UNSEEN
        )
    return html.escape(" ".join(text.split()))


def lines(text: str) -> str:
    """Text as somebody typed it, with its line breaks."""
    return "<br>".join(plain(line) for line in text.strip().splitlines())


def address(url: str | None) -> str | None:
    """The address where a browser may go there from us, escaped; None where it may not."""
    if not url or not url.isprintable() or re.search(r"\s", url):
        return None
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        return None
    return html.escape(url) if is_web else None


def site(url: str | None) -> str:
    """Whose address it is, as people call it; empty where a browser may not go there from us."""
    if address(url) is None:
        return ""
    return (urlsplit(url or "").hostname or "").removeprefix("www.")


def link(url: str | None, text: str) -> str:
    """`text`, which is HTML already, as a link to another site where it can be one."""
    target = address(url)
    if target is None:
        return text
    return f'<a class="out" href="{target}" target="_blank" rel="noopener noreferrer">{text}</a>'


@dataclass(slots=True)
class Writer:
    """Writes the text of one turn's answer; the i-th marker `[n]` of turn t leads to `#src-t-n`.

    Its id is `cite-t-i`. Where the answer was broken off there is nothing to lead to, and markers
    are text.
    """

    turn: int
    is_linked: bool = True
    markers: Iterator[int] = field(default_factory=count)

    def write(self, text: str) -> str:
        return "".join(map(self._block, _BLANK_LINES.split(text.strip())))

    def _block(self, text: str) -> str:
        """Paragraphs and lists, in the order in which their lines come."""
        rows = [_row(line) for line in map(str.strip, text.splitlines()) if line]
        return "".join(
            self._run(kind, [line for _, line in run])
            for kind, run in groupby(rows, key=lambda row: row[0])
        )

    def _run(self, kind: str, lines: list[str]) -> str:
        inside = "".join(
            f"<li>{self._inline(line)}</li>" if kind else f"<p>{self._inline(line)}</p>"
            for line in lines
        )
        return f"<{kind}>{inside}</{kind}>" if kind else inside

    def _inline(self, line: str) -> str:
        text = _BOLD.sub(r"<strong>\1</strong>", plain(line))
        return _MARKER.sub(self._marker, text) if self.is_linked else text

    def _marker(self, found: re.Match[str]) -> str:
        number, place = int(found[1]), next(self.markers)
        name = f"cite-{self.turn}-{place}"
        return f'<a class="cite" id="{name}" href="#src-{self.turn}-{number}">[{number}]</a>'


def _row(line: str) -> tuple[str, str]:
    """What list a line belongs to, `ul`, `ol` or none, and its text."""
    if item := _ITEM.match(line):
        return ("ol" if item[1] else "ul"), line[item.end() :]
    heading = _HEADING.fullmatch(line)
    return "", f"**{heading[1]}**" if heading else line

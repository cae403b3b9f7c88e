"""Where the sentences of an abstract begin and end, as spans of the text itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.types import Span

# A full stop after one of these does not end a sentence.
_ABBREVIATIONS = frozenset(
    "e.g i.e etc. vs cf et al fig figs eq eqs sec tab ref refs no nos vol approx resp incl dr mr "
    "mrs ms prof inc ltd st viz ca a.k.a w.r.t i.i.d s.t u.s u.k ph.d".split()
)
_STOP = re.compile(
    r"""(?<![.!?…])[.!?…]+  # the stop, from its first character: a row of them is read once
        [\"'”’)\]}]*        # what closes with it
        (?=\s|$)            # 3.5 and example.org go on
    """,
    re.VERBOSE,
)
_LAST_WORD = re.compile(r"[^\s(\[{\"“‘']*$")
_BEGINS_LOWER = re.compile(r"\s+[\"'“‘(\[]*[a-z]")
_INITIAL = re.compile(r"[A-Z]")


def sentences(text: str) -> list[Span]:
    """Spans in order, without surrounding blanks; together they hold every other character."""
    return [span for span in _spans(text) if span.start < span.end]


def _spans(text: str) -> Iterator[Span]:
    start = 0
    for stop in _STOP.finditer(text):
        if _ends_sentence(text, start, stop):
            yield _trimmed(text, start, stop.end())
            start = stop.end()
    yield _trimmed(text, start, len(text))


def _ends_sentence(text: str, start: int, stop: re.Match[str]) -> bool:
    if stop.end() == len(text) or not stop[0].startswith("."):
        return not _BEGINS_LOWER.match(text, stop.end())
    if _BEGINS_LOWER.match(text, stop.end()):
        # "GPT-4. we show" happens; "et al. show" and "approx. ten" are more frequent.
        return False
    return not is_abbreviated(_last_word(text, start, stop.start()))


def is_abbreviated(word: str) -> bool:
    """Whether a full stop after this word belongs to it: "et al.", "Fig.", "J."."""
    return word.lower() in _ABBREVIATIONS or bool(_INITIAL.fullmatch(word))


def _last_word(text: str, start: int, end: int) -> str:
    # A word is short: looking further back would make a text without blanks quadratic.
    found = _LAST_WORD.search(text[max(start, end - 40) : end])
    return found[0] if found else ""


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return Span(start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip()))

"""Runs of words of a question that may be a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from rag.language.name_key import folded, joined
from rag.language.words import bare, is_name, is_silent, word_spans
from rag.types import Span

LONGEST = 3  # words
MOST_WORDS = 60  # of a question; beyond them, someone has pasted a document
SHORTEST_KEY = 2
_JOINTS = frozenset(" -_–‑")  # what may stand between the words of a name


@dataclass(frozen=True, slots=True)
class Gram:
    """`words` stand at `span`, the first of them as the question's `first` word, from 0."""

    words: tuple[str, ...]
    span: Span
    first: int
    key: str

    @property
    def places(self) -> range:
        """Which words of the question it covers."""
        return range(self.first, self.first + len(self.words))

    @property
    def looks_like_a_name(self) -> bool:
        """By its capitals; those of a question's first word say nothing."""
        if len(self.words) == 1 and is_name(self.words[0]):
            return True
        return self.first > 0 and all(word[0].isupper() for word in self.words)


def grams(text: str) -> list[Gram]:
    """The longest first, those of one length in order; `text` is without LaTeX."""
    spans = [_bared(text, span) for span in word_spans(text)[:MOST_WORDS]]
    words = [text[span.start : span.end] for span in spans]
    parts = [folded(word) for word in words]
    found: list[Gram] = []
    for length in range(LONGEST, 0, -1):
        for first in range(len(words) - length + 1):
            some = slice(first, first + length)
            if _may_be_a_name(words[some]) and _stand_together(text, spans[some]):
                span = Span(spans[first].start, spans[first + length - 1].end)
                found.append(Gram(tuple(words[some]), span, first, joined(parts[some])))
    return [gram for gram in found if len(gram.key) >= SHORTEST_KEY and not gram.key.isdigit()]


def _bared(text: str, span: Span) -> Span:
    return Span(span.start, span.start + len(bare(text[span.start : span.end])))


def _may_be_a_name(words: list[str]) -> bool:
    return not any(is_silent(word) and not is_name(word) for word in (words[0], words[-1]))


def _stand_together(text: str, spans: list[Span]) -> bool:
    return all(joint in _JOINTS for joint in _joints(text, spans))


def _joints(text: str, spans: list[Span]) -> Iterator[str]:
    for before, after in pairwise(spans):
        yield text[before.end : after.start]

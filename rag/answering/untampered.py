"""Papers as sentences are checked against them: what gives orders to a model supports nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate

from rag.language.untrusted import honest, visible
from rag.types import Paper, Span

_WORD = re.compile(r"\S+")
_STOPS = ("", *".!?…")
FEWEST_WORDS = 3  # in a row, to count as kept


def untampered(paper: Paper) -> Paper:
    """The paper with blanks in place of sentences that a model must not read.

    What is left stands where it stood: spans of this abstract are spans of the paper's own.
    """
    return replace(paper, title=_title(paper.title), abstract=_blanked(paper.abstract))


def _title(title: str) -> str:
    return " ".join(honest(visible(title)).split())


def _blanked(text: str) -> str:
    shown = visible(text)
    kept = honest(shown)
    if kept == shown == text:
        return text
    signs = [" "] * len(text)
    end = 0
    for span in _kept_spans(text, kept):
        if end < span.start and "".join(signs[:end]).rstrip()[-1:] not in _STOPS:
            signs[end] = "."  # what was glued to the rest is no part of its sentence
        signs[span.start : span.end] = map(_seen, *_with_neighbours(text, span))
        end = span.end
    return "".join(signs)


def _with_neighbours(text: str, span: Span) -> tuple[str, str, str]:
    """The characters of a span, those before them and those behind them."""
    padded = f" {text} "
    start, end = span.start, span.end
    return text[start:end], padded[start:end], padded[start + 2 : end + 2]


def _seen(sign: str, before: str, behind: str) -> str:
    """A blank for what nobody sees, except within a word."""
    is_within = before.isalnum() and behind.isalnum()
    return sign if is_within or visible(sign) else " "


def _kept_spans(text: str, kept: str) -> Iterator[Span]:
    """Where whole words were kept, row by row; `kept` has a place for each character one sees."""
    places = list(accumulate((len(visible(sign)) for sign in text), initial=0))
    rows: list[list[Span]] = [[]]
    for match in _WORD.finditer(text):
        word = visible(match[0])
        if word and kept[places[match.start()] : places[match.end()]] == word:
            rows[-1].append(Span(*match.span()))
        else:
            rows.append([])
    fewest = min(FEWEST_WORDS, len(kept.split()))
    for row in rows:
        if row and len(row) >= fewest:
            yield Span(row[0].start, row[-1].end)

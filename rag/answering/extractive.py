"""Answers without a model: the sentences that answer best, verbatim, each with its citation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.answering.asked import Asked
from rag.answering.comparison import absent
from rag.answering.disagreement import Side, opposed
from rag.answering.evidence import Evidence, Reader, read_closely
from rag.answering.list_choice import listed_sentences
from rag.answering.outcome import Piece
from rag.answering.paper_choice import chosen_papers
from rag.answering.sentence_choice import Budget, best_sentences
from rag.language.latex import readable
from rag.types import Citation, Span

ONE_THING = Budget(sentences=4, words=95)
SEVERAL_THINGS = Budget(sentences=4, words=110)
LIST_WORDS = 195  # of a list with its titles

DISAGREEMENT = "The abstracts disagree on this:"

_BRACKETED = re.compile(r"\[(\d+(?:\s*[,–-]\s*\d+)*)\]")


def compose(asked: Asked, evidence: Sequence[Evidence], reader: Reader) -> Iterator[Piece]:
    """The answer, a sentence at a time; `evidence` is best first and not empty."""
    chosen = read_closely(asked, chosen_papers(asked, evidence), reader)
    numbers = {one.paper.id: number for number, one in enumerate(chosen, start=1)}
    if len(chosen) > 1:
        yield from _list(asked, chosen)
    else:
        budget = SEVERAL_THINGS if asked.clauses else ONE_THING
        yield from _pieces(chosen[0], 1, best_sentences(asked, chosen[0], budget))
    if sides := opposed(asked, evidence):
        yield from _opposition(sides, numbers)
    if missing := absent(asked, [one.paper for one in evidence]):
        yield Piece(f"\n\nNo abstract on this shelf tells of {' or '.join(missing)}.")


def _list(asked: Asked, chosen: Sequence[Evidence]) -> Iterator[Piece]:
    """A line for each paper: its title, and what it has to say."""
    titles = sum(len(one.paper.title.split()) + 1 for one in chosen)
    listed = listed_sentences(asked, chosen, words=LIST_WORDS - titles)
    for number, (one, spans) in enumerate(zip(chosen, listed, strict=True), start=1):
        yield from _pieces(one, number, spans, opening="- " if number == 1 else "\n- ")


def _opposition(sides: Sequence[Side], numbers: dict[str, int]) -> Iterator[Piece]:
    """Where abstracts contradict each other: each with its sentence."""
    yield Piece(f"\n\n{DISAGREEMENT}")
    for side in sides:
        number = numbers.setdefault(side.one.paper.id, len(numbers) + 1)
        yield from _pieces(side.one, number, [side.span], opening="\n- ")


def _pieces(
    one: Evidence, number: int, spans: Sequence[Span], *, opening: str = ""
) -> Iterator[Piece]:
    """The paper's name, then sentence by sentence with its marker."""
    yield Piece(f"{opening}**{quoted(one.paper.title)}**:")
    for span in spans:
        sentence = quoted(one.paper.abstract[span.start : span.end])
        yield Piece(f" {sentence} [{number}]", (Citation(number, one.paper, span),))


def quoted(text: str) -> str:
    """Text of a paper as it is shown: what looks like a marker of ours is not one."""
    return _BRACKETED.sub(r"(\1)", readable(text))

"""Answers without a model: the sentences that answer best, verbatim, each with its citation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answering.asked import Asked
from rag.answering.evidence import Evidence, Reader, read_closely
from rag.answering.outcome import Piece
from rag.language.latex import readable
from rag.language.words import words
from rag.types import Citation, Span

# Measured on the shipped questions and on others; see docs/adr/0006.
CLOSE = 5.0  # logits that a further sentence may lie below the best
AMOUNT_BONUS = 2.0  # for a sentence with a figure where an amount is asked for
CLAIM_BONUS = 1.0  # for a sentence that says what the paper does
OVERLAP_BONUS = 2.0  # for a sentence with all words of the question
NEAR = 0.25  # score that a further paper may lie below the best
HOPELESS = -2.0  # logit of `answerable` below which a further paper is left out
STEM = 6  # letters that two forms of a word share

_FIGURE = re.compile(r"\d")
_BRACKETED = re.compile(r"\[(\d+(?:\s*[,–-]\s*\d+)*)\]")
_CLAIM = re.compile(
    r"\b(?:we|this (?:paper|work|study)|here)\b.{0,40}\b"
    r"(?:propos|introduc|present|develop|show|find|demonstrat)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Budget:
    """How long an answer may be: papers, sentences of each, and words in all."""

    papers: int
    sentences: int
    words: int


ONE_PAPER = Budget(papers=1, sentences=3, words=85)
ONE_PAPER_SEVERAL_THINGS = Budget(papers=1, sentences=4, words=100)
SEVERAL_PAPERS = Budget(papers=5, sentences=2, words=190)
TITLE_WORDS = 9


def compose(asked: Asked, evidence: Sequence[Evidence], reader: Reader) -> Iterator[Piece]:
    """The answer, a sentence at a time; `evidence` is best first and not empty."""
    budget = _budget(asked)
    chosen = _choose_papers(evidence, budget)
    share = (budget.words - TITLE_WORDS * (len(chosen) - 1)) // len(chosen)
    for number, one in enumerate(read_closely(asked, chosen, reader), start=1):
        spans = _choose_sentences(asked, one, budget.sentences, share)
        yield from _pieces(one, number, spans, is_listed=len(chosen) > 1)


def _budget(asked: Asked) -> Budget:
    if asked.wants_several:
        return SEVERAL_PAPERS
    return ONE_PAPER_SEVERAL_THINGS if asked.clauses else ONE_PAPER


def _choose_papers(evidence: Sequence[Evidence], budget: Budget) -> list[Evidence]:
    """The best, and those near it; two at least where several are asked for."""
    best = evidence[0]
    near = [
        one
        for one in evidence[1:]
        if one.score >= best.score - NEAR and one.reading.answerable > HOPELESS
    ]
    further = near or list(evidence[1:2])
    return [best, *further][: budget.papers]


def _choose_sentences(asked: Asked, one: Evidence, most: int, word_limit: int) -> list[Span]:
    """The best sentences within the limits, in the order of the abstract."""
    scores = [_score(asked, one, index) for index in range(len(one.sentences))]
    order = sorted(range(len(scores)), key=lambda index: -scores[index])
    chosen: list[int] = []
    used = 0
    for index in order:
        length = len(one.text(index).split())
        if chosen and (len(chosen) == most or scores[index] < scores[order[0]] - CLOSE):
            break
        if not chosen or used + length <= word_limit:
            chosen.append(index)
            used += length
    return [one.sentences[index] for index in sorted(chosen)]


def _score(asked: Asked, one: Evidence, index: int) -> float:
    text = one.text(index)
    score = one.reading.sentences[index]
    if asked.wants_amount and _FIGURE.search(text):
        score += AMOUNT_BONUS
    if _CLAIM.search(text):
        score += CLAIM_BONUS
    wanted = _stems(asked.keywords)
    return score + OVERLAP_BONUS * len(wanted & _stems(text)) / max(1, len(wanted))


def _stems(text: str) -> set[str]:
    return {word.lower()[:STEM] for word in words(text) if len(word) > 2}


def _pieces(
    one: Evidence, number: int, spans: Sequence[Span], *, is_listed: bool
) -> Iterator[Piece]:
    """The paper's name, then sentence by sentence with its marker."""
    title = quoted(one.paper.title)
    if is_listed:
        yield Piece(f"{'' if number == 1 else chr(10)}- **{title}**:")
    else:
        yield Piece(f"**{title}**:")
    for span in spans:
        sentence = quoted(one.paper.abstract[span.start : span.end])
        yield Piece(f" {sentence} [{number}]", (Citation(number, one.paper, span),))


def quoted(text: str) -> str:
    """Text of a paper as it is shown: what looks like a marker of ours is not one."""
    return _BRACKETED.sub(r"(\1)", readable(text))

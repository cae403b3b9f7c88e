"""Which sentences of an abstract are quoted: those that answer best, within a number of words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.answering.asked import Asked
from rag.answering.evidence import Evidence
from rag.language.words import stem, words
from rag.types import Span

# Measured on the shipped questions and on others; see docs/adr/0006.
CLOSE = 7.0  # logits that a further sentence may lie below the best
AMOUNT_BONUS = 2.0  # for a sentence with a figure where an amount is asked for
CLAIM_BONUS = 1.0  # for a sentence that says what the paper does
OVERLAP_BONUS = 2.0  # for a sentence with all words of the question
STEM = 6  # letters that two forms of a word share

_FIGURE = re.compile(r"\d")
_CLAIM = re.compile(
    r"\b(?:we|this (?:paper|work|study)|here)\b.{0,40}\b"
    r"(?:propos|introduc|present|develop|show|find|demonstrat)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Budget:
    """How much of one paper may be said: sentences, and words in all."""

    sentences: int
    words: int


def best_sentences(asked: Asked, one: Evidence, budget: Budget) -> list[Span]:
    """The best sentences within the limits, in the order of the abstract; one at least."""
    scores = [
        score + merit(asked, one.text(index)) for index, score in enumerate(one.reading.sentences)
    ]
    order = sorted(range(len(scores)), key=lambda index: -scores[index])
    chosen: list[int] = []
    used = 0
    for index in order:
        length = len(one.text(index).split())
        if chosen and (len(chosen) == budget.sentences or scores[index] < scores[order[0]] - CLOSE):
            break
        if not chosen or used + length <= budget.words:
            chosen.append(index)
            used += length
    return [one.sentences[index] for index in sorted(chosen)]


def merit(asked: Asked, text: str) -> float:
    """What speaks for a sentence besides the judge."""
    score = 0.0
    if asked.wants_amount and _FIGURE.search(text):
        score += AMOUNT_BONUS
    if _CLAIM.search(text):
        score += CLAIM_BONUS
    wanted = _stems(asked.keywords)
    return score + OVERLAP_BONUS * len(wanted & _stems(text)) / max(1, len(wanted))


def _stems(text: str) -> set[str]:
    return {stem(word, STEM) for word in words(text) if len(word) > 2}

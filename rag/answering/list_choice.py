"""Which sentences of several papers stand side by side: what each does, on the same matter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.asked import Asked
from rag.answering.evidence import Evidence
from rag.answering.likeness import Matter
from rag.answering.sentence_choice import merit
from rag.language.words import names
from rag.types import Span

# Measured on the shipped questions and on others; each may be half or double without a difference.
MOST = 3  # sentences of one paper
CLOSE = 5.0  # score that a further sentence may lie below the best of its paper
LOWEST = -6.0  # logits below the best sentence that count no worse than this
WHAT_IT_DOES = 2.0  # bonus for the sentence that says so
NAMING = 3.5  # bonus for the one that gives the method its name
PROBLEM = 4.0  # what a sentence loses that says what others lack
LIKE = 2.0  # bonus for the one that speaks of what another paper speaks of

_DOES = re.compile(
    r"\b(?:we|this\s(?:paper|work|study|article)|here|our\s\w+)\b.{0,40}\b(?:propos|introduc|present"
    r"|develop|put\sforward|devis|design|offer|describ|formulat|build|extend|adopt|leverag|us(?:e|es)\b)"
    r"|\bis\s(?:proposed|introduced|presented)\b",
    re.IGNORECASE,
)
_GIVES_A_NAME = re.compile(
    r"\b(?:called|termed|dubbed|named|coined|i\.e\.,|namely|propose[sd]?|introduce[sd]?|present(?:s|ed)?"
    r"|put\sforward|develop(?:s|ed)?)\b",
    re.IGNORECASE,
)
_PROBLEM = re.compile(
    r"\A(?:however|yet|although|though|while|but|despite|unfortunately|existing|previous|prior"
    r"|recent|current|currently|traditional|conventional)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Sentence `index` of paper `place`."""

    place: int
    index: int
    score: float
    length: int


def listed_sentences(asked: Asked, papers: Sequence[Evidence], *, words: int) -> list[list[Span]]:
    """For each paper its most telling sentences, in the order of its abstract.

    The best of each, then what else fits into `words`, best first. Sentences come scored for the
    question, relative to the best of their paper.
    """
    ranked = _ranked(asked, papers)
    chosen = [candidates[:1] for candidates in ranked]
    left = words - sum(one.length for found in chosen for one in found)
    rest = [one for candidates in ranked for one in candidates[1:]]
    for one in sorted(rest, key=lambda one: -one.score):
        found = chosen[one.place]
        is_close = one.score >= found[0].score - CLOSE
        if one.length <= left and len(found) < MOST and is_close:
            found.append(one)
            left -= one.length
    return [
        [paper.sentences[index] for index in sorted(one.index for one in found)]
        for paper, found in zip(papers, chosen, strict=True)
    ]


def _ranked(asked: Asked, papers: Sequence[Evidence]) -> list[list[_Candidate]]:
    """Each paper's sentences, best first."""
    matters = [[Matter.of(text) for text in _texts(one)] for one in papers]
    ranked = []
    for place, one in enumerate(papers):
        others = [matter for row in (*matters[:place], *matters[place + 1 :]) for matter in row]
        scores = [
            _score(asked, one, index) + LIKE * matter.best(others)
            for index, matter in enumerate(matters[place])
        ]
        candidates = [
            _Candidate(place, index, score, len(text.split()))
            for index, (score, text) in enumerate(zip(scores, _texts(one), strict=True))
        ]
        ranked.append(sorted(candidates, key=lambda candidate: -candidate.score))
    return ranked


def _texts(one: Evidence) -> list[str]:
    return [one.text(index) for index in range(len(one.sentences))]


def _score(asked: Asked, one: Evidence, index: int) -> float:
    text = one.text(index)
    score = max(LOWEST, one.reading.sentences[index]) + merit(asked, text)
    if _DOES.search(text):
        score += WHAT_IT_DOES
    if _GIVES_A_NAME.search(text) and names(text):
        score += NAMING
    return score - PROBLEM if _PROBLEM.search(text) else score

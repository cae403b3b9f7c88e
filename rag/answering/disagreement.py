"""Disagreement: two abstracts that say opposite things of one matter, or give it other figures.

A false alarm is worse than a miss. Methods differ, and so does what their papers report of them:
it is a disagreement only where both papers speak, in much the same words, of something that
neither of them has made. Of 87,000 pairs of like sentences out of 1,700 abstracts none counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.answering.asked import Asked
from rag.answering.evidence import Evidence
from rag.language.naming import named
from rag.language.polarity import Clauses, conflicts
from rag.language.quantities import Quantity, quantities
from rag.language.words import FUNCTION_WORDS, stem, words
from rag.types import Span

COMPARED = 5  # papers
NEAR = 0.6  # score, of 3.5, that another paper may lie below the best
ASKED_ABOUT = 2  # words of the question that both sentences have, where it has as many
STEM = 5  # letters that two forms of a word share
FEWEST = 3  # telling words that both have to say
SAME_MATTER = 0.6  # share of the words of the shorter that the other has
SAME_FIGURES = 0.65  # the same, where only figures differ
OPPOSED = 0.4  # strength of a conflict, both ways
APART = 0.15  # by which two figures of one thing differ, beside the greater
_OWN = re.compile(
    r"\b(?:our|ours|we\s(?:propose|introduce|present|develop|design)|proposed|this\s(?:method|approach"
    r"|framework|model|dataset|system|algorithm|technique|work)|the\s(?:model|method|approach|framework"
    r"|system|dataset|data\sset|benchmark|algorithm|corpus)\s(?:has|have|contains?|consists?|comprises?"
    r"|reach\w+|achiev\w+|outperform\w*)|achiev\w+|reach\w+|state-of-the-art|baselines?|takes?)\b",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(
    r"\A(?:however|yet|existing|previous|prior|recent(?:ly)?|current(?:ly)?|traditional|conventional"
    r"|although|though|while|despite|unlike)\b",
    re.IGNORECASE,
)
_STUDY = re.compile(
    r"\bour\s(?:study|results?|findings?|analys[ie]s|experiments?|measurements?)\b", re.IGNORECASE
)
_OTHERWISE = re.compile(
    r"\b(?:without|unlike|instead\sof|rather\sthan|absence|lacking)\b", re.IGNORECASE
)
_NOT_ONLY = re.compile(r"\bnot\s(?:only|just|merely)\b", re.IGNORECASE)
# A figure for how much something changes is of an experiment, and experiments differ.
_CHANGE = re.compile(
    r"\b(?:ris|improv|gain|drop|reduc|increas|decreas|fast|speed|sav|cut|outperform|up\sto)\w*",
    re.IGNORECASE,
)
_REPORTS = frozenset(
    """
    about across belief calculate contrary demonstrate demonstrates estimate experiments find finds
    found indeed just only report reports result results show shown shows study surprisingly
    """.split()
)


@dataclass(frozen=True, slots=True)
class Side:
    """A paper, and the sentence of it that another one contradicts."""

    one: Evidence
    span: Span


@dataclass(frozen=True)
class Statement:
    """A sentence as it is compared with others."""

    text: str

    @cached_property
    def clauses(self) -> Clauses:
        return Clauses.of(_NOT_ONLY.sub("", self.text))

    @cached_property
    def figures(self) -> list[Quantity]:
        return [one for one in quantities(self.text) if not (one.is_word and not one.unit)]

    @cached_property
    def stems(self) -> frozenset[str]:
        told = (word.lower() for word in words(self.text) if not word[0].isdigit())
        return frozenset(
            stem(word, STEM) for word in told if word not in FUNCTION_WORDS and word not in _REPORTS
        )

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(name.lower() for name in named(self.text))

    @property
    def is_general(self) -> bool:
        """Whether it tells of the world, and not of what its authors or others have made."""
        plain = _STUDY.sub("", self.text)
        return not (_OWN.search(plain) or _OF_OTHERS.search(plain))


def opposed(asked: Asked, evidence: Sequence[Evidence]) -> tuple[Side, Side] | None:
    """What the best paper says of what is asked, and what another says against it.

    `evidence` is best first.
    """
    if not evidence:
        return None
    top = evidence[0]
    for other in evidence[1:COMPARED]:
        if top.score - other.score > NEAR:
            continue
        for mine in _statements(asked, top):
            for theirs in _statements(asked, other):
                if disagree(mine.statement, theirs.statement):
                    return Side(top, mine.span), Side(other, theirs.span)
    return None


def disagree(one: Statement, other: Statement) -> bool:
    """Whether the two cannot both be so."""
    if not (one.is_general and other.is_general) or one.names != other.names:
        return False
    return _are_opposed(one, other) or _differ_in_figures(one, other)


@dataclass(frozen=True, slots=True)
class _Placed:
    statement: Statement
    span: Span


def _statements(asked: Asked, one: Evidence) -> list[_Placed]:
    """The sentences that speak of what is asked about."""
    wanted = Statement(asked.keywords).stems
    fewest = min(ASKED_ABOUT, len(wanted))
    placed = [_Placed(Statement(one.text(i)), span) for i, span in enumerate(one.sentences)]
    return [each for each in placed if len(wanted & each.statement.stems) >= fewest]


def _are_opposed(one: Statement, other: Statement) -> bool:
    if _likeness(one, other) < SAME_MATTER or _is_otherwise(one) != _is_otherwise(other):
        return False
    there = _kinds(one.clauses, other.clauses)
    return bool(there & _kinds(other.clauses, one.clauses))


def _is_otherwise(one: Statement) -> bool:
    return bool(_OTHERWISE.search(one.text))


def _kinds(said: Clauses, text: Clauses) -> set[str]:
    return {one.kind for one in conflicts(said, [text]) if one.strength >= OPPOSED}


def _differ_in_figures(one: Statement, other: Statement) -> bool:
    if _CHANGE.search(one.text) or _CHANGE.search(other.text):
        return False
    if len(one.figures) != 1 or len(other.figures) != 1 or _likeness(one, other) < SAME_FIGURES:
        return False
    [first], [second] = one.figures, other.figures
    if first.unit != second.unit or (
        not first.unit and stem(first.noun, STEM) != stem(second.noun, STEM)
    ):
        return False
    greater = max(first.value, second.value)
    return abs(first.value - second.value) > APART * greater


def _likeness(one: Statement, other: Statement) -> float:
    shared = len(one.stems & other.stems)
    return shared / min(len(one.stems), len(other.stems)) if shared >= FEWEST else 0.0

"""Which of the papers that were found for a topic are about it, and not only near it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.language.words import FUNCTION_WORDS, words
from rag.types import Hit, Paper

SURELY = 0.65  # score from which a paper is about it in other words
OFTEN = 2  # times that a word of it stands in a paper about it; in the title it counts twice
NEAR = 0.5  # score from which that is enough
VERY_OFTEN = 3  # the same for a paper of any score
ONCE = 0.6  # score from which a paper is about it that has each word just once
SHORTEST_STEM = 4
FEW = 3  # words
_ENDING = re.compile(
    r"(?:i[sz]ations?|i[sz]ing|i[sz]ed?|i[sz]ers?|ations?|ions?|ings?|ers?|(?<!graph)ics?|ed|es|s|e"
    r"|ies|y)$"
)


def about(topic: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits that are about the topic, in their order.

    Measured on topics of the sample shelf and of a larger one: a paper that has every word of
    the topic in its title, or more than once in its abstract, is about it; one that is near it
    in meaning alone has to be very near.
    """
    stems = [_stem(word) for word in _wanted(topic)]
    return [hit for hit in hits if _is_about(stems, hit)]


def share(topic: str, paper: Paper) -> float:
    """The share of the topic's words that stand in the paper."""
    there = set(_stems(f"{paper.title} {paper.abstract}"))
    wanted = [_stem(word) for word in _wanted(topic)]
    return sum(stem in there for stem in wanted) / len(wanted) if wanted else 0.0


def is_in_title(topic: str, paper: Paper) -> bool:
    """Whether every word of the topic stands in the title."""
    return {_stem(word) for word in _wanted(topic)} <= set(_stems(paper.title))


def shares_title(topic: str, paper: Paper) -> bool:
    """Whether a word of the topic stands in the title, or the topic is long enough without."""
    wanted = [_stem(word) for word in _wanted(topic)]
    return len(wanted) > FEW or not set(wanted).isdisjoint(_stems(paper.title))


def _is_about(stems: Sequence[str], hit: Hit) -> bool:
    if hit.score >= SURELY:
        return True
    title, abstract = _stems(hit.paper.title), _stems(hit.paper.abstract)
    if not stems or all(stem in title for stem in stems):
        return bool(stems)
    counts = [2 * title.count(stem) + abstract.count(stem) for stem in stems]
    if not all(counts):
        return False
    is_in_title = any(stem in title for stem in stems)
    often = sum(counts) / len(counts) if is_in_title else min(counts)
    return often >= (OFTEN if hit.score >= NEAR else VERY_OFTEN) or hit.score >= ONCE


def _wanted(topic: str) -> list[str]:
    return [word for word in _parts(topic) if word.lower() not in FUNCTION_WORDS]


def _stems(text: str) -> list[str]:
    return [_stem(word) for word in _parts(text)]


def _parts(text: str) -> list[str]:
    """Words, those with hyphens whole and in parts: "Mixture-of-Experts", "LoRA-based"."""
    whole = words(text)
    return [*whole, *(part for word in whole if "-" in word for part in word.split("-") if part)]


def _stem(word: str) -> str:
    """What the forms of a word share: prune, pruned, pruning; MoE, MoEs."""
    small = word.lower().removesuffix("'s").removesuffix("’s")
    stem = _ENDING.sub("", small)
    if len(stem) >= SHORTEST_STEM:
        return stem
    return small.removesuffix("s")

"""Comparisons: the things that a question sets side by side, and the papers that go by them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rag.answering.asked import Asked
from rag.language.sentences import sentences
from rag.language.words import content_words, names, squeezed, stem, words
from rag.types import Paper

MOST_SIDES = 4
LONGEST_COMPARISON = 500  # characters; longer questions do not name what they compare
LONGEST_SIDE = 7  # words
LONGEST_NAME = 4  # words that may be written as one: "3D Gaussian Splatting", "Flash LLM"
STEM = 6  # letters that two forms of a word share
SHORT_FORM = 4  # letters from which the beginning of a word may stand for it: "norm"
MOSTLY = 0.6  # share of a name's words that a title has to have
OFTEN = 3  # mentions of a name in an abstract that make it its own
ASKED_AT_ONCE = 64  # questions whose sides are kept: each is asked for them several times
TEXTS = 128  # of papers whose words are kept: each side of a comparison looks for its names there
OPENS = 2  # sentences that a common word has to begin to be such a name

_END = (
    r"(?=[;:?!]|\s\(|\.(?:\s|\Z)|,?\s(?:in|on|for|at|when|regarding|by|as|over|under|across)\s|\Z)"
)
_AND = r"(?:and(?:\sfor)?|with|to|vs\.?|versus|against|or|from)"
_ANY = ".{1,90}?"  # bounded, as what a question says twice would cost its length cubed
_ITEM = "[^,:?]{1,90}?"
_REGIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:compare|contrast|comparing|comparison\s(?:of|between)|trade-?offs?\sbetween"
        rf"|differences?\s(?:is\sthere\s)?between|(?:choose|decide)\sbetween)\s({_ANY}){_END}",
        rf"\bhow\s(?:do|does|is|are)\s({_ANY}\s(?:different|differs?)\sfrom\s{_ANY}){_END}",
        rf"\bhow\s(?:do|does)\s({_ANY}\scompares?\s(?:to|with|against)\s{_ANY}){_END}",
        rf"\bhow\s(?:do|does)\s({_ANY}\sand\s{_ANY})\s(?:differ|compare)\b",
        rf"(?:\A|[,:]\s|\b(?:is|of|about|on|between)\s)({_ITEM}\s(?:vs\.?|versus)\s{_ANY}){_END}",
        rf"\bfor\s({_ITEM}\sand\sfor\s{_ANY}){_END}",
        rf"\A({_ITEM}\s(?:and|or)\s{_ITEM})\s?[:,]",
        rf"\bwhat\sdo\s({_ITEM}\sand\s{_ITEM})\s(?:do|each|have|use|need)\b",
        rf"[,:]\s({_ITEM}\sor\s{_ITEM})\?",
        rf"\b(?:is|are|should\si\suse)\s({_ITEM}\sor\s{_ITEM})\s?(?:better|\w+er\b|more|\?)",
    )
)
_SEPARATOR = re.compile(
    rf",?\s(?:{_AND}|(?:different|differs?)\sfrom|compares?\s(?:to|with|against))\s|,\s",
    re.IGNORECASE,
)
_ARTICLES = re.compile(
    r"\A(?:the|an?|both|either|methods?|models?|papers?)\s|\spapers?\Z", re.IGNORECASE
)
_GENERIC = re.compile(
    r"\b(?:methods|papers|approaches|ways|works|techniques|options|them|these|those|what|how|which)\b",
    re.IGNORECASE,
)


def compared(asked: Asked, papers: Sequence[Paper]) -> tuple[int, ...]:
    """Places of the papers that the question sets side by side, in its order; none else.

    It may be one paper alone, where no paper at all tells of what it is compared with.
    """
    return _compared(asked.readable, tuple(papers)) if _sides(asked.readable) else ()


@lru_cache(ASKED_AT_ONCE)
def _compared(text: str, papers: tuple[Paper, ...]) -> tuple[int, ...]:
    found = [(named(sides, papers), sides) for sides in _sides(text)]
    places, sides = max(found, key=lambda one: len(one[0]), default=((), ()))
    is_whole = len(places) > 1 or (places and len(_unknown(sides, papers)) == len(sides) - 1)
    return places if is_whole else ()


def absent(asked: Asked, papers: Sequence[Paper]) -> tuple[str, ...]:
    """Names in a comparison that none of these papers has."""
    found = (_unknown(sides, papers) for sides in _sides(asked.readable) if named(sides, papers))
    return next(filter(None, found), ())


def named(sides: Sequence[str], papers: Sequence[Paper]) -> tuple[int, ...]:
    """Places of the papers that go by these names, each paper once; a side without one is none."""
    taken: list[int] = []
    for side in sides:
        fits = [(_fit(side, paper), -place) for place, paper in enumerate(papers)]
        free = [(fit, place) for fit, place in fits if fit and -place not in taken]
        if free:
            taken.append(-max(free)[1])
    return tuple(taken)


def _unknown(sides: Sequence[str], papers: Sequence[Paper]) -> tuple[str, ...]:
    texts = [_text(f"{paper.title} {paper.abstract}") for paper in papers]
    return tuple(
        side for side in sides if names(side) and not any(text.mentions(side) for text in texts)
    )


@lru_cache(ASKED_AT_ONCE)
def _sides(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(_found_sides(text))


def _found_sides(text: str) -> Iterator[tuple[str, ...]]:
    for region in _REGIONS:
        for match in region.finditer(text[:LONGEST_COMPARISON]):
            parts = [_bare(part) for part in _SEPARATOR.split(match[1])]
            sides = tuple(part for part in parts if _is_side(part))
            if 2 <= len(sides) <= MOST_SIDES:
                yield sides


def _bare(part: str) -> str:
    return _ARTICLES.sub("", part.strip(" ,'\"“”")).strip()


def _is_side(part: str) -> bool:
    return (
        len(part.split()) <= LONGEST_SIDE
        and not _GENERIC.search(part)
        and bool(content_words(part))
    )


@dataclass(frozen=True)
class _Text:
    """A text in which names are looked up whole: "LoRA" does not stand in "QLoRA"."""

    text: str

    @cached_property
    def tokens(self) -> list[str]:
        return [squeezed(word) for word in words(self.text)]

    @cached_property
    def runs(self) -> Counter[str]:
        """How often there are words, and neighbours joined."""
        return Counter(
            "".join(self.tokens[start : start + length])
            for length in range(1, LONGEST_NAME + 1)
            for start in range(len(self.tokens) - length + 1)
        )

    def mentions(self, name: str) -> int:
        wanted = squeezed(name)
        return self.runs[wanted] + self.runs[f"{wanted}s"]

    def share(self, told: Sequence[str]) -> float:
        """How many of these words stand there."""
        found = [self.mentions(word) > 0 if names(word) else self._has(word) for word in told]
        return sum(found) / len(told)

    def _has(self, word: str) -> bool:
        start = stem(word, STEM)
        is_long = len(start) >= SHORT_FORM
        return any(
            one[:STEM] == start or (is_long and one.startswith(start)) for one in self.tokens
        )


@lru_cache(TEXTS)
def _text(text: str) -> _Text:
    return _Text(text)


def _fit(side: str, paper: Paper) -> float:
    """How surely the paper goes by this name; 0 where it does not.

    Its title has most words of the name, or its abstract uses the name again and again.
    """
    told = content_words(side)
    title, abstract = _text(paper.title), _text(paper.abstract)
    if not all(title.mentions(name) or abstract.mentions(name) for name in names(side)):
        return 0.0
    in_title, mentions = title.share(told), abstract.mentions(side)
    if len(told) == 1 and not names(side):
        return float(_is_called(paper, side))
    is_own = in_title >= MOSTLY or mentions >= OFTEN
    return in_title + min(mentions, 9) / 10 if is_own else 0.0


def _is_called(paper: Paper, word: str) -> bool:
    """Whether a common word names the paper: many papers merely have it."""
    if squeezed(paper.title.partition(":")[0]) == squeezed(word):
        return True
    opening = [
        paper.abstract[span.start :].split(maxsplit=1)[0] for span in sentences(paper.abstract)
    ]
    return sum(squeezed(first) == squeezed(word) for first in opening) >= OPENS

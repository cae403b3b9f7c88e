"""Direction and negation: whether two texts say the same of a matter, or the opposite.

Compared are words that stand among like words in both: which of two opposites is said ("faster",
"slower"), what is negated, and who surpasses whom.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Literal

from rag.language.latex import readable
from rag.language.words import FUNCTION_WORDS, stem

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[,;:.!?()]")
_STOPS = frozenset(",;:.!?()")
_NEGATORS = frozenset(
    "not no never without neither nor cannot none nothing unable lack lacks lacking lacked fail "
    "fails failed failing hardly rarely seldom barely nowhere".split()
)
# They say "not" of what follows too, though in another way: enough to agree with a negation.
_NEGATING = _NEGATORS | frozenset(
    "avoid avoids avoiding avoided eliminate eliminates eliminating eliminated remove removes "
    "removing removed removal prevent prevents preventing prevented obviate obviates obviating "
    "obviated dispense dispenses dispensing drop drops dropping dropped omit omits omitting "
    "omitted instead rather unlike free absent except exclude excludes excluding few little "
    "stop stops refuse refuses ignore ignores ignoring skip skips skipping forgo forgoes zero "
    "away replace replaces replacing replaced un non less only absence unavailable missing need "
    "unnecessary forgo forgoing".split()
)
_SURPASS = ("outperform", "surpass", "exceed", "beat", "outdo", "outstrip", "outpace", "overtake")
_TRAIL = ("underperform", "trail", "lag")
REACH = 3  # words over which a negation reaches
AROUND = 6  # words on each side that tell what a word is said of
STEM = 5  # letters that forms of a word share
ALIKE = 0.3  # share of the words around that two places must have in common
CLEARLY = 0.1


@dataclass(frozen=True, slots=True)
class Conflict:
    """Opposite things are said: the word of the sentence, that of the source, how surely (0-1)."""

    kind: Literal["direction", "negation", "roles"]
    said: str
    found: str
    strength: float


@dataclass(frozen=True)
class Clauses:
    """The words of a sentence, with what is known of each."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Clauses:
        plain = readable(text).lower().replace("’", "'").replace("can't", "can not")
        return cls(tuple(_TOKEN.findall(re.sub(r"n't\b", " not", plain))))

    @cached_property
    def negated(self) -> tuple[bool, ...]:
        return tuple(self._is_after(place, _NEGATORS, REACH) for place in range(len(self.words)))

    @cached_property
    def negated_somehow(self) -> tuple[bool, ...]:
        return tuple(
            self._is_after(place, _NEGATING, REACH + 2) or self._is_freed(place)
            for place in range(len(self.words))
        )

    @cached_property
    def by_matter(self) -> Mapping[int, list[tuple[int, int]]]:
        """Places and signs of the words that say something of a matter."""
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for place, word in enumerate(self.words):
            for matter, side in _opposites().get(word, ()):
                found[matter].append((place, -side if self.negated[place] else side))
        return found

    @cached_property
    def stems(self) -> tuple[str, ...]:
        return tuple(stem(word, STEM) for word in self.words)

    def around(self, place: int) -> frozenset[str]:
        """Stems of the telling words near a place, itself left out."""
        near = range(max(0, place - AROUND), min(len(self.words), place + AROUND + 1))
        return frozenset(
            self.stems[other] for other in near if other != place and self.tells(other)
        )

    def tells(self, place: int) -> bool:
        """Whether the word says what is spoken of."""
        word = self.words[place]
        return (
            word not in FUNCTION_WORDS
            and word not in _STOPS
            and word not in _NEGATORS
            and word not in _opposites()
        )

    def _is_after(self, place: int, these: frozenset[str], reach: int) -> bool:
        passed = 0
        for word in reversed(self.words[:place]):
            if word in _STOPS or passed > reach:
                return False
            if word in these:
                return True
            passed += word not in FUNCTION_WORDS or passed > 0
        return False

    def _is_freed(self, place: int) -> bool:
        """Whether the negation follows, as in "gradient-free"."""
        return self.words[place + 1 : place + 2] in (("free",), ("less",))


def conflicts(said: Clauses, texts: Sequence[Clauses]) -> list[Conflict]:
    """Where a sentence says the opposite of a source's sentences, strongest first."""
    found = [*_directions(said, texts), *_negations(said, texts), *_roles(said, texts)]
    return sorted(found, key=lambda conflict: -conflict.strength)


def _directions(said: Clauses, texts: Sequence[Clauses]) -> Iterator[Conflict]:
    for matter, places in said.by_matter.items():
        for place, sign in places:
            around = said.around(place)
            against, agreeing, other = 0.0, 0.0, ""
            for text in texts:
                for there, its_sign in text.by_matter.get(matter, ()):
                    likeness = _likeness(around, text.around(there))
                    if its_sign == sign:
                        agreeing = max(agreeing, likeness)
                    elif likeness > against:
                        against, other = likeness, text.words[there]
            if against >= ALIKE and against > agreeing + CLEARLY:
                yield Conflict("direction", said.words[place], other, against - agreeing)


def _negations(said: Clauses, texts: Sequence[Clauses]) -> Iterator[Conflict]:
    """Words that are negated in one text and not in the other, among like words."""
    for place, word in enumerate(said.words):
        if not said.tells(place) and word not in _opposites():
            continue
        around, is_negated = said.around(place), said.negated[place]
        against, agreeing = 0.0, 0.0
        for text in texts:
            for there, its_stem in enumerate(text.stems):
                if its_stem != said.stems[place]:
                    continue
                likeness = _likeness(around, text.around(there))
                somehow = text.negated_somehow[there] if is_negated else text.negated[there]
                if somehow == is_negated or (not is_negated and said.negated_somehow[place]):
                    agreeing = max(agreeing, likeness)
                else:
                    against = max(against, likeness)
        if against >= ALIKE and against > agreeing + CLEARLY:
            said_so = f"not {word}" if is_negated else word
            yield Conflict("negation", said_so, word, against - agreeing)


def _roles(said: Clauses, texts: Sequence[Clauses]) -> Iterator[Conflict]:
    """Where "A outperforms B" stands against "B outperforms A"."""
    for place, sign in _pivots(said):
        left, right = _sides(said, place)
        straight, crossed = 0.0, 0.0
        for text in texts:
            for there, its_sign in _pivots(text):
                its_left, its_right = _sides(text, there)
                along = _likeness(left, its_left) + _likeness(right, its_right)
                across = _likeness(left, its_right) + _likeness(right, its_left)
                if sign != its_sign:
                    along, across = across, along
                straight, crossed = max(straight, along), max(crossed, across)
        if crossed >= 2 * ALIKE and crossed > straight + CLEARLY:
            word = said.words[place]
            yield Conflict("roles", word, word, (crossed - straight) / 2)


def _pivots(text: Clauses) -> Iterator[tuple[int, int]]:
    for place, word in enumerate(text.words):
        sign = 1 if word.startswith(_SURPASS) else -1 if word.startswith(_TRAIL) else 0
        if word == "than" and place:
            near = [w for w in text.words[max(0, place - 6) : place] if w in _opposites()]
            sign = _opposites()[near[-1]][0][1] if near else 1
        if sign:
            passive = "by" in text.words[place + 1 : place + 2]
            negated = text.negated[place]
            yield place, -sign if passive != negated else sign


def _sides(text: Clauses, place: int) -> tuple[frozenset[str], frozenset[str]]:
    """Telling words before and after a place."""
    before = range(max(0, place - 10), place)
    after = range(place + 1, min(len(text.words), place + 11))
    left, right = (
        frozenset(text.stems[other] for other in side if text.tells(other))
        for side in (before, after)
    )
    return left - right, right - left


def _likeness(one: frozenset[str], two: frozenset[str]) -> float:
    return len(one & two) / len(one) if one else 0.0


@cache
def _opposites() -> Mapping[str, tuple[tuple[int, int], ...]]:
    """For each word the matters of which it says something, and on which side."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    text = files("rag.language").joinpath("opposites.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    for matter, line in enumerate(lines):
        for side, words in zip((1, -1), line.split("|"), strict=True):
            for word in words.split():
                for form in _forms(word):
                    found[form].append((matter, side))
    return {word: tuple(dict.fromkeys(sides)) for word, sides in found.items()}


def _forms(word: str) -> Iterator[str]:
    """The word, and what it becomes as a verb; forms that do not exist do no harm."""
    yield word
    base = word.removesuffix("e")
    yield from (f"{word}s", f"{base}ed", f"{base}ing")
    if word.endswith(("p", "t", "n", "m")):
        yield from (f"{word}{word[-1]}ed", f"{word}{word[-1]}ing")
    if word.endswith("y"):
        yield from (f"{word[:-1]}ies", f"{word[:-1]}ied")
    if word.endswith(("s", "x", "ch", "sh")):
        yield f"{word}es"

"""Whether two sentences speak of the same matter, so that they can stand side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.language.quantities import quantities
from rag.language.words import FUNCTION_WORDS, stem, words

STEM = 6  # letters that two forms of a word share
FEWEST = 2  # words that two figures of one unit must have in common to be of one matter
FULL = 6  # words in common that are as much as can be hoped for


@dataclass(frozen=True, slots=True)
class Matter:
    """What a sentence speaks of: its telling words, and the units of its figures."""

    stems: frozenset[str]
    units: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Matter:
        telling = (stem(word, STEM) for word in words(text) if len(word) > 2)
        units = (one.unit for one in quantities(text) if not one.is_word or one.unit)
        return cls(frozenset(set(telling) - FUNCTION_WORDS), frozenset(units))

    def alike(self, other: Matter) -> float:
        """0 to 1; figures of one unit count as much as all words do."""
        shared = len(self.stems & other.stems)
        same_unit = bool(self.units & other.units) and shared >= FEWEST
        return (min(shared, FULL) / FULL + same_unit) / 2

    def best(self, others: Sequence[Matter]) -> float:
        return max(map(self.alike, others), default=0.0)

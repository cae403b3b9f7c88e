"""The form in which spellings of a name meet: "Flash-LLM", "flash llm", "FlashLLMs"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from rag.language.naming import plainly
from rag.language.words import squeezed

_GREEK = re.compile(r"[α-ω]")
_LAMBDA = "lamda"  # Unicode's spelling
SHORTEST_PLURAL = 4


def name_key(name: str) -> str:
    """Small Latin letters and digits, in the singular; empty where the name has neither.

    Greek letters are spelt out, accents and LaTeX are dropped.
    """
    return joined([folded(plainly(name))])


def folded(word: str) -> str:
    """A word, already without LaTeX, as its part of a key."""
    if word.isascii():
        return squeezed(word)
    plain = unicodedata.normalize("NFKD", word.casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return squeezed(_GREEK.sub(_spelt, letters))


def joined(parts: Sequence[str]) -> str:
    """The key of a name whose folded words these are."""
    key = "".join(parts)
    is_plural = len(key) >= SHORTEST_PLURAL and key.endswith("s") and not key.endswith("ss")
    return key[:-1] if is_plural else key


def figures(key: str) -> str:
    """The digits of a key: names that differ in them are names of different things."""
    return "".join(char for char in key if char.isdigit())


def edits(one: str, other: str) -> int:
    """Letters to add, drop, change or swap with their neighbour to make one key the other.

    The optimal string alignment distance of Damerau and Levenshtein.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if last and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _spelt(match: re.Match[str]) -> str:
    name = unicodedata.name(match[0]).rpartition(" ")[2].lower()
    return "lambda" if name == _LAMBDA else name

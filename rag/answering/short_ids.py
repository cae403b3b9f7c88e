"""Ids for the sources of one request, such that nobody writes one by accident."""

from __future__ import annotations

import re
import unicodedata
from itertools import product
from random import Random

FEWEST_DIGITS = 3
APART = 2  # digits in which two ids differ, so that a slip of one hits none
_DIGITS = "123456789"
# Odd and not a five: sizes, powers of two and round numbers come to a model by habit.
_LAST_DIGITS = "1379"
_NUMBER = re.compile(r"\d+")


def drawn(number: int, *, unlike: str, random: Random) -> list[str]:
    """That many ids in random order, none of which stands in `unlike`, not even within a number."""
    digits = FEWEST_DIGITS
    while True:
        ids = _drawn(number, digits, _standing_in(unlike, digits), random)
        if len(ids) == number:
            return ids
        digits += 1


def _drawn(number: int, digits: int, taken: set[str], random: Random) -> list[str]:
    """As many as there are, at most `number`."""
    ids: list[str] = []
    for id_ in _candidates(digits, random):
        if len(ids) == number:
            break
        if id_ not in taken and all(_apart(id_, other) for other in ids):
            ids.append(id_)
    return ids


def _candidates(digits: int, random: Random) -> list[str]:
    """All ids of that length, shuffled."""
    parts = product(*[_DIGITS] * (digits - 1), _LAST_DIGITS)
    ids = ["".join(part) for part in parts]
    random.shuffle(ids)
    return ids


def _apart(one: str, other: str) -> bool:
    return sum(a != b for a, b in zip(one, other, strict=True)) >= APART


def _standing_in(text: str, digits: int) -> set[str]:
    """Every run of that many digits, in whichever script they are written."""
    numbers = _NUMBER.findall(unicodedata.normalize("NFKC", text))
    plain = ["".join(str(unicodedata.decimal(digit)) for digit in one) for one in numbers]
    return {one[start : start + digits] for one in plain for start in range(len(one) - digits + 1)}

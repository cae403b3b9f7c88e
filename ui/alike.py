"""Questions that ask nearly the same, by their words."""

from __future__ import annotations

from collections.abc import Sequence

from rag.language.words import ASKING_WORDS, FUNCTION_WORDS, words

ENOUGH = 0.5  # of the words of both together
SHORTEST_PLURAL = 4


def groups(texts: Sequence[str]) -> list[tuple[int, ...]]:
    """Where texts alike stand, the most frequent first; each text is in one group."""
    found: list[tuple[frozenset[str], list[int]]] = []
    for place, text in enumerate(texts):
        meant = content(text)
        best = max(found, key=lambda one: _overlap(one[0], meant), default=None)
        if best and _overlap(best[0], meant) >= ENOUGH:
            best[1].append(place)
        else:
            found.append((meant, [place]))
    return sorted((tuple(places) for _, places in found), key=len, reverse=True)


def content(text: str) -> frozenset[str]:
    """The words that say what a text is about; all of them where none does."""
    said = [word.casefold() for word in words(text)]
    telling = [word for word in said if word not in FUNCTION_WORDS | ASKING_WORDS]
    return frozenset(map(_singular, telling or said))


def _singular(word: str) -> str:
    is_plural = len(word) >= SHORTEST_PLURAL and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if is_plural else word


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))

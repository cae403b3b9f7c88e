"""The names that a question mentions, however they are spelt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.language.name_key import name_key
from rag.language.naming import is_generic
from rag.language.token_count import count as token_count
from rag.language.words import is_name, parts, words
from rag.retrieval.grams import Gram, grams
from rag.store.named import Bearing, NameCount, NearName

LEAST_CERTAIN = 0.2  # below it, the words are words
GLUED = 0.9  # certainty of "flash llm" where a paper writes "Flash-LLM"
PLAIN = 0.5  # certainty of "batch normalization" if all that have the words have them as a name
MISSPELT = {1: 0.9, 2: 0.8}  # certainty by edits
SHORTEST_MISSPELT = {1: 5, 2: 8}  # letters of what was typed or of the name, by edits
# Runs of words that are looked up as misspelt, by edits: among 100,000 papers one edit takes
# 0.1 ms, two take 0.9 ms. Of two edits it is the shortest runs.
MOST_MISSPELT = {1: slice(6), 2: slice(-2, None)}


class NameIndex(Protocol):
    """What a shelf knows of names, by their keys (`name_key`)."""

    def name_counts(self, keys: Iterable[str]) -> dict[str, NameCount]: ...

    def word_counts(self, words: Iterable[str]) -> dict[str, int]: ...

    def spelling(self, key: str) -> str: ...

    def near_names(self, key: str, distance: int) -> list[NearName]: ...

    def named(self, key: str, bears: Bearing, limit: int) -> set[str]: ...


@dataclass(frozen=True, slots=True)
class Mention:
    """A name and how surely it is meant, 0 to 1.

    `name` is how its paper writes it, empty where papers merely use it. `is_foreign` where no
    abstract has what was typed, and no other name is as near to it.
    """

    gram: Gram
    key: str
    name: str
    certainty: float
    is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class Mentions:
    """`unknown` are names, by their look, of which no paper on the shelf has a trace."""

    known: tuple[Mention, ...]
    unknown: tuple[str, ...]


def mentions(text: str, index: NameIndex) -> Mentions:
    """The names of a question that has been freed of LaTeX."""
    runs = grams(text)
    counts = index.name_counts({gram.key for gram in runs})
    frequencies = index.word_counts({word for gram in runs for word in gram.words})
    known = list(_exact(runs, counts, frequencies, index))
    covered = {place for mention in known for place in mention.gram.places}
    left = [gram for gram in runs if not covered.intersection(gram.places)]
    foreign = {g.first for g in left if _is_foreign(g, counts, frequencies)}
    misspelt = _misspelt([g for g in left if foreign.intersection(g.places)], index)
    corrected = {place for mention in misspelt for place in mention.gram.places}
    unknown = [g.words[0] for g in left if g.first in foreign - corrected and len(g.words) == 1]
    foreign_names = [word for word in unknown if is_name(word) and not is_generic(word)]
    return Mentions((*known, *misspelt), tuple(dict.fromkeys(foreign_names)))


def _exact(
    runs: Sequence[Gram],
    counts: Mapping[str, NameCount],
    frequencies: Mapping[str, int],
    index: NameIndex,
) -> Iterator[Mention]:
    covered: set[int] = set()
    for gram in runs:
        if gram.key not in counts or covered.intersection(gram.places):
            continue
        name, rarest = index.spelling(gram.key), min(frequencies[word] for word in gram.words)
        share = counts[gram.key].all / rarest if rarest else 1.0
        certainty = _certainty(gram, name, min(1.0, share))
        if certainty >= LEAST_CERTAIN:
            covered.update(gram.places)
            yield Mention(gram, gram.key, name, certainty, bool(name and not rarest))


def _certainty(gram: Gram, name: str, share: float) -> float:
    """`share`: of the papers with the words, how many have them as a name."""
    is_one = len(gram.words) == 1
    if gram.looks_like_a_name and (name or is_one):
        return 1.0
    if not name:
        return 0.0
    if len(words(name)) == 1 and is_name(name) and len(parts(" ".join(gram.words))) > 1:
        return GLUED
    return share if is_one else share * PLAIN


def _is_foreign(
    gram: Gram, counts: Mapping[str, NameCount], frequencies: Mapping[str, int]
) -> bool:
    """Whether a word is neither a name of the shelf, nor one of its words, nor plain English."""
    if len(gram.words) > 1 or gram.key in counts or frequencies[gram.words[0]]:
        return False
    return is_name(gram.words[0]) or token_count(f" {gram.words[0]}") > 1


def _misspelt(runs: Sequence[Gram], index: NameIndex) -> list[Mention]:
    found: list[Mention] = []
    covered: set[int] = set()
    for distance in MISSPELT:
        for gram in runs[MOST_MISSPELT[distance]]:
            near = [] if covered.intersection(gram.places) else _near(gram, distance, index)
            if near:
                covered.update(gram.places)
                found += near
    return found


def _near(gram: Gram, distance: int, index: NameIndex) -> list[Mention]:
    """The names that may be meant, each as sure as their number leaves it."""
    least = SHORTEST_MISSPELT[distance]
    if len(gram.key) < least - 1:
        return []
    names = {name_key(one.name): one.name for one in index.near_names(gram.key, distance)}
    keys = [key for key in names if max(len(key), len(gram.key)) >= least]
    keys = [key for key in keys if key[0] == gram.key[0] or distance == 1]
    share, is_alone = MISSPELT[distance] / max(1, len(keys)), len(keys) == 1
    return [Mention(gram, key, names[key], share, is_alone) for key in keys]

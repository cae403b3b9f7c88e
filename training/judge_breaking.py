"""Break a sentence in exactly one place, so that its abstract no longer bears it out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal, TypeAlias

from rag.language.words import names, squeezed
from training.judge_words import NEGATED_VERBS, OPPOSITES

Kind: TypeAlias = Literal["number", "polarity", "name", "negation"]

TRIES = 20
FACTORS = (0.1, 0.5, 1.5, 2, 3, 10)

# 3, 1,204, 0.5, 40%, 2x; not the 4 of GPT-4, the 3 of 3D or the 2 of 2024-05.
_NUMBER = re.compile(
    r"(?<![\w.,/-])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\d/-]|[.,]\d|(?![xkKMB]\b)[A-Za-z_])"
)
_ANY_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_WORD = re.compile(r"(?<![\w-])[A-Za-z]+(?!\w)")
_ARTICLE = re.compile(r"\b(?:an|a) $", re.IGNORECASE)
# Spoken with a vowel first: owl, 8, 11, 18, 80; and letter by letter LLM, XML, RNN.
_VOWEL_FIRST = re.compile(r"[aeiou]|8|1[18](?!\d)", re.IGNORECASE)
_SPELT_VOWEL_FIRST = re.compile(r"[AEFHILMNORSX](?:[A-Z]|[a-z]?$)")

_VERBS = "|".join(NEGATED_VERBS)
# What is negated or freed of its negation, and what may stand in its place.
_NEGATIONS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (
        re.compile(r"\b(is|are|was|were|does|do|did|will|can|could)\b(?! (?:not|no|only)\b)"),
        (r"\1 not",),
    ),
    (re.compile(r"\b(has|have) (?=been\b)"), (r"\1 not ", r"\1 never ")),
    (re.compile(r"\b(?:not|never) (?!only\b)"), ("",)),
    (re.compile(r"\bcannot\b"), ("can",)),
    (re.compile(rf"\b({_VERBS})s\b"), (r"does not \1", r"fails to \1", r"never \1s")),
)


@dataclass(frozen=True, slots=True)
class Context:
    """The text that a sentence is broken against, and names that might be taken for its own."""

    source: str
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Broken:
    """A sentence with one changed place, and what was changed."""

    kind: Kind
    sentence: str


def broken(sentence: str, context: Context, random: Random) -> Broken | None:
    """The sentence broken in a way drawn at random, or None where nothing in it can be."""
    for kind in random.sample(list(_WAYS), len(_WAYS)):
        if found := _WAYS[kind](sentence, context, random):
            return Broken(kind, found)
    return None


def values(text: str) -> set[float]:
    """Every number of a text by its value, wherever it stands."""
    return {_value(found) for found in _ANY_NUMBER.findall(text)}


def _number(sentence: str, context: Context, random: Random) -> str | None:
    found = list(_NUMBER.finditer(sentence))
    if not found:
        return None
    place = random.choice(found)
    taken = values(context.source) | values(sentence)
    for _ in range(TRIES):
        other = random.choice(_MISTAKES)(place[0], random)
        if _value(other) not in taken:
            return _replaced(sentence, place.span(), other)
    return None


def _polarity(sentence: str, _: Context, random: Random) -> str | None:
    found = [word for word in _WORD.finditer(sentence) if word[0].lower() in OPPOSITES]
    if not found:
        return None
    place = random.choice(found)
    other = random.choice(OPPOSITES[place[0].lower()])
    return _replaced(sentence, place.span(), _cased_like(place[0], other))


def _name(sentence: str, context: Context, random: Random) -> str | None:
    found = names(sentence)
    here = squeezed(f"{context.source} {sentence}")
    strange = [name for name in _drawn(context.names, random) if squeezed(name) not in here]
    if not (found and strange):
        return None
    place = re.search(rf"(?<!\w){re.escape(random.choice(found))}(?!\w)", sentence)
    return _replaced(sentence, place.span(), strange[0]) if place else None


def _negation(sentence: str, _: Context, random: Random) -> str | None:
    for pattern, choices in random.sample(_NEGATIONS, len(_NEGATIONS)):
        if found := list(pattern.finditer(sentence)):
            place = random.choice(found)
            return _replaced(sentence, place.span(), place.expand(random.choice(choices)))
    return None


_WAYS: Mapping[Kind, Callable[[str, Context, Random], str | None]] = {
    "number": _number,
    "polarity": _polarity,
    "name": _name,
    "negation": _negation,
}


def _other_digit(number: str, random: Random) -> str:
    place = random.choice([at for at, mark in enumerate(number) if mark.isdigit()])
    digit = random.choice([mark for mark in "123456789" if mark != number[place]])
    return number[:place] + digit + number[place + 1 :]


def _scaled(number: str, random: Random) -> str:
    """Written as the number was: with its thousands separated, with its decimals."""
    decimals = len(number.partition(".")[2])
    separator = "," if "," in number else ""
    return f"{_value(number) * random.choice(FACTORS):{separator}.{decimals}f}"


def _turned_round(number: str, _: Random) -> str:
    """The digits from behind; of 0.75 the point is lost."""
    return number.replace(".", "") if "." in number else number[::-1]


_MISTAKES = (_other_digit, _other_digit, _scaled, _turned_round)


def _value(number: str) -> float:
    return float(number.replace(",", ""))


def _drawn(known: Sequence[str], random: Random) -> list[str]:
    return random.sample(known, min(TRIES, len(known)))


def _cased_like(model: str, word: str) -> str:
    return word.capitalize() if model[0].isupper() else word


def _replaced(sentence: str, place: tuple[int, int], new: str) -> str:
    """`new` in its place; an article before it follows, or grammar would give the case away."""
    start, end = place
    before = sentence[:start]
    if new and (article := _ARTICLE.search(before)):
        right = "an " if _sounds_open(new) else "a "
        before = before[: article.start()] + _cased_like(article[0], right)
    return before + new + sentence[end:]


def _sounds_open(text: str) -> bool:
    first = text.split()[0]
    spelt = len(first) > 1 and first[:2].isupper()
    return bool((_SPELT_VOWEL_FIRST if spelt else _VOWEL_FIRST).match(first))

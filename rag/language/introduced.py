"""Which names a paper has, which it presents, which it is about, and which it merely uses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from rag.language.name_key import name_key
from rag.language.naming import named, plainly
from rag.language.words import FUNCTION_WORDS, content_words, is_name, names, words

LONGEST_HEAD = 3  # words of a name before a colon
OFTEN = 3  # mentions that make an abstract be about a name
SHORTEST_KEY = 2
LONGEST_TEXT = 20_000  # characters of an abstract that are read
_HEAD = re.compile(r"(.{1,80}?)\s*(?:: |:$| [–—]+ | -- )")
_BRACKETS = re.compile(r"\s*\(([^()\s]{2,20})\)")
_VERSION = re.compile(r"\s+v?\d+(?:\.\d+)*$")
_MINOR = re.compile(r"(?<=\d)\.0$")
# What follows it is the paper's own.
_PRESENTS = re.compile(
    r"""\b(?:we|here|paper|work|article|study|report)\b(?:\s[\w,\-]+){0,8}?
        \s(?:propose|introduce|present|develop|design|call|name|term|dub|release|build|describe)s?
        \s+(?:it\s|this\s|our\s|the\s|an?\s|new\s|novel\s|simple\s|method\s|approach\s){0,4}
      | \b(?:called|named|termed|dubbed|coined|nicknamed|christened|namely)\s+
    """,
    re.VERBOSE | re.IGNORECASE,
)
_APPOSED = re.compile(r"[(,—–:]\s*(?:or\s+|namely\s+|called\s+)?([\w][\w\-+.]*\w)\s*[),.;:—–]")
_OPENS = re.compile(r"(?:(?:The|An?|In)\s+)?")
_OR = re.compile(r"^[^.]{3,80}?,\s+(?:or|abbreviated|in short)\s+([A-Z][\w\-+]*)\b")
_CAPITAL_PAIR = re.compile(r"(?<![\w\-])([A-Z][\w\-]*+) (?=([A-Z][\w\-]*+))")
REACH = 160  # characters after "we propose" in which the name stands


@dataclass(frozen=True, slots=True)
class PaperNames:
    """Spellings of names, each in the first place that fits: a name of its own is used, too."""

    own: tuple[str, ...]
    presented: tuple[str, ...]
    about: tuple[str, ...]
    used: tuple[str, ...]


def names_of(title: str, abstract: str) -> PaperNames:
    """The names of a paper, told from its title and abstract."""
    heading = plainly(title)
    text = plainly(abstract[:LONGEST_TEXT])
    places = (
        _own(heading),
        chain(_presented(text), _opening(text, heading)),
        chain(names(heading), _repeated(text)),
        _used(text),
    )
    seen: set[str] = set()
    return PaperNames(*(_new(found, seen) for found in places))


def _new(found: Iterable[str], seen: set[str]) -> tuple[str, ...]:
    """The first spelling for each key that was not seen yet."""
    spellings: dict[str, str] = {}
    for name in found:
        key = name_key(name)
        if len(key) >= SHORTEST_KEY and not key.isdigit() and key not in seen:
            spellings.setdefault(key, name)
    seen.update(spellings)
    return tuple(spellings.values())


def _own(title: str) -> Iterator[str]:
    """A short head before a colon, a whole title as short, an acronym in brackets."""
    head = match[1] if (match := _HEAD.match(title)) else title
    for match in _BRACKETS.finditer(title):
        if is_name(match[1]):
            yield match[1]
    bare = _BRACKETS.sub("", head).strip(" .?!\"'“”")
    if 0 < len(words(bare)) <= LONGEST_HEAD and content_words(bare):
        yield bare
        yield from (form.sub("", bare) for form in (_VERSION, _MINOR))


def _repeated(abstract: str) -> Iterator[str]:
    counted = Counter(word for word in words(abstract) if is_name(word))
    yield from (name for name, count in counted.items() if count >= OFTEN)


def _presented(abstract: str) -> Iterator[str]:
    for match in _PRESENTS.finditer(abstract):
        after = abstract[match.end() : match.end() + REACH].partition(". ")[0] + "."
        first = words(after[:60])[:1]
        if first and is_name(first[0]):
            yield first[0]
        yield from (m[1] for m in _APPOSED.finditer(after) if is_name(m[1]))


def _opening(abstract: str, title: str) -> Iterator[str]:
    """What the abstract begins with: "Whisper is", "A masked autoencoder, or MAE,"."""
    if match := _OR.match(abstract):
        yield match[1]
    start = match.end() if (match := _OPENS.match(abstract)) else 0
    first = next(iter(words(abstract[start : start + 60])), "").removesuffix("'s")
    if is_name(first) or _is_proper(first, abstract, title):
        yield first


def _is_proper(word: str, abstract: str, title: str) -> bool:
    """A capital word that is never written small, and more than once."""
    is_capital = word[:1].isupper() and word.lower() not in FUNCTION_WORDS
    return is_capital and abstract.count(word) > 1 and word.lower() not in f"{abstract} {title}"


def _used(abstract: str) -> Iterator[str]:
    yield from names(abstract)
    yield from named(abstract)
    for match in _CAPITAL_PAIR.finditer(abstract):
        if match[1].lower() not in FUNCTION_WORDS:
            yield f"{match[1]} {match[2]}"

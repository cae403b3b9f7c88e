"""Names of authors, taken apart as far as that is sure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_GROUP = re.compile(
    r"\b(?:team|group|collaboration|consortium|labs?|laboratory|project|community|institute"
    r"|university|foundation|initiative|network|inc|ltd|gmbh|and|et)\b|[\d/:&]|AI$",
    re.IGNORECASE,
)
_OTHERS = frozenset(("others", "et al", "et al."))
_PARTICLE = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SUFFIX = re.compile(r"(?:jr|sr)\.?|i{2,3}|iv", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Name:
    """A person's `family` and `given` names, or a `literal` that is not to be taken apart."""

    family: str = ""
    given: str = ""
    suffix: str = ""
    literal: str = ""

    @property
    def last_first(self) -> str:
        """As reference managers write it: `Family, Given, Suffix`."""
        return self.literal or ", ".join(filter(None, (self.family, self.given, self.suffix)))


def read_names(authors: tuple[str, ...]) -> tuple[Name, ...]:
    """The authors that are named; a last "et al." is none."""
    names = (" ".join(author.split()) for author in authors)
    return tuple(_read(name) for name in names if name and name.lower() not in _OTHERS)


def _read(name: str) -> Name:
    words = name.split()
    if _GROUP.search(name) or len(words) == 1:
        return Name(literal=name)
    if "," in name:
        return _inverted(name)
    suffix = words.pop() if _SUFFIX.fullmatch(words[-1]) and len(words) > 2 else ""
    start = _family_start(words)
    return Name(" ".join(words[start:]), " ".join(words[:start]), suffix)


def _inverted(name: str) -> Name:
    """`Family, Given`; more commas leave it open which part is which."""
    parts = [part.strip() for part in name.split(",")]
    if len(parts) != 2 or not all(parts):
        return Name(literal=name)
    return Name(parts[0], parts[1])


def _family_start(words: list[str]) -> int:
    """Where the family name begins: at the last word, or at the particles before it (van der)."""
    start = len(words) - 1
    while start > 1 and _PARTICLE.fullmatch(words[start - 1]) and words[start - 1].islower():
        start -= 1
    return start

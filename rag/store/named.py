"""What the lexical index says of names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Bearing: TypeAlias = Literal["own", "presented", "about", "used"]


@dataclass(frozen=True, slots=True)
class NameCount:
    """How many papers have a name as their own, present it, are about it, and merely use it."""

    own: int = 0
    presented: int = 0
    about: int = 0
    used: int = 0

    @property
    def all(self) -> int:
        return self.own + self.presented + self.about + self.used


@dataclass(frozen=True, slots=True)
class NearName:
    """A name as a paper writes it, and how many letters it is away from what was typed."""

    name: str
    edits: int

"""Where the bot answers, over which papers, and how often: what the file of rules says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from rag.types import Scope
from ui.bot.heard import Spot


@dataclass(frozen=True, slots=True)
class Shelf:
    """Some of the papers; of private ones nothing is said where strangers may read along."""

    scope: Scope = Scope()
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds in one place; rates are written as the package limits reads them.

    `is_silent` where nothing is said rather than that there is no answer; without `answers`
    nothing is ever said.
    """

    shelf: Shelf = Shelf()
    answers: bool = True
    is_silent: bool = False
    per_user: str = "10/minute"
    per_channel: str = "30/minute"


@dataclass(frozen=True, slots=True)
class Rules:
    """`channels` are named by their id, or by tenant/id; `allowed` is None where everybody is."""

    everywhere: Rule = Rule()
    direct: Rule = Rule()
    channels: Mapping[str, Rule] = field(default_factory=lambda: MappingProxyType({}))
    allowed: frozenset[str] | None = None

    def of(self, spot: Spot) -> Rule:
        """What holds there."""
        for name in (f"{spot.tenant}/{spot.channel}", spot.channel):
            if rule := self.channels.get(name):
                return rule
        return self.direct if spot.is_direct else self.everywhere

    def may_write(self, user: str, spot: Spot) -> bool:
        """Whether direct messages of this user are answered."""
        return not spot.is_direct or self.allowed is None or user in self.allowed

"""Who asks on a served surface, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Permission: TypeAlias = Literal["ask", "write", "admin"]
EVERYTHING: frozenset[Permission] = frozenset(("ask", "write", "admin"))


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever a request comes from.

    `name` is for records and limits: "key 3f2a…", "user mara", "address 127.0.0.1". `owner` is
    whose conversations and jobs it sees, as `ui.web.owners.owner_of` names people who signed in.
    `tokens_per_day` is None where nobody set a budget.
    """

    name: str
    owner: str
    permissions: frozenset[Permission]
    key_id: str = ""
    tokens_per_day: int | None = None

    def may(self, permission: Permission) -> bool:
        """Whoever may administer may do all."""
        return permission in self.permissions or "admin" in self.permissions

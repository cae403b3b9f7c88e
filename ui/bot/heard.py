"""A message that may be a question, as it arrives from any chat platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["direct", "private", "public", "unknown"]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something was said; `thread` is the id of the message that the thread hangs on.

    `is_shared` where people of other organisations read along.
    """

    platform: str
    tenant: str
    channel: str
    thread: str
    kind: Kind = "unknown"
    is_shared: bool = False

    @property
    def is_direct(self) -> bool:
        return self.kind == "direct"

    @property
    def is_confidential(self) -> bool:
        """Whether only those read along whom somebody of the house let in; in doubt not."""
        return self.kind in ("direct", "private") and not self.is_shared


@dataclass(frozen=True, slots=True)
class Heard:
    """One message; `message` is its id, which together with the channel stands for it.

    `is_addressed` where it was meant for the bot beyond doubt; `is_for_another` where somebody
    else is spoken to. `at` is when it was written, in seconds; `revision` grows with each edit
    and is empty before the first. `seconds_until_edit` is how long after writing that was.
    `user_tenant` is where the user is at home, empty where that is the spot's tenant. With a
    `return_address` the reply goes there, and is seen by nobody else.
    """

    spot: Spot
    message: str
    user: str
    text: str
    at: float
    event: str = ""
    is_addressed: bool = False
    is_for_another: bool = False
    revision: str = ""
    seconds_until_edit: float = 0
    user_tenant: str = ""
    return_address: str = ""

    @property
    def is_edit(self) -> bool:
        return bool(self.revision)

    @property
    def is_in_thread(self) -> bool:
        """Whether it answers another message."""
        return self.spot.thread != self.message

    @property
    def owner(self) -> str:
        """Who asks, for the record of answers."""
        return f"{self.spot.platform}:{self.spot.tenant}:{self.user}"

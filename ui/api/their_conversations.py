"""The conversations of whoever asks; nobody finds another's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Final

from rag.types import Turn
from ui.api.errors import ApiError
from ui.api.native_shapes import off_the_loop
from ui.api.services import Api
from ui.conversation import Conversation, ConversationError, Conversations, Kept, turns
from ui.server.principals import Principal

NONE_KEPT: Final = "This server keeps no conversations. Send a history with each question."
_ID = re.compile(r"[0-9a-f]{16}")
ABSENT: Final = "There is no such conversation among yours."


@dataclass(frozen=True, slots=True)
class Theirs:
    """Every method raises ApiError 404 where there is no such conversation of theirs."""

    api: Api
    principal: Principal

    async def begin(self, title: str) -> Conversation:
        kept = self._kept()
        name = await off_the_loop(partial(kept.begin, title, owner=self.principal.owner))
        return await self.find(name)

    async def latest(self, limit: int) -> list[Conversation]:
        """Those that were gone on with last, the last one first."""
        kept = self._kept()
        return await off_the_loop(partial(kept.latest, limit, owner=self.principal.owner))

    async def find(self, name: str) -> Conversation:
        kept = self._kept()
        if not _ID.fullmatch(name):
            raise _absent()
        try:
            return await off_the_loop(partial(kept.find, name, owner=self.principal.owner))
        except ConversationError:
            raise _absent() from None

    async def kept(self, name: str) -> list[Kept]:
        """Its answers, in order."""
        found = await self.find(name)
        kept = self._kept()
        return await off_the_loop(partial(kept.kept, found.id, owner=self.principal.owner))

    async def history(self, name: str) -> tuple[Turn, ...]:
        """What was said in it, as the engine takes it."""
        return tuple(turns([one.answer for one in await self.kept(name)]))

    async def keep(self, name: str, answered: Kept) -> None:
        """Adds an answer; one without a title is called by its first question from now on."""
        kept, owner = self._kept(), self.principal.owner
        found = await self.find(name)
        await off_the_loop(partial(kept.keep, name, answered, owner=owner))
        if not found.title:
            title = answered.answer.question
            await off_the_loop(partial(kept.rename, name, title, owner=owner))

    async def rename(self, name: str, title: str) -> Conversation:
        kept, found = self._kept(), await self.find(name)
        await off_the_loop(partial(kept.rename, found.id, title, owner=self.principal.owner))
        return await self.find(name)

    async def delete(self, name: str) -> None:
        kept, found = self._kept(), await self.find(name)
        await off_the_loop(partial(kept.delete, found.id, owner=self.principal.owner))

    def _kept(self) -> Conversations:
        if self.api.services.conversations is None:
            raise ApiError(404, NONE_KEPT, code="not_found")
        return self.api.services.conversations


def _absent() -> ApiError:
    return ApiError(404, ABSENT, code="not_found")

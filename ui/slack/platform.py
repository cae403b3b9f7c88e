"""Slack as a platform of the bot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from rag.types import Turn
from ui.bot.heard import Heard, Kind, Spot
from ui.bot.platform import Capabilities, Reply, Slip
from ui.server import incidents
from ui.slack.blocks import LONGEST_ANSWER, spoken
from ui.slack.decoding import written
from ui.slack.incoming import Self
from ui.slack.posting import Thread
from ui.slack.reply import SlackReply
from ui.slack.responding import WhisperedReply
from ui.slack.workspaces import FAILURES, SlackError, Workspace, Workspaces

READ = 15  # messages of a thread; distributed apps get no more at once
SHARED = ("is_shared", "is_ext_shared", "is_org_shared", "is_pending_ext_shared")

Json: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Slack:
    """All workspaces that the bot is installed in."""

    workspaces: Workspaces

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(longest=LONGEST_ANSWER)

    async def reply(self, heard: Heard, slip: Slip, existing: str = "") -> Reply:
        if heard.return_address:
            return WhisperedReply(heard.return_address)

        async def stray() -> str:
            return await self.stray(heard, await slip.known())

        thread = Thread(await self.workspace(heard.spot), heard)
        return SlackReply(thread, slip.posted, stray, existing)

    async def whisper(self, heard: Heard, sentence: str) -> None:
        if heard.return_address:
            await WhisperedReply(heard.return_address).say(sentence, spoken(sentence))
            return
        try:
            await Thread(await self.workspace(heard.spot), heard).whisper(sentence)
        except FAILURES as error:
            incidents.note(error)

    async def placed(self, spot: Spot) -> Spot:
        """As Slack says it now; where it does not say, as the event did."""
        if spot.is_direct:
            return spot
        try:
            client = (await self.workspace(spot)).client
            channel = (await client.conversations_info(channel=spot.channel))["channel"]
        except FAILURES as error:
            incidents.note(error)
            return spot
        is_shared = spot.is_shared or any(channel.get(one) for one in SHARED)
        return replace(spot, kind=_kind(channel), is_shared=is_shared)

    async def earlier(self, heard: Heard) -> tuple[Turn, ...]:
        me = (await self.workspace(heard.spot)).me
        before = [one for one in await self._thread(heard) if _is_before(one, heard)]
        return tuple(_turns(before, me))

    async def stray(self, heard: Heard, known: frozenset[str]) -> str:
        if heard.return_address:
            return ""
        me = (await self.workspace(heard.spot)).me
        ours = (
            str(one["ts"])
            for one in await self._thread(heard, oldest=heard.message)
            if _is_own(one, me) and not one.get("files") and not _is_before(one, heard)
        )
        return next((ts for ts in ours if ts not in known), "")

    async def workspace(self, spot: Spot) -> Workspace:
        """Raises SlackError where the bot has been removed from it."""
        found = await self.workspaces.of(spot.tenant)
        if found is None:
            raise SlackError(f"The bot is not installed in the workspace {spot.tenant}.")
        return found

    async def _thread(self, heard: Heard, oldest: str | None = None) -> Sequence[Json]:
        """Messages of a thread; none where they cannot be read, as the rates are low."""
        if heard.return_address:
            return ()
        client = (await self.workspace(heard.spot)).client
        try:
            found = await client.conversations_replies(
                channel=heard.spot.channel, ts=heard.spot.thread, limit=READ, oldest=oldest
            )
        except FAILURES:
            return ()
        messages: Sequence[Json] = found.get("messages") or ()
        return messages


def _turns(messages: Sequence[Json], me: Self) -> Iterator[Turn]:
    """Each answer of ours with the question that it follows."""
    asked = ""
    for message in messages:
        text = written(str(message.get("text") or ""), me.user).text
        if not _is_own(message, me):
            asked = "" if message.get("bot_id") else text
        elif asked and text:
            yield Turn("user", asked)
            yield Turn("assistant", text)
            asked = ""


def _is_own(message: Json, me: Self) -> bool:
    return message.get("user") == me.user or (bool(me.bot) and message.get("bot_id") == me.bot)


def _is_before(message: Json, heard: Heard) -> bool:
    return float(message.get("ts") or 0) < float(heard.message)


def _kind(channel: Json) -> Kind:
    if channel.get("is_im"):
        return "direct"
    return "private" if channel.get("is_private") else "public"

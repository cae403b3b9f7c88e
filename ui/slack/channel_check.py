"""Whether the bot is in the channels that are asked about, or that its rules name."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from slack_sdk.web.async_client import AsyncWebClient

from rag.errors import ConfigError
from ui.bot.rules import Rules
from ui.bot.rules_file import read_rules
from ui.slack import doctor_texts as said
from ui.slack.findings import Finding, note, right, wrong
from ui.slack.names import RULES_FILE
from ui.slack.platform import SHARED
from ui.slack.workspaces import FAILURES, code_of, reason_of

MOST: Final = 20  # channels that are asked about
_CHANNEL = re.compile(r"(?:.*/)?([CG][A-Z0-9]{2,20})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Places:
    """The channels to ask about, and what was found of how they are named.

    With `are_many` workspaces a channel that one of them does not see may be another's.
    """

    rules: Rules
    asked: tuple[str, ...]
    findings: tuple[Finding, ...]
    are_many: bool = False

    async def examined(
        self, web: AsyncWebClient, team: str, bot_name: str
    ) -> AsyncIterator[Finding]:
        """Each of them that is the workspace's."""
        channels = list(dict.fromkeys((*self.asked, *_named(self.rules, team))))
        for channel in channels[:MOST]:
            yield await self._one(web, team, channel, bot_name)
        if len(channels) > MOST:
            yield note(said.MORE.format(most=MOST))

    async def _one(self, web: AsyncWebClient, team: str, channel: str, bot_name: str) -> Finding:
        invite = said.INVITE.format(name=bot_name)
        try:
            found = (await web.conversations_info(channel=channel))["channel"]
        except FAILURES as error:
            if code_of(error) == "channel_not_found":
                unseen = note if self.are_many else wrong
                return unseen(said.UNSEEN.format(channel=channel), invite)
            reason = code_of(error)[:60] or reason_of(error)
            return wrong(said.NOT_ASKED.format(channel=channel, reason=reason))
        name = f"#{found['name']}" if found.get("name") else channel
        if found.get("is_archived"):
            return wrong(said.ARCHIVED.format(channel=name))
        if not found.get("is_member"):
            return wrong(said.NO_MEMBER.format(channel=name), invite)
        if self._is_private_to(team, channel) and _is_open(found):
            return wrong(
                said.OPEN_TO_OTHERS.format(channel=name), said.OTHER_SHELF.format(id=channel)
            )
        return right(said.MEMBER.format(channel=name))

    def _is_private_to(self, team: str, channel: str) -> bool:
        rules = self.rules
        rule = rules.channels.get(f"{team}/{channel}") or rules.channels.get(channel)
        return (rule or rules.everywhere).shelf.is_private


def places(home: Path, asked: tuple[str, ...], *, are_many: bool = False) -> Places:
    """Those that somebody asks about, by id or link, and those that the file of rules names."""
    path = home / RULES_FILE
    faults = [wrong(said.NO_CHANNEL.format(named=one[:60])) for one in asked if not _id(one)]
    try:
        rules = read_rules(path)
    except ConfigError as error:
        rules = Rules()
        faults.append(wrong(str(error), said.SEE_PAGE))
    else:
        faults.append(_about(path, rules))
    return Places(rules, tuple(filter(None, map(_id, asked))), tuple(faults), are_many)


def _about(path: Path, rules: Rules) -> Finding:
    if not path.exists():
        return note(said.NO_RULES.format(path=path))
    count = len(rules.channels)
    channels = "1 channel" if count == 1 else f"{count} channels"
    return right(said.RULES.format(path=path, channels=channels))


def _named(rules: Rules, team: str) -> list[str]:
    """Channels where the bot is to answer; one that is silenced needs it not."""
    named = ((key.rpartition("/"), rule) for key, rule in rules.channels.items())
    return [channel for (of, _, channel), rule in named if rule.answers and of in ("", team)]


def _id(named: str) -> str:
    found = _CHANNEL.fullmatch(named.strip())
    return found[1] if found else ""


def _is_open(channel: dict[str, object]) -> bool:
    is_shared = any(channel.get(one) for one in SHARED)
    return is_shared or not (channel.get("is_private") or channel.get("is_im"))

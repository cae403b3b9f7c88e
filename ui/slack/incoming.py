"""Events and commands of Slack as messages that the bot may answer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ui.bot.heard import Heard, Kind, Spot
from ui.slack.decoding import written
from ui.slack.names import PLATFORM

Json: TypeAlias = Mapping[str, Any]

# A message with a file, and a reply that its author also shows in the channel, are messages.
ORDINARY = (None, "file_share", "thread_broadcast")
EDITED = "message_changed"
KINDS: Mapping[str, Kind] = {
    "im": "direct",
    "mpim": "private",
    "group": "private",
    "channel": "public",
}
NAMED_KINDS: Mapping[str, Kind] = {"directmessage": "direct", "privategroup": "private"}


@dataclass(frozen=True, slots=True)
class Self:
    """Who the bot is in a workspace."""

    tenant: str
    user: str
    bot: str = ""


def heard(body: Json, me: Self) -> Heard | None:
    """The message that an event tells of; None for all that nobody wrote to be read.

    That is what bots write, this one included, what joins, leaves or is deleted, and a change
    that is none of the text, as when Slack adds a preview.
    """
    event = body.get("event") or {}
    if not event.get("channel"):
        return None
    if event.get("subtype") == EDITED:
        return _edited(body, event, me)
    if event.get("type") not in ("message", "app_mention") or not _is_a_persons(event, me):
        return None
    return _heard(body, event, event, me)


def commanded(body: Json, me: Self) -> Heard:
    """A slash command: whoever gave it sees the answer alone."""
    channel, user = str(body["channel_id"]), str(body["user_id"])
    kind = NAMED_KINDS.get(str(body.get("channel_name")), _kind(channel, None))
    spot = Spot(PLATFORM, me.tenant, channel, f"command:{user}", kind)
    return Heard(
        spot,
        message=f"command:{body['trigger_id']}",
        user=user,
        text=written(str(body.get("text") or ""), me.user).text,
        at=time.time(),
        is_addressed=True,
        return_address=str(body.get("response_url") or ""),
    )


def pointed_at(body: Json, me: Self) -> Heard:
    """The message that somebody wants checked; they are its user, whoever wrote it."""
    message, channel = body["message"], str(body["channel"]["id"])
    kind = NAMED_KINDS.get(str(body["channel"].get("name")), _kind(channel, None))
    thread = str(message.get("thread_ts") or message["ts"])
    return Heard(
        Spot(PLATFORM, me.tenant, channel, thread, kind),
        message=str(message["ts"]),
        user=str(body["user"]["id"]),
        text=written(str(message.get("text") or ""), me.user).text,
        at=time.time(),
        is_addressed=True,
        return_address=str(body.get("response_url") or ""),
    )


def _edited(body: Json, event: Json, me: Self) -> Heard | None:
    """An edit by its author; without a later mark of one, something else has changed."""
    message, before = event.get("message") or {}, event.get("previous_message") or {}
    mark = (message.get("edited") or {}).get("ts")
    is_old = mark == (before.get("edited") or {}).get("ts")
    if not mark or is_old or not _is_a_persons(message, me):
        return None
    return _heard(body, event, message, me)


def _is_a_persons(message: Json, me: Self) -> bool:
    has_author = bool(message.get("user")) and message.get("user") != me.user
    is_bots = bool(message.get("bot_id")) or message.get("subtype") not in ORDINARY
    return has_author and bool(message.get("ts")) and not is_bots


def _heard(body: Json, event: Json, message: Json, me: Self) -> Heard:
    said = written(str(message.get("text") or ""), me.user)
    ts, channel = str(message["ts"]), str(event["channel"])
    kind = _kind(channel, event.get("channel_type"))
    is_shared = bool(body.get("is_ext_shared_channel"))
    revision = str((message.get("edited") or {}).get("ts") or "")
    at = _seconds(ts)
    return Heard(
        Spot(PLATFORM, me.tenant, channel, str(message.get("thread_ts") or ts), kind, is_shared),
        message=ts,
        user=str(message["user"]),
        text=said.text,
        at=at,
        event=str(body.get("event_id") or ""),
        is_addressed=said.names_bot or event.get("type") == "app_mention",
        is_for_another=said.is_for_another,
        revision=revision,
        seconds_until_edit=_seconds(revision) - at if revision else 0,
        user_tenant=str(message.get("user_team") or message.get("team") or ""),
    )


def _kind(channel: str, named: object) -> Kind:
    """A direct message's channel begins with D; of others the id does not tell."""
    return KINDS.get(str(named), "direct" if channel.startswith("D") else "unknown")


def _seconds(ts: str) -> float:
    try:
        return float(ts)
    except ValueError:
        return time.time()

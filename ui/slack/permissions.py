"""What the app is allowed and told in a workspace, and what for: nothing that it has no use for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Scope:
    """A permission of the bot's token; with the methods and events that need it."""

    name: str
    why: str
    methods: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


SCOPES: Final = (
    Scope("app_mentions:read", "to be told where somebody names it", events=("app_mention",)),
    Scope(
        "assistant:write",
        "to show what it is doing, and to propose questions",
        methods=("assistant.threads.setStatus", "assistant.threads.setSuggestedPrompts"),
    ),
    Scope(
        "channels:history",
        "to go on in its threads of public channels",
        methods=("conversations.replies",),
        events=("message.channels",),
    ),
    Scope(
        "channels:read",
        "to know whether a channel is public or shared before it speaks of private papers",
        methods=("conversations.info",),
    ),
    Scope(
        "chat:write",
        "to answer",
        methods=(
            "chat.appendStream",
            "chat.delete",
            "chat.postEphemeral",
            "chat.postMessage",
            "chat.startStream",
            "chat.stopStream",
            "chat.update",
        ),
    ),
    Scope("commands", "for the command /footnote and the shortcut of messages"),
    Scope(
        "files:write",
        "to put a bibliography, or an answer too long for a message, into the thread",
        methods=("files.completeUploadExternal", "files.getUploadURLExternal"),
    ),
    Scope(
        "groups:history",
        "to go on in its threads of private channels",
        methods=("conversations.replies",),
        events=("message.groups",),
    ),
    Scope("groups:read", "as channels:read", methods=("conversations.info",)),
    Scope(
        "im:history",
        "to be told what is written to it directly",
        methods=("conversations.replies",),
        events=("message.im",),
    ),
    Scope(
        "mpim:history",
        "to go on in its threads among several people",
        methods=("conversations.replies",),
        events=("message.mpim",),
    ),
    Scope("mpim:read", "as channels:read", methods=("conversations.info",)),
)
# Any token may call them; the last is the app's own.
FREE_METHODS: Final = frozenset(
    ("auth.revoke", "auth.test", "oauth.v2.access", "views.open", "apps.connections.open")
)
FREE_EVENTS: Final = ("app_home_opened",)
# Only an app that several workspaces install forgets one of them.
REMOVAL_EVENTS: Final = ("app_uninstalled", "tokens_revoked")
CONNECTING: Final = "connections:write"  # the only scope of an app's token


def scope_names() -> tuple[str, ...]:
    """Those of the bot's token, in order."""
    return tuple(one.name for one in SCOPES)


def events(*, is_installed_by_many: bool = False) -> tuple[str, ...]:
    """Those that the app is told of, in order."""
    told = {event for scope in SCOPES for event in scope.events} | {*FREE_EVENTS}
    return tuple(sorted(told | {*REMOVAL_EVENTS} if is_installed_by_many else told))

"""What the examination of the bot's set-up says, in English; in braces is what is filled in."""

from __future__ import annotations

from typing import Final

SETTINGS: Final = "api.slack.com/apps › your app"
TEAM: Final = "The bot's token is that of @{name} in the workspace {team} ({id})."
SCOPES: Final = "It has all {count} scopes that the bot needs."
LACKING: Final = "The bot's token lacks {scopes}."
ADD_SCOPES: Final = (
    f"Under {SETTINGS} › OAuth & Permissions › Scopes › Bot Token Scopes add {{scopes}}, then "
    "“Reinstall to Workspace” at the top of that page; the token stays the same."
)
UNTOLD: Final = "Slack does not say which scopes the bot's token has."
TO_SPARE: Final = "It also has {scopes}, which the bot has no use for."
OPENED: Final = "The app's token opens a connection, and Slack says hello over it."
NO_HELLO: Final = "A connection to Slack opens, but no hello comes over it within {seconds} s."
IT_STANDS: Final = "It stands at {where}"
ENABLE_SOCKET: Final = f"Under {SETTINGS} › Socket Mode turn on “Enable Socket Mode”."
PROXY: Final = (
    "See whether https://slack.com opens in a browser on this machine, and whether a proxy or a "
    "firewall lets WebSockets (wss://) through."
)
OTHERS: Final = (
    "Slack has {count} connections of this app, this one among them. Where the others are not your "
    "bot, it gets only a part of the events."
)
EVENTS: Final = "Which events the app is told of cannot be asked with these tokens."
CHECK_EVENTS: Final = (
    f"Under {SETTINGS} › Event Subscriptions › Subscribe to bot events there have to be {{events}}."
    " To see one arrive: footnote slack doctor --listen 60"
)
CHECK_ADDRESS: Final = (
    f"Under {SETTINGS} › Event Subscriptions the Request URL has to be “Verified” while `footnote "
    "serve` runs, and under Subscribe to bot events there have to be {events}."
)
LISTENING: Final = (
    "Waiting {seconds} s for an event: write to the bot now, or name it in a channel."
)
CAME: Final = "An event has come ({kind}). It was left for the bot, and Slack sends it again."
SOME_KIND: Final = "of a kind that the bot has no use for"
NONE_CAME: Final = "No event has come in {seconds} s."
NO_EVENTS: Final = (
    f"Under {SETTINGS} › Event Subscriptions turn on “Enable Events” and add {{events}} under "
    "“Subscribe to bot events”; the bot has to be in the channel, and both tokens have to be of "
    "one app. A bot that runs meanwhile may have taken the event: stop it and try again."
)
KEYS: Final = "FOOTNOTE_SLACK_TOKEN_KEY opens the tokens that are kept."
NONE_INSTALLED: Final = "No workspace has installed the app yet."
INSTALL_IT: Final = "Open /slack/install at the server's public address."
NOT_LET_IN: Final = "{team} has installed the app, but FOOTNOTE_SLACK_TEAMS does not name it."

NO_RULES: Final = "There is no {path}: the defaults hold everywhere."
RULES: Final = "{path} is right; it names {channels}."
SEE_PAGE: Final = "What may stand in it is explained in docs/slack.md."
NO_CHANNEL: Final = (
    "“{named}” is no channel's id. It stands at the end of the channel's details, which open at a "
    "click on its name, and begins with C or G: C0123ABCD. A link to the channel does as well."
)
MEMBER: Final = "The bot is in the channel {channel}."
NO_MEMBER: Final = "The bot is not in the channel {channel}."
UNSEEN: Final = "The bot sees no channel {channel}: there is none, or it is private."
INVITE: Final = "Write in that channel: /invite @{name}"
NOT_ASKED: Final = "Slack did not tell about the channel {channel}: {reason}."
ARCHIVED: Final = "The channel {channel} is archived, and nobody writes there."
OPEN_TO_OTHERS: Final = (
    "Others may read along in the channel {channel}, and the papers that are seen from there are "
    "private: the bot will not speak of them."
)
OTHER_SHELF: Final = (
    "Give [channels.{id}] in slack.toml a shelf that is not private, or answers = false."
)
MORE: Final = "Only the first {most} channels were asked about."
WELL: Final = "Everything that could be examined is right."
ILL: Final = "{count} to put right; then examine again."

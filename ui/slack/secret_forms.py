"""Whether a secret looks like what it is meant to be; nothing of it is ever shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ui.slack.findings import Finding, right, wrong

BOT, APP = "FOOTNOTE_SLACK_BOT_TOKEN", "FOOTNOTE_SLACK_APP_TOKEN"
SIGNING, CLIENT_ID = "FOOTNOTE_SLACK_SIGNING_SECRET", "FOOTNOTE_SLACK_CLIENT_ID"
CLIENT_SECRET: Final = "FOOTNOTE_SLACK_CLIENT_SECRET"  # noqa: S105
WHERE: Final = {
    BOT: (
        "api.slack.com/apps › your app › OAuth & Permissions › Bot User OAuth Token, below "
        "“Install to Workspace”; it begins with xoxb-."
    ),
    APP: (
        "api.slack.com/apps › your app › Basic Information › App-Level Tokens › Generate Token and "
        "Scopes, with the scope connections:write; it begins with xapp-."
    ),
    SIGNING: (
        "api.slack.com/apps › your app › Basic Information › App Credentials › Signing Secret › "
        "Show."
    ),
    CLIENT_ID: "api.slack.com/apps › your app › Basic Information › App Credentials › Client ID.",
    CLIENT_SECRET: (
        "api.slack.com/apps › your app › Basic Information › App Credentials › Client Secret › "
        "Show."
    ),
}
# What Slack's secrets begin with; the first that fits says what one is.
BEGINNINGS: Final = (
    ("xoxe.xoxb-", "a bot's token that expires"),
    ("xoxb-", "a bot's token (xoxb-)"),
    ("xapp-", "an app's token (xapp-)"),
    ("xoxp-", "a person's token (xoxp-)"),
    ("xoxe", "a token for an app's configuration, or one that renews another"),
    ("xox", "a token of a kind that is not used here"),
)
FORMS: Final = {
    BOT: re.compile(r"xoxb-[A-Za-z0-9-]{6,}", re.ASCII),
    APP: re.compile(r"xapp-[A-Za-z0-9-]{6,}", re.ASCII),
    SIGNING: re.compile(r"[A-Za-z0-9]{32}", re.ASCII),
    CLIENT_ID: re.compile(r"\d+\.\d+", re.ASCII),
    CLIENT_SECRET: re.compile(r"[A-Za-z0-9-]{16,}", re.ASCII),
}
MEANT: Final = {
    BOT: "a bot's token (xoxb-…)",
    APP: "an app's token (xapp-…)",
    SIGNING: "a signing secret, 32 letters and digits",
    CLIENT_ID: "a client id, two numbers with a dot between",
    CLIENT_SECRET: "a client secret, letters and digits",
}
AROUND: Final = "\"' \t\r\n"
EXPIRES: Final = (
    "Footnote renews tokens only where several workspaces install the app. Token rotation cannot "
    "be turned off: create the app anew from `footnote slack manifest`."
)
SWAPPED: Final = "The two tokens are swapped: put each into the other's setting."


def examined(secrets: dict[str, str]) -> Iterator[Finding]:
    """Each in turn: by the name of its setting, empty where it is not set."""
    are_swapped = secrets.get(BOT, "").startswith("xapp-") and secrets.get(APP, "").startswith(
        "xoxb-"
    )
    for name, value in secrets.items():
        yield _swapped(name, value) if are_swapped and name in (BOT, APP) else _one(name, value)
    if secrets.get(SIGNING) and secrets.get(SIGNING) == secrets.get(CLIENT_SECRET):
        yield wrong(
            f"{SIGNING} and {CLIENT_SECRET} are the same.", f"Copy both anew: {WHERE[SIGNING]}"
        )


def has_form(name: str, value: str) -> bool:
    """Whether it is worth asking Slack about it."""
    return FORMS[name].fullmatch(value) is not None


def _one(name: str, value: str) -> Finding:
    if not value:
        return wrong(f"{name} is not set.", f"Copy it from {WHERE[name]}")
    if has_form(name, value):
        return right(f"{name} looks like {MEANT[name]}.")
    if has_form(name, value.strip(AROUND)):
        return wrong(f"{name} has quotes or blanks around it.", "Take them away.")
    kind = _kind(value)
    said = f"{name} holds {kind}, not {MEANT[name]}." if kind else f"{name} is not {MEANT[name]}."
    is_expiring = name == BOT and value.startswith("xoxe.xoxb-")
    return wrong(said, EXPIRES if is_expiring else f"Copy it from {WHERE[name]}")


def _swapped(name: str, value: str) -> Finding:
    return wrong(f"{name} holds {_kind(value)}, not {MEANT[name]}.", SWAPPED)


def _kind(value: str) -> str:
    return next((kind for beginning, kind in BEGINNINGS if value.startswith(beginning)), "")

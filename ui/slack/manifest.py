"""The app's manifest: all that Slack has to know of it, to be pasted on api.slack.com/apps."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from rag.errors import ConfigError
from ui.slack import names
from ui.slack.permissions import events, scope_names

Json: TypeAlias = dict[str, Any]

NAME: Final = "Footnote"
LONGEST_NAME: Final = 35
INSTALL_ADDRESS: Final = "/slack/install"
REDIRECT_ADDRESS: Final = "/slack/oauth_redirect"
DESCRIPTION: Final = "Answers questions about research papers, each sentence with a checked source."
ABOUT: Final = (
    "Ask about the papers on the shelf: in a direct message, by naming me in a channel, or with "
    "/footnote. Each sentence of an answer is cited and checked, and where the papers do not say "
    "it, I say so."
)
LONG_ABOUT: Final = (
    "Footnote answers questions from the abstracts of research papers that somebody has put on its "
    "shelf. Each sentence of an answer is cited, the sentence that supports it is shown, and "
    "whether it does is checked. Where the papers do not answer a question, Footnote says so."
)
# Any shelf answers these; better ones are proposed once it is known what is on it.
PROMPTS: Final = ("Which are the newest papers?", "How many papers are there?")
BAD_NAME: Final = f"--name has to be a line of 1 to {LONGEST_NAME} characters."
BAD_ADDRESS: Final = (
    "--url has to be where Slack reaches this server, as in https://papers.example.org. It has to "
    "begin with https:// and to have nothing behind the path."
)


def manifest(name: str = NAME, url: str = "") -> Json:
    """For Socket Mode; with the public address of a server, for events over HTTP.

    Raises ConfigError where Slack would take neither name nor address.
    """
    name = name.strip()
    if not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
        raise ConfigError(BAD_NAME)
    base = _base(url) if url else ""
    return {
        "display_information": {
            "name": name,
            "description": DESCRIPTION,
            "long_description": LONG_ABOUT,
            "background_color": "#26323c",
        },
        "features": _features(name, base),
        "oauth_config": _oauth(base),
        "settings": _settings(base),
    }


def as_json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=2)


def as_yaml(content: Mapping[str, Any]) -> str:
    """In blocks; texts are quoted as in JSON, which YAML reads alike."""
    return "\n".join(_lines(content, ""))


def _features(name: str, base: str) -> Json:
    return {
        "app_home": {
            "home_tab_enabled": False,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": name, "always_online": True},
        "agent_view": {
            "agent_description": ABOUT,
            "suggested_prompts": [{"title": one, "message": one} for one in PROMPTS],
        },
        "shortcuts": [
            {
                "name": "Check against the shelf",
                "type": "message",
                "callback_id": names.CHECK,
                "description": "Is each sentence of this message supported by the papers?",
            }
        ],
        "slash_commands": [
            {
                "command": names.COMMAND,
                "description": "Ask the papers; only you see the answer",
                "usage_hint": "a question",
                "should_escape": True,
                **_at(base, "url"),
            }
        ],
    }


def _oauth(base: str) -> Json:
    back = {"redirect_urls": [base + REDIRECT_ADDRESS]} if base else {}
    return {**back, "scopes": {"bot": list(scope_names())}}


def _settings(base: str) -> Json:
    told = events(is_installed_by_many=bool(base))
    return {
        "event_subscriptions": {**_at(base, "request_url"), "bot_events": list(told)},
        "interactivity": {"is_enabled": True, **_at(base, "request_url")},
        "org_deploy_enabled": False,
        "socket_mode_enabled": not base,
        "token_rotation_enabled": False,  # which cannot be undone
    }


def _at(base: str, key: str) -> Json:
    """Over a socket nothing has an address."""
    return {key: base + names.EVENTS_ADDRESS} if base else {}


def _base(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        is_right = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right or {*"?#@\\ "} & {*url.strip()} or not url.strip().isprintable():
        raise ConfigError(BAD_ADDRESS)
    return url.strip().rstrip("/")


def _lines(value: Mapping[str, Any] | list[Any], indent: str) -> Iterator[str]:
    """A mapping, or a list of texts or of mappings."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(inner, Mapping | list):
                yield f"{indent}{key}:"
                yield from _lines(inner, f"{indent}  ")
            else:
                yield f"{indent}{key}: {_quoted(inner)}"
        return
    for item in value:
        if isinstance(item, Mapping):
            first, *rest = _lines(item, f"{indent}  ")
            yield f"{indent}- {first.lstrip()}"
            yield from rest
        else:
            yield f"{indent}- {_quoted(item)}"


def _quoted(value: object) -> str:
    """Half a character, as JSON escapes those beyond U+FFFF, is none in YAML."""
    return json.dumps(value, ensure_ascii=False)

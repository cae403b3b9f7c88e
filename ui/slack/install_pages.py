"""The pages on which an installation ends, well or not."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import HTMLResponse
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store.models.installation import Installation

from ui.server import incidents
from ui.slack.state_store import LASTS

AGAIN: Final = "Begin again"
INSTALLED: Final = (
    "The bot is installed in {team}. Write to it directly, or invite it into a channel and name it "
    "there."
)
OPEN: Final = "Open it in Slack"
CANCELLED: Final = "Nothing was installed, as Slack was told not to."
UNKNOWN: Final = (
    "This installation was not begun in this browser, or it was begun more than {minutes} minutes "
    "ago, or it has come to its end before. Nothing was installed."
)
BAD_CODE: Final = (
    "Slack did not take the code of this installation; each counts once, and for ten minutes. "
    "Nothing was installed."
)
NOT_LET_IN: Final = (
    "The workspace {team} ({id}) is none of those that may use this bot, so nothing was installed. "
    "Ask whoever runs it to add {id} to FOOTNOTE_SLACK_TEAMS."
)
NO_SLACK: Final = "Slack could not be reached just now (reference {reference})."
NOT_KEPT: Final = "The installation could not be kept (reference {reference})."
FORBIDDEN, GONE_WRONG = 403, 400
HEADERS: Final = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
}


class NotLetInError(BoltError):
    """A workspace that may not use the bot; the sentence says so."""

    def __init__(self, installation: Installation) -> None:
        place = installation.team_id or installation.enterprise_id or "?"
        super().__init__(NOT_LET_IN.format(team=_name(installation), id=place))


async def succeeded(args: AsyncSuccessArgs) -> BoltResponse:
    """Says where the bot is now, and leads there."""
    installation = args.installation
    app, team = quote(installation.app_id or ""), quote(installation.team_id or "")
    said = INSTALLED.format(team=_name(installation))
    page = _page(said, f"https://slack.com/app_redirect?app={app}&team={team}", OPEN)
    return _response(200, page, args.settings)


async def failed(args: AsyncFailureArgs) -> BoltResponse:
    """Says what has happened in words of ours: reasons come from an address as well."""
    status, said = GONE_WRONG, CANCELLED
    if isinstance(args.error, NotLetInError):
        status, said = FORBIDDEN, str(args.error)
    elif args.reason in ("invalid_browser", "invalid_state"):
        said = UNKNOWN.format(minutes=LASTS // 60)
    elif args.reason in ("invalid_code", "missing_code"):
        said = BAD_CODE
    return _response(status, _page(said, "install", AGAIN), args.settings)


def trouble(status: int, said: str, error: Exception) -> Response:
    """The page on something that went wrong here, which is noted."""
    page = _page(said.format(reference=incidents.note(error)), "install", AGAIN)
    return HTMLResponse(page, status)


def _response(status: int, page: str, settings: AsyncOAuthSettings) -> BoltResponse:
    headers: dict[str, str | Sequence[str]] = {
        "content-type": "text/html; charset=utf-8",
        "set-cookie": settings.state_utils.build_set_cookie_for_deletion(),
    }
    return BoltResponse(status=status, body=page, headers=headers)


def _page(said: str, address: str, label: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Footnote in Slack'
        '</title><meta name="viewport" content="width=device-width"><meta name="color-scheme" '
        f'content="light dark"></head><body><main><h1>Footnote in Slack</h1><p>{html.escape(said)}'
        f'</p><p><a href="{html.escape(address)}">{label}</a></p></main></body></html>'
    )


def _name(installation: Installation) -> str:
    return installation.team_name or installation.enterprise_name or "the workspace"

"""How a workspace installs the app: off to Slack, and back with a code for a token."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import (
    AsyncCallbackOptions,
    AsyncFailureArgs,
    AsyncSuccessArgs,
)
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.web.async_client import AsyncWebClient

from rag.errors import FootnoteError
from ui.server import incidents
from ui.slack.distributed import Distributed, Installed, forget_removed
from ui.slack.http import slack_router
from ui.slack.manifest import INSTALL_ADDRESS, REDIRECT_ADDRESS
from ui.slack.permissions import scope_names
from ui.slack.running import Duty, working
from ui.slack.sealing import seal
from ui.slack.state_store import LASTS
from ui.slack.token_store import Installations, installations
from ui.slack.workspaces import FAILURES, client, session

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
_TEAM = re.compile(r"[TE][A-Z0-9]{2,20}", re.ASCII)


class NotLetInError(BoltError):
    """A workspace that may not use the bot; the sentence says so."""


class Flow(AsyncOAuthFlow):
    """Bolt's, for the workspaces that are let in, which need not be asked for more than a yes."""

    def __init__(self, app: Distributed, kept: Installations, web: AsyncWebClient) -> None:
        self._app = app
        super().__init__(client=web, logger=_silent(), settings=_settings(app, kept))

    async def build_authorize_url(self, state: str, request: AsyncBoltRequest) -> str:
        """What somebody writes into our address does not get into Slack's."""
        named = (request.query.get("team") or [""])[0]
        team = named if _TEAM.fullmatch(named) else None
        return str(self.settings.authorize_url_generator.generate(state=state, team=team))

    async def store_installation(
        self, request: AsyncBoltRequest, installation: Installation
    ) -> None:
        """Raises NotLetInError, and gives the token back."""
        if self._app.lets_in(installation.team_id, installation.enterprise_id):
            await super().store_installation(request, installation)
            return
        try:
            await self.client.auth_revoke(token=installation.bot_token)
        except FAILURES as error:
            incidents.note(error)
        place = installation.team_id or installation.enterprise_id or "?"
        raise NotLetInError(NOT_LET_IN.format(team=_name(installation), id=place))


def install_router(flow: Flow) -> APIRouter:
    """`GET /slack/install`, which leads to Slack, and the address that leads back."""
    router = APIRouter()

    @router.get(INSTALL_ADDRESS, include_in_schema=False)
    async def install(request: Request) -> Response:
        return await _answered(request, flow.handle_installation)

    @router.get(REDIRECT_ADDRESS, include_in_schema=False)
    async def installed(request: Request) -> Response:
        return await _answered(request, flow.handle_callback)

    return router


@asynccontextmanager
async def behind_address_of_many(duty: Duty, app: Distributed) -> AsyncIterator[APIRouter]:
    """The routes for requests of all workspaces, and for installing, while the block lasts.

    Raises ConfigError where the keys of the tokens are wrong.
    """
    async with AsyncExitStack() as stack:
        kept = stack.enter_context(installations(duty.home, seal(app.token_keys)))
        shared = await stack.enter_async_context(session())
        lender = client(None, shared, app.base_url)
        workspaces = Installed(app, kept.tokens, shared)
        bolt = await stack.enter_async_context(
            working(duty, workspaces, lender, app.signing_secret)
        )
        forget_removed(bolt, kept.tokens)
        router = slack_router(bolt, app.signing_secret)
        router.include_router(install_router(Flow(app, kept, lender)))
        yield router


def _settings(app: Distributed, kept: Installations) -> AsyncOAuthSettings:
    return AsyncOAuthSettings(
        client_id=app.client_id,
        client_secret=app.client_secret,
        scopes=scope_names(),
        user_scopes=(),
        install_path=INSTALL_ADDRESS,
        install_page_rendering_enabled=False,
        redirect_uri_path=REDIRECT_ADDRESS,
        callback_options=AsyncCallbackOptions(_succeeded, _failed),
        installation_store=kept.tokens,
        installation_store_bot_only=True,
        state_store=kept.states,
        state_expiration_seconds=LASTS,
        logger=_silent(),
    )


async def _answered(
    request: Request, answer: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
) -> Response:
    try:
        response = to_starlette_response(await answer(to_async_bolt_request(request, b"")))
    except FAILURES as error:
        response = _trouble(502, NO_SLACK, error)
    except FootnoteError as error:
        response = _trouble(500, NOT_KEPT, error)
    response.headers.update(HEADERS)
    return response


def _trouble(status: int, said: str, error: Exception) -> Response:
    page = _page(said.format(reference=incidents.note(error)), "install", AGAIN)
    return HTMLResponse(page, status)


async def _succeeded(args: AsyncSuccessArgs) -> BoltResponse:
    installation = args.installation
    app, team = quote(installation.app_id or ""), quote(installation.team_id or "")
    said = INSTALLED.format(team=_name(installation))
    page = _page(said, f"https://slack.com/app_redirect?app={app}&team={team}", OPEN)
    return _response(200, page, args.settings)


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    """Says what has happened in words of ours: reasons come from an address as well."""
    status, said = GONE_WRONG, CANCELLED
    if isinstance(args.error, NotLetInError):
        status, said = FORBIDDEN, str(args.error)
    elif args.reason in ("invalid_browser", "invalid_state"):
        said = UNKNOWN.format(minutes=LASTS // 60)
    elif args.reason in ("invalid_code", "missing_code"):
        said = BAD_CODE
    return _response(status, _page(said, "install", AGAIN), args.settings)


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


def _silent() -> logging.Logger:
    """Bolt logs codes that are worth a token."""
    logger = logging.getLogger("footnote.slack.bolt")
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    return logger

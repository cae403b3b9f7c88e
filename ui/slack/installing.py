"""How a workspace installs the app: off to Slack, and back with a code for a token."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import APIRouter, Request, Response
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.web.async_client import AsyncWebClient

from rag.errors import FootnoteError
from ui.server import incidents
from ui.slack import install_pages as pages
from ui.slack import sdk_log
from ui.slack.distributed import Distributed, Installed, forget_removed
from ui.slack.http import slack_router
from ui.slack.install_pages import NotLetInError
from ui.slack.manifest import INSTALL_ADDRESS, REDIRECT_ADDRESS
from ui.slack.permissions import scope_names
from ui.slack.running import Duty, working
from ui.slack.sealing import seal
from ui.slack.state_store import LASTS
from ui.slack.token_store import Installations, installations
from ui.slack.workspaces import FAILURES, client, session

_TEAM = re.compile(r"[TE][A-Z0-9]{2,20}", re.ASCII)


class Flow(AsyncOAuthFlow):
    """Bolt's, for the workspaces that are let in, which need not be asked for more than a yes."""

    def __init__(self, app: Distributed, kept: Installations, web: AsyncWebClient) -> None:
        self._app = app
        super().__init__(client=web, logger=sdk_log.silent(), settings=_settings(app, kept))

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
        raise NotLetInError(installation)


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
        callback_options=AsyncCallbackOptions(pages.succeeded, pages.failed),
        installation_store=kept.tokens,
        installation_store_bot_only=True,
        state_store=kept.states,
        state_expiration_seconds=LASTS,
        logger=sdk_log.silent(),
    )


async def _answered(
    request: Request, answer: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
) -> Response:
    try:
        response = to_starlette_response(await answer(to_async_bolt_request(request, b"")))
    except FAILURES as error:
        response = pages.trouble(502, pages.NO_SLACK, error)
    except FootnoteError as error:
        response = pages.trouble(500, pages.NOT_KEPT, error)
    response.headers.update(pages.HEADERS)
    return response

"""Events over a socket that the bot opens: no address of our own is needed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

from ui.slack.workspaces import API, FAILURES, client, refused


@asynccontextmanager
async def connected(
    app: AsyncApp, app_token: str, shared: ClientSession, base_url: str = API
) -> AsyncIterator[None]:
    """Receives events until the block ends; raises SlackError where the token is refused.

    The first address is asked for here: the SDK would go on asking for ever, and say nothing.
    """
    web = client(app_token, shared, base_url)
    handler = AsyncSocketModeHandler(app, app_token, web_client=web)
    try:
        opened = await web.apps_connections_open(app_token=app_token)
    except FAILURES as error:
        await handler.client.aiohttp_client_session.close()
        raise refused(error, "app's") from None
    handler.client.wss_uri = str(opened["url"])
    await handler.client.connect()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        await handler.client.close()  # type: ignore[no-untyped-call]

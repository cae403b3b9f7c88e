"""The bot on Slack from its start to its end, over a socket or behind an address."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from ui.answer_log import KEEP_DAYS
from ui.bot.attending import Desk
from ui.bot.backing import Backing
from ui.bot.bot import Bot, at_work
from ui.bot.notebook import notebook
from ui.bot.rules import Rules
from ui.server import incidents
from ui.slack.app import slack_app
from ui.slack.http import slack_router
from ui.slack.platform import Slack
from ui.slack.socket import connected
from ui.slack.workspaces import API, Single, Workspace, Workspaces, client, session, signed_in


@dataclass(frozen=True, slots=True)
class Duty:
    """Who answers, where and for how long it is kept what was answered, and what holds where."""

    backing: Backing
    home: Path
    rules: Rules = field(default_factory=Rules)
    keep_days: int = KEEP_DAYS


@dataclass(frozen=True, slots=True)
class Tokens:
    """The secrets of one workspace; `base_url` is Slack's, but for tests."""

    bot: str = field(repr=False)
    app: str = field(default="", repr=False)
    base_url: str = API


async def run(duty: Duty, tokens: Tokens, when_open: Callable[[Workspace], None]) -> None:
    """Answers what comes over a socket until SIGINT or SIGTERM."""
    stopped = _signalled()
    async with session() as shared:
        lender = client(None, shared, tokens.base_url)
        only = await signed_in(client(tokens.bot, shared, tokens.base_url))
        async with (
            working(duty, Single(only), lender) as app,
            connected(app, tokens.app, shared, tokens.base_url),
        ):
            when_open(only)
            await stopped.wait()


@asynccontextmanager
async def behind_address(
    duty: Duty, tokens: Tokens, signing_secret: str
) -> AsyncIterator[APIRouter]:
    """The route at which Slack's requests are taken, while the block lasts."""
    async with session() as shared:
        lender = client(None, shared, tokens.base_url)
        only = await signed_in(client(tokens.bot, shared, tokens.base_url))
        async with working(duty, Single(only), lender, signing_secret) as app:
            yield slack_router(app, signing_secret)


@asynccontextmanager
async def working(
    duty: Duty, workspaces: Workspaces, lender: AsyncWebClient, signing_secret: str = ""
) -> AsyncIterator[AsyncApp]:
    """The app with a bot at work behind it; what an earlier process left is taken up first."""
    with notebook(duty.home, keep_days=duty.keep_days) as kept:
        bot = Bot(Desk(Slack(workspaces), duty.backing, kept, duty.rules))
        async with at_work(bot), _warm(duty.backing):
            yield slack_app(bot, workspaces, lender, signing_secret)


@asynccontextmanager
async def _warm(backing: Backing) -> AsyncIterator[None]:
    """Has examples chosen meanwhile, which loads the models before anybody waits for them."""
    choosing = asyncio.create_task(backing.examples())
    try:
        yield
    finally:
        choosing.cancel()
        (ended,) = await asyncio.gather(choosing, return_exceptions=True)
        if isinstance(ended, Exception):
            incidents.note(ended)


def _signalled() -> asyncio.Event:
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stopped.set)
    return stopped

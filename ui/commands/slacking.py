"""The bot on Slack: `footnote slack` over a socket, or an address of `footnote serve`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    ExitStack,
    asynccontextmanager,
    closing,
    contextmanager,
)
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pydantic import SecretStr

from rag.config import Settings, load_settings
from rag.errors import ConfigError
from ui.remote.opening import Opened, opened
from ui.server import incidents
from ui.server.redacting import redact_logs
from ui.slack import names, texts
from ui.terminal import out, print_text, waiting

if TYPE_CHECKING:
    from fastapi import APIRouter

    from ui.api.services import Api
    from ui.bot.backing import Backing
    from ui.slack.running import Duty, Tokens
    from ui.slack.workspaces import Workspace

NEEDED = ("slack_bolt", "aiohttp", "cryptography")


def slack() -> int:
    """Answers until SIGINT or SIGTERM, over the shelf of this process or of a server's."""
    check_installed()
    from ui.bot.rules_file import read_rules
    from ui.slack.running import Duty, run

    redact_logs()
    incidents.log_to_stderr()
    settings = load_settings()
    tokens, rules = _tokens(settings), read_rules(settings.home / names.RULES_FILE)
    with ExitStack() as stack:
        with waiting("Opening the shelf …"):
            backing = stack.enter_context(_backing(settings))
        duty = Duty(backing, settings.home, rules, settings.keep_days)
        asyncio.run(run(duty, tokens, _tell))
    return 0


@asynccontextmanager
async def events_routes(api: Api) -> AsyncIterator[tuple[APIRouter, ...]]:
    """Where `footnote serve` takes Slack's requests meanwhile; none where it is not set up."""
    settings = api.application.settings
    if settings.slack_signing_secret is None and not settings.slack_client_id:
        yield ()
        return
    check_installed()
    async with _behind_address(api, settings) as routes:
        yield (routes,)


def _behind_address(api: Api, settings: Settings) -> AbstractAsyncContextManager[APIRouter]:
    """For the workspace that has given its token, or for all that install the app."""
    from ui.slack.distributed import distributed, is_distributed
    from ui.slack.installing import behind_address_of_many
    from ui.slack.running import Tokens, behind_address

    if is_distributed(settings):
        many = distributed(settings)
        return behind_address_of_many(_beside_pages(api, settings), many)
    token, secret = settings.slack_bot_token, settings.slack_signing_secret
    if token is None or secret is None:
        raise ConfigError(texts.HALF_SET)
    return behind_address(_beside_pages(api, settings), Tokens(_secret(token)), _secret(secret))


def _beside_pages(api: Api, settings: Settings) -> Duty:
    """What answers at an address: the same as on every page, and in the same queue."""
    from ui.bot.backing import Local
    from ui.bot.checking import ShelfChecker
    from ui.bot.rules_file import read_rules
    from ui.slack.running import Duty
    from ui.web.examples import Examples

    rules = read_rules(settings.home / names.RULES_FILE)
    checker = ShelfChecker(api.application.engine, api.application.verifier)
    backing = Local(api.services, api.log, checker, Examples(api.services).chosen)
    return Duty(backing, settings.home, rules, settings.keep_days)


def check_installed() -> None:
    """Raises ConfigError that says how to install what is missing."""
    if not all(map(find_spec, NEEDED)):
        raise ConfigError(texts.NOT_INSTALLED)


@contextmanager
def _backing(settings: Settings) -> Iterator[Backing]:
    """Who answers: this process, or a server that owns the shelf and keeps the records itself."""
    with ExitStack() as stack:
        parts = stack.enter_context(opened(settings))
        yield stack.enter_context(
            _over_own_shelf(settings, parts) if parts.is_own else _beside_server(settings)
        )


@contextmanager
def _over_own_shelf(settings: Settings, parts: Opened) -> Iterator[Backing]:
    from ui.bot.backing import Local
    from ui.bot.checking import ShelfChecker
    from ui.server.recording import Recorder, answer_log
    from ui.server.services import Services
    from ui.web.examples import Examples

    checker = ShelfChecker(parts.engine, parts.checker)
    examples = Examples(Services(parts.engine, parts.shelf))
    with answer_log(settings.home, keep_days=settings.keep_days) as log:
        recorder = Recorder(log, keeps_texts=settings.keep_questions)
        services = Services(parts.engine, parts.shelf, recorder=recorder)
        yield Local(services, log, checker, examples.chosen)


def _beside_server(settings: Settings) -> AbstractContextManager[Backing]:
    from ui.bot.served import Served, finder
    from ui.web.examples import Examples

    return closing(Served(finder(settings.home), lambda services: Examples(services).chosen))


def _tokens(settings: Settings) -> Tokens:
    from ui.slack.running import Tokens

    bot, app = settings.slack_bot_token, settings.slack_app_token
    if app is None and settings.slack_signing_secret:
        raise ConfigError(texts.IS_SERVED)
    if bot is None or app is None:
        lacking = [name for name, one in (("BOT", bot), ("APP", app)) if one is None]
        missing = " and ".join(f"FOOTNOTE_SLACK_{name}_TOKEN" for name in lacking)
        raise ConfigError(texts.NO_TOKENS.format(missing=missing))
    return Tokens(_secret(bot), _secret(app))


def _secret(token: SecretStr) -> str:
    return token.get_secret_value()


def _tell(workspace: Workspace) -> None:
    print_text(out(), texts.AT_WORK.format(team=workspace.name, name=workspace.bot_name))

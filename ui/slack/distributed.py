"""The app as several workspaces install it: its secrets, who is let in, and their tokens."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from aiohttp import ClientSession
from pydantic import SecretStr
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from rag.config import Settings
from rag.errors import ConfigError
from ui.server import incidents
from ui.slack.incoming import Self
from ui.slack.token_store import TokenStore
from ui.slack.workspaces import API, FAILURES, Workspace, client

Teams: TypeAlias = frozenset[str] | None

BEFORE_EXPIRY: Final = 120  # minutes before which a token that expires is renewed
MISSING: Final = (
    "For several workspaces {missing} {are} missing. They stand on the app's page at "
    "api.slack.com/apps under Basic Information, App Credentials; `footnote slack key` makes the "
    "key, and FOOTNOTE_SLACK_TEAMS names the workspaces that are let in, or * for all."
)
BAD_TEAMS: Final = (
    "FOOTNOTE_SLACK_TEAMS is wrong at “{one}”: it has to be ids of workspaces (T0123ABCD) or "
    "organizations (E0123ABCD) with commas between, or * for all. A workspace's id stands in its "
    "address in the browser: app.slack.com/client/T0123ABCD."
)
_TEAM = re.compile(r"[TE][A-Z0-9]{2,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Distributed:
    """The app's secrets; `teams` may install it, or all where that is None."""

    client_id: str
    client_secret: str = field(repr=False)
    signing_secret: str = field(repr=False)
    token_keys: str = field(repr=False)
    teams: Teams = None
    base_url: str = API

    def lets_in(self, *places: str | None) -> bool:
        """Whether a workspace, or the organization that it belongs to, may use the bot."""
        return self.teams is None or not self.teams.isdisjoint(places)


def is_distributed(settings: Settings) -> bool:
    """Whether workspaces are to install the app, rather than one having given its token."""
    return settings.slack_bot_token is None and bool(
        settings.slack_client_id or settings.slack_client_secret or settings.slack_token_key
    )


def distributed(settings: Settings) -> Distributed:
    """Raises ConfigError with what is missing."""
    found = {
        "FOOTNOTE_SLACK_CLIENT_ID": settings.slack_client_id,
        "FOOTNOTE_SLACK_CLIENT_SECRET": _secret(settings.slack_client_secret),
        "FOOTNOTE_SLACK_SIGNING_SECRET": _secret(settings.slack_signing_secret),
        "FOOTNOTE_SLACK_TOKEN_KEY": _secret(settings.slack_token_key),
        "FOOTNOTE_SLACK_TEAMS": settings.slack_teams,
    }
    if lacking := [name for name, value in found.items() if not value]:
        are = "is" if len(lacking) == 1 else "are"
        raise ConfigError(MISSING.format(missing=" and ".join(lacking), are=are))
    client_id, client_secret, signing_secret, keys, teams = found.values()
    return Distributed(client_id, client_secret, signing_secret, keys, teams_in(teams))


def teams_in(text: str) -> Teams:
    """The ids that a text names; None for all. Raises ConfigError."""
    if text.strip() == "*":
        return None
    listed = [one.strip() for one in text.split(",") if one.strip()]
    for one in listed:
        if not _TEAM.fullmatch(one):
            raise ConfigError(BAD_TEAMS.format(one=one[:40]))
    return frozenset(listed)


@dataclass(frozen=True, slots=True)
class Installed:
    """The workspaces that have installed the app, each with its own token."""

    app: Distributed
    tokens: TokenStore
    shared: ClientSession
    _renewing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def of(self, team: str, enterprise: str = "") -> Workspace | None:
        found = await self._find(team, enterprise)
        if found is None or not self.app.lets_in(team, found.team_id, found.enterprise_id):
            return None
        bot = await self._fresh(found, team, enterprise)
        me = Self(team or bot.team_id or "", bot.bot_user_id, bot.bot_id or "")
        web = client(bot.bot_token, self.shared, self.app.base_url)
        return Workspace(me, web, bot.team_name or bot.enterprise_name or "")

    async def _find(self, team: str, enterprise: str) -> Bot | None:
        return await self.tokens.async_find_bot(enterprise_id=enterprise, team_id=team)

    async def _fresh(self, bot: Bot, team: str, enterprise: str) -> Bot:
        """With a token that lasts; a refresh token counts once, so that one renews at a time."""
        if bot.bot_token_expires_at is None:
            return bot
        async with self._renewing:
            bot = await self._find(team, enterprise) or bot
            try:
                renewed = await self._rotator().perform_bot_token_rotation(
                    bot=bot, minutes_before_expiration=BEFORE_EXPIRY
                )
            except FAILURES as error:
                incidents.note(error)
                return bot
            if renewed is not None:
                await self.tokens.async_save_bot(renewed)
        return renewed or bot

    def _rotator(self) -> AsyncTokenRotator:
        return AsyncTokenRotator(
            client=client(None, self.shared, self.app.base_url),
            client_id=self.app.client_id,
            client_secret=self.app.client_secret,
        )


def forget_removed(app: AsyncApp, tokens: TokenStore) -> None:
    """From now on a workspace's token is deleted as soon as it removes the app."""

    async def forget(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> None:
        event = body.get("event")
        kind = event.get("type") if isinstance(event, dict) else None
        team, organization = str(body.get("team_id") or ""), str(body.get("enterprise_id") or "")
        if kind == "app_uninstalled":
            await tokens.async_delete_all(enterprise_id=organization, team_id=team)
        elif kind == "tokens_revoked":
            bots = (event or {}).get("tokens", {}).get("bot") or []
            await tokens.delete_bot_user(team, organization, bots)
        await next_()

    app.middleware(forget)


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""

"""The workspaces that the bot is installed in, each with a client of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientError,
    ClientSession,
    ClientTimeout,
)
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from rag.errors import ConfigError
from ui.slack import texts
from ui.slack.incoming import Self

API = AsyncWebClient.BASE_URL
TIMEOUT = 30  # seconds
# Whatever a call to Slack fails with; the last where an answer is no JSON.
FAILURES = (SlackClientError, ClientError, TimeoutError, OSError, ValueError)


# With these something may have been done all the same.
UNSURE = ("fatal_error", "internal_error", "request_timeout", "service_unavailable")


def code_of(error: BaseException) -> str:
    """Why Slack did not do what it was asked; empty where nobody knows whether it did."""
    code = error.response.get("error") if isinstance(error, SlackApiError) else None
    return code if isinstance(code, str) and code not in UNSURE else ""


def reason_of(error: BaseException) -> str:
    """Why nobody knows, in words."""
    if isinstance(error, TimeoutError):
        return texts.NO_ANSWER
    if isinstance(error, ClientConnectorDNSError):
        return texts.NO_NAME
    if isinstance(error, ClientConnectorCertificateError):
        return texts.NO_CERTIFICATE
    return texts.NO_CONNECTION if isinstance(error, OSError) else texts.IN_TROUBLE


class SlackError(ConfigError):
    """Slack cannot be used with these tokens."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace; `name` and `bot_name` are for people."""

    me: Self
    client: AsyncWebClient
    name: str = ""
    bot_name: str = ""

    @property
    def authorization(self) -> AuthorizeResult:
        """The same as Bolt takes it."""
        return AuthorizeResult(
            enterprise_id=None,
            team_id=self.me.tenant,
            bot_token=self.client.token,
            bot_id=self.me.bot,
            bot_user_id=self.me.user,
        )


class Workspaces(Protocol):
    """Finds a workspace by the id of its team; None where the bot is not installed there."""

    async def of(self, team: str, enterprise: str = "") -> Workspace | None: ...


@dataclass(frozen=True, slots=True)
class Single:
    """The only one: events of channels that it shares with others are its own as well."""

    only: Workspace

    async def of(self, team: str, enterprise: str = "") -> Workspace | None:
        return self.only


@asynccontextmanager
async def session() -> AsyncIterator[ClientSession]:
    """Connections that all clients share: a first one to Slack takes longer than an answer."""
    async with ClientSession(timeout=ClientTimeout(total=TIMEOUT)) as opened:
        yield opened


def client(token: str | None, shared: ClientSession, base_url: str = API) -> AsyncWebClient:
    """A client that waits when Slack says so, and sends nothing twice by itself.

    Where a connection breaks nobody knows whether a message was posted: that is for who posts it.
    """
    waiting = AsyncRateLimitErrorRetryHandler(max_retry_count=2)
    return AsyncWebClient(
        token, base_url=base_url, timeout=TIMEOUT, session=shared, retry_handlers=[waiting]
    )


async def signed_in(web: AsyncWebClient) -> Workspace:
    """The workspace of a client's token; raises SlackError with a sentence where it has none."""
    try:
        found = await web.auth_test()
    except FAILURES as error:
        raise refused(error, "bot's") from None
    me = Self(str(found["team_id"]), str(found["user_id"]), str(found.get("bot_id") or ""))
    return Workspace(me, web, str(found.get("team") or ""), str(found.get("user") or ""))


def refused(error: BaseException, what: str) -> SlackError:
    """What to do about it; never what came back, which may hold a token."""
    if not (code := code_of(error)):
        return SlackError(texts.NO_SLACK.format(reason=reason_of(error)))
    known = texts.REFUSED.get(code, texts.REFUSED_OTHERWISE)
    return SlackError(known.format(what=what, error=code[:80]))

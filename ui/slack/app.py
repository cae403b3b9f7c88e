"""The app that Slack talks to: what it listens to, and who does the work."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, cast

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from ui.bot.bot import Bot
from ui.bot.examining import examined
from ui.server import incidents
from ui.slack import incoming, names, sdk_log, texts, verdicts
from ui.slack.blocks import spoken
from ui.slack.clicks import Click
from ui.slack.incoming import Self
from ui.slack.responding import WhisperedReply
from ui.slack.workspaces import FAILURES, Workspaces

Body: TypeAlias = dict[str, Any]
MOST_PROMPTS = 4
JOB = "footnote_job"
ANY_EVENT = re.compile(".*")


def slack_app(
    bot: Bot, workspaces: Workspaces, client: AsyncWebClient, signing_secret: str = ""
) -> AsyncApp:
    """Requests are checked against the secret; without one only those of a socket are taken.

    `client` lends its connections and its address to the clients of all workspaces.
    """
    app = AsyncApp(
        name=sdk_log.NAME,
        logger=sdk_log.silent(),
        client=client,
        authorize=_authorizing(workspaces),
        signing_secret=signing_secret,
        request_verification_enabled=bool(signing_secret),
        user_facing_authorize_error_message=texts.NOT_INSTALLED_THERE,
    )
    _listen_to_messages(app, bot)
    _listen_to_commands(app, bot)
    _listen_to_clicks(app, bot)
    app.event("app_home_opened")(_opened(bot))
    app.event("app_uninstalled")(_removed(bot))
    app.event(ANY_EVENT)(_nothing)
    app.error(_noted)
    return app


def _listen_to_messages(app: AsyncApp, bot: Bot) -> None:
    async def take(
        body: Body, context: AsyncBoltContext, next_: Callable[[], Awaitable[None]]
    ) -> None:
        """Before Slack is told that it arrived: it is never sent again after that."""
        heard = incoming.heard(body, _self(context))
        context[JOB] = await bot.accept(heard) if heard else None
        await next_()

    async def answer(context: AsyncBoltContext) -> None:
        if job := context.get(JOB):
            bot.start(job)

    for kind in ("app_mention", "message"):
        app.event(kind, middleware=[take])(answer)


def _listen_to_commands(app: AsyncApp, bot: Bot) -> None:
    async def command(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        heard = incoming.commanded(body, _self(context))
        job = await bot.accept(heard)
        await ack()
        if job:
            bot.start(job)

    async def check(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        """Said to whoever wanted to know: it is another's message."""
        await ack()
        heard = incoming.pointed_at(body, _self(context))
        whisper = WhisperedReply(heard.return_address)
        await whisper.say(texts.CHECKING, spoken(f"_{texts.CHECKING}_"))
        found = await examined(bot.desk, heard)
        await whisper.say(verdicts.summary(found), verdicts.blocks(found))

    app.command(names.COMMAND)(command)
    app.message_shortcut(names.CHECK)(check)


def _listen_to_clicks(app: AsyncApp, bot: Bot) -> None:
    def clicked(act: Callable[[Click], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def listen(
            ack: AsyncAck, body: Body, context: AsyncBoltContext, client: AsyncWebClient
        ) -> None:
            await ack()
            await act(Click(bot.desk, client, _self(context).tenant, body))

        return listen

    app.action(re.compile(rf"{names.EVIDENCE}:\d+"))(clicked(Click.show_evidence))
    app.action(names.EXPORT)(clicked(Click.export))
    app.action(names.FEEDBACK)(clicked(Click.rate))
    app.view(names.COMPLAINT)(clicked(Click.complain))


def _opened(bot: Bot) -> Callable[..., Awaitable[None]]:
    async def opened(event: Body, client: AsyncWebClient) -> None:
        """Questions that the shelf answers, where somebody is about to write to the bot."""
        if event.get("tab") != "messages":
            return
        prompts = [{"title": one, "message": one} for one in await bot.desk.backing.examples()]
        if prompts:
            try:
                await client.assistant_threads_setSuggestedPrompts(
                    channel_id=event["channel"], prompts=prompts[:MOST_PROMPTS]
                )
            except FAILURES as error:
                incidents.note(error)

    return opened


def _removed(bot: Bot) -> Callable[..., Awaitable[None]]:
    async def removed(body: Body) -> None:
        """Nothing stays here of a workspace that the bot was taken out of."""
        retention = bot.desk.notebook.retention
        await retention.forget(names.PLATFORM, str(body.get("team_id") or ""))

    return removed


async def _nothing() -> None:
    """An event that nothing follows from."""


async def _noted(error: Exception) -> BoltResponse:
    incidents.note(error)
    return BoltResponse(status=500, body="")


def _authorizing(workspaces: Workspaces) -> Callable[..., Awaitable[AuthorizeResult]]:
    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        found = await workspaces.of(team_id or "", enterprise_id or "")
        return found.authorization if found else None

    return cast(Callable[..., Awaitable[AuthorizeResult]], authorize)  # Bolt takes None as well


def _self(context: AsyncBoltContext) -> Self:
    """Who the bot is where the request comes from."""
    result = context.authorize_result
    bot_user = (result.bot_user_id if result else "") or ""
    bot_id = (result.bot_id if result else "") or ""
    return Self((result.team_id if result else "") or context.team_id or "", bot_user, bot_id)

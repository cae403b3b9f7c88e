"""The reply to a slash command: seen by whoever gave it, and by nobody else."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.webhook.async_client import AsyncWebhookClient

from ui.bot import texts as bot_texts
from ui.bot.platform import Said
from ui.server import incidents
from ui.slack import blocks
from ui.slack.blocks import fallback, spoken
from ui.slack.escaping import mrkdwn
from ui.slack.rich_text import Json
from ui.slack.workspaces import FAILURES, TIMEOUT


class WhisperedReply:
    """Slack takes five messages at such an address, for half an hour; so text is not streamed."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def begin(self, status: str) -> None:
        """The answer is there sooner than a status would be, mostly."""

    async def append(self, text: str) -> None:
        """It comes in one piece."""

    async def finish(self, said: Said) -> None:
        await self.say(said.answer.text, blocks.whole(said))

    async def tell(self, sentence: str) -> None:
        await self.say(sentence, spoken(sentence))

    async def drop(self) -> None:
        """A command that nothing comes of would look broken."""
        await self.tell(bot_texts.NOTHING)

    async def say(self, said: str, content: Sequence[Json]) -> None:
        """Whispers it, below what was whispered before; the original is somebody else's message."""
        web = AsyncWebhookClient(self._address, timeout=TIMEOUT)
        try:
            sent = await web.send(
                text=mrkdwn(fallback(said)),
                blocks=list(content),
                response_type="ephemeral",
                replace_original=False,
                unfurl_links=False,
                unfurl_media=False,
            )
        except FAILURES as error:
            incidents.note(error)
            return
        if sent.status_code >= 400:
            incidents.note(RuntimeError("Slack did not take a whisper."))

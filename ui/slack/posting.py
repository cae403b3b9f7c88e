"""Posts, edits and whispers in one thread of Slack; each call is made once and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slack_bolt.context.say_stream.async_say_stream import AsyncSayStream
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_chat_stream import AsyncChatStream
from slack_sdk.web.async_client import AsyncWebClient

from ui.bot.heard import Heard
from ui.slack.blocks import fallback
from ui.slack.escaping import mrkdwn
from ui.slack.rich_text import Json
from ui.slack.workspaces import Workspace, code_of

AT_ONCE = 1  # characters that are buffered before a piece is sent
STREAMING = "streaming_state_conflict"


@dataclass(frozen=True, slots=True)
class Thread:
    """Where the reply to a message stands."""

    workspace: Workspace
    heard: Heard

    @property
    def client(self) -> AsyncWebClient:
        return self.workspace.client

    @property
    def channel(self) -> str:
        return self.heard.spot.channel

    @property
    def root(self) -> str:
        return self.heard.spot.thread

    async def stream(self) -> AsyncChatStream:
        """A message that grows; it begins with the first piece."""
        heard = self.heard
        say_stream = AsyncSayStream(
            client=self.client,
            channel=self.channel,
            thread_ts=self.root,
            recipient_team_id=heard.user_tenant or heard.spot.tenant,
            recipient_user_id=heard.user,
        )
        return await say_stream(buffer_size=AT_ONCE)

    async def status(self, status: str) -> None:
        """Shows a status under the thread, empty for none."""
        await self.client.assistant_threads_setStatus(
            channel_id=self.channel, thread_ts=self.root, status=status
        )

    async def post(self, said: str, blocks: Sequence[Json]) -> str:
        """A new message; returns its ts."""
        posted = await self.client.chat_postMessage(
            channel=self.channel,
            thread_ts=self.root,
            text=mrkdwn(fallback(said)),
            blocks=list(blocks),
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(posted["ts"])

    async def rewrite(self, ts: str, said: str, blocks: Sequence[Json]) -> None:
        """A message of ours in other words, also one that was still being streamed."""
        content: dict[str, Any] = {"text": mrkdwn(fallback(said)), "blocks": list(blocks)}
        try:
            await self.client.chat_update(channel=self.channel, ts=ts, **content)
        except SlackApiError as error:
            if code_of(error) != STREAMING:
                raise
            await self.client.chat_stopStream(channel=self.channel, ts=ts)
            await self.client.chat_update(channel=self.channel, ts=ts, **content)

    async def remove(self, ts: str) -> None:
        await self.client.chat_delete(channel=self.channel, ts=ts)

    async def whisper(self, said: str) -> None:
        """Only the one who asked sees it; among two, everything is."""
        if self.heard.spot.is_direct:
            await self.post(said, ())
            return
        await self.client.chat_postEphemeral(
            channel=self.channel,
            user=self.heard.user,
            text=mrkdwn(said),
            thread_ts=self.root if self.heard.is_in_thread else None,
        )

    async def attach(self, name: str, content: str) -> None:
        """Puts a file into the thread."""
        await self.client.files_upload_v2(
            channel=self.channel, thread_ts=self.root, filename=name, title=name, content=content
        )

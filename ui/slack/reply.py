"""The reply to a message on Slack: streamed while it is written, or posted in one piece.

Slack ends a stream that pauses or lives too long, and refuses calls for many reasons. Whatever
happens, what stands there in the end is one message with the whole answer: a stream that broke is
written anew in its place, and only where that is refused as well it goes for a new one.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypeAlias

from slack_sdk.web.async_chat_stream import AsyncChatStream

from ui.bot.platform import Said
from ui.bot.whole import whole
from ui.server import incidents
from ui.slack import blocks
from ui.slack.blocks import below, rest, spoken
from ui.slack.escaping import Markdown
from ui.slack.posting import Thread
from ui.slack.rich_text import Json
from ui.slack.status import Status
from ui.slack.workspaces import FAILURES, code_of

PACE = 0.6  # seconds between two pieces of a stream: Slack takes some hundred a minute
STOPPED = "stopped_by_user"
FILE = "answer.md"

Posted: TypeAlias = Callable[[str], Awaitable[None]]
Stray: TypeAlias = Callable[[], Awaitable[str]]


class SlackReply:
    """One message in a thread; `existing` is the ts of one that is written anew instead.

    `stray` finds a message of ours that nobody noted: one whose posting was cut off.
    """

    def __init__(self, thread: Thread, posted: Posted, stray: Stray, existing: str = "") -> None:
        self._thread, self._posted, self._stray = thread, posted, stray
        self._ts, self._is_anew = existing, bool(existing)
        self._status = Status(thread)
        self._stream: AsyncChatStream | None = None
        self._markdown = Markdown()
        self._said = self._waiting = ""
        self._sent = 0.0
        self._has_begun = self._is_broken = self._is_stopped = self._is_unsure = False

    async def begin(self, status: str) -> None:
        if not self._is_anew:
            self._status.show(status)
        elif not self._has_begun:
            with suppress(*FAILURES):
                await whole(self._thread.rewrite(self._ts, status, spoken(f"_{status}_")))
        self._has_begun = True

    async def append(self, text: str) -> None:
        self._said += text
        self._waiting += self._markdown.write(text)
        is_due = time.monotonic() - self._sent >= PACE
        if is_due and not (self._is_anew or self._is_broken or self._is_stopped):
            await self._attempt(self._send())

    async def finish(self, said: Said) -> None:
        if self._is_streaming:
            self._waiting += self._markdown.write(rest(said.answer.text, len(self._said)))
            await self._attempt(self._end(below(said)))
        if not (self._is_streaming or self._is_stopped) or self._is_broken:
            await self._stand(said.answer.text, blocks.whole(said))
        await self._attach(said)
        await self._status.clear()

    async def tell(self, sentence: str) -> None:
        """After what was streamed already; in place of what stood there before."""
        if self._is_streaming:
            self._waiting += self._markdown.write(f"\n\n_{sentence}_")
            await self._attempt(self._end(()))
        if not (self._is_streaming or self._is_stopped) or self._is_broken:
            before = f"{self._said}\n\n" if self._said else ""
            await self._stand(sentence, spoken(f"{before}_{sentence}_"))
        await self._status.clear()

    async def drop(self) -> None:
        if self._ts:
            with suppress(*FAILURES):
                await whole(self._thread.remove(self._ts))
        await self._status.clear()

    @property
    def _is_streaming(self) -> bool:
        return self._stream is not None

    async def _attempt(self, call: Awaitable[None]) -> None:
        """A stream that fails is broken for good; one that a person stopped stays as it is."""
        try:
            await call
        except FAILURES as error:
            code = code_of(error)
            self._is_stopped = code == STOPPED
            self._is_broken = not self._is_stopped
            self._is_unsure = not code

    async def _send(self) -> None:
        await whole(self._piece())
        self._waiting, self._sent = "", time.monotonic()

    async def _piece(self) -> None:
        """The first one begins the message, whose id is kept before anything else happens."""
        if self._stream is not None:
            await self._stream.append(markdown_text=self._waiting)
            return
        stream = await self._thread.stream()
        await stream.append(markdown_text=self._waiting)
        self._stream = stream
        await self._note(str(stream.ts))

    async def _end(self, blocks_below: Sequence[Json]) -> None:
        if self._stream is not None and not (self._is_broken or self._is_stopped):
            await whole(self._stop(self._stream, blocks_below))

    async def _stop(self, stream: AsyncChatStream, blocks_below: Sequence[Json]) -> None:
        await stream.stop(markdown_text=self._waiting or None, blocks=list(blocks_below) or None)

    async def _stand(self, said: str, content: Sequence[Json]) -> None:
        """The whole in one message: the one that stands there, or else a new one."""
        try:
            await whole(self._put(said, content))
        except FAILURES as error:
            incidents.note(error)

    async def _put(self, said: str, content: Sequence[Json]) -> None:
        former = self._ts or (await self._stray() if self._is_unsure else "")
        if former:
            try:
                await self._thread.rewrite(former, said, content)
            except FAILURES:
                pass  # it may have been deleted
            else:
                await self._note(former)
                return
        await self._note(await self._post(said, content))
        if former:
            with suppress(*FAILURES):
                await self._thread.remove(former)

    async def _post(self, said: str, content: Sequence[Json]) -> str:
        """Where nobody knows whether it was posted, it is looked for before it is posted again."""
        try:
            return await self._thread.post(said, content)
        except FAILURES as error:
            if code_of(error):
                raise
            return await self._stray() or await self._thread.post(said, content)

    async def _note(self, ts: str) -> None:
        self._ts = ts
        self._status.overtaken()
        await self._posted(ts)

    async def _attach(self, said: Said) -> None:
        """An answer that is longer than a message, as a file."""
        if len(said.answer.text) <= blocks.LONGEST_ANSWER:
            return
        try:
            await self._thread.attach(FILE, said.answer.text)
        except FAILURES as error:
            incidents.note(error)

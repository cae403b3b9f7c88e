"""What the bot is shown to be doing; it comes after everything else, and may fail."""

from __future__ import annotations

import asyncio

from ui.slack.posting import Thread
from ui.slack.workspaces import FAILURES


class Status:
    """Nobody waits for it: an answer that is there is shown before any status."""

    def __init__(self, thread: Thread) -> None:
        self._thread = thread
        self._wanted = self._shown = ""
        self._task: asyncio.Task[None] | None = None

    def show(self, status: str) -> None:
        """The last one wins."""
        self._wanted = status
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep_up())

    def overtaken(self) -> None:
        """A message has come, and Slack takes away what was shown until then."""
        self._wanted = ""
        if self._task is None or self._task.done():
            self._shown = ""

    async def clear(self) -> None:
        """Nothing is shown any more when this returns."""
        self._wanted = ""
        if self._task is not None:
            await self._task
            await self._keep_up()

    async def _keep_up(self) -> None:
        while self._shown != (wanted := self._wanted):
            try:
                await self._thread.status(wanted)
            except FAILURES:
                self._wanted = self._shown  # not for this app, or not in this place
                return
            self._shown = wanted

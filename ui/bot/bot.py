"""The bot: which messages it answers, in which order, and what becomes of them when it ends.

A message is taken on in the notebook before anything is said to it. What was taken on and not
brought to its end, because the process was killed, is brought there when the bot starts again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from ui.bot import texts
from ui.bot.attending import Desk, Job
from ui.bot.claims import Claim
from ui.bot.heard import Heard
from ui.bot.retention import tidied
from ui.server import incidents

EDITABLE = 60  # seconds after which a question stays as it was answered
RESUMABLE = 3600  # seconds after which nobody waits for an answer any more
GRACE = 3  # seconds for answers to end when the bot does

Key = tuple[str, str]


@dataclass(slots=True)
class Bot:
    """Every message goes through `accept`; what that gives back is for `start`."""

    desk: Desk
    _running: dict[Key, asyncio.Task[None]] = field(default_factory=dict)
    _threads: WeakValueDictionary[Key, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def accept(self, heard: Heard) -> Job | None:
        """What is to be answered; None where it is not for the bot, or was taken on before.

        It is kept when this returns, so that the platform may be told that it arrived.
        """
        if not (self.desk.rules.of(heard.spot).answers or heard.return_address):
            return None
        if heard.is_edit and (job := await self._edited(heard)):
            return job
        if not await self._is_meant(heard):
            return None
        return Job(heard) if await self.desk.notebook.claims.take(heard) else None

    def start(self, job: Job) -> None:
        """Answers in the background."""
        key = (job.heard.spot.channel, job.heard.message)
        task = asyncio.create_task(self._attended(job))
        self._running[key] = task
        task.add_done_callback(lambda ended: self._ended(key, ended))

    async def resume(self) -> None:
        """Brings to its end what a process before this one could not."""
        for claim in await self.desk.notebook.claims.open():
            reply = claim.reply or await self._stray(claim.heard)
            if time.time() - claim.at < RESUMABLE:
                self.start(Job(claim.heard, "resumed", reply))
            else:
                await self._give_up(claim, reply)

    async def settled(self) -> None:
        """Waits until nothing is being answered."""
        while self._running:
            await asyncio.wait(list(self._running.values()))

    async def close(self) -> None:
        """Lets answers end for a moment; what is not done by then is done after the next start."""
        running = list(self._running.values())
        _, late = await asyncio.wait(running, timeout=GRACE) if running else (None, set())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _is_meant(self, heard: Heard) -> bool:
        """Whether somebody wants an answer: also in a thread where answers stand already."""
        if heard.is_addressed or heard.spot.is_direct:
            return not heard.is_edit or heard.seconds_until_edit <= EDITABLE
        if heard.is_edit or heard.is_for_another or not heard.is_in_thread:
            return False
        return await self.desk.notebook.claims.speaks_in(heard.spot)

    async def _edited(self, heard: Heard) -> Job | None:
        """A question that was changed at once is answered anew, where its answer stands."""
        claims = self.desk.notebook.claims
        if heard.seconds_until_edit > EDITABLE or not (again := await claims.take_again(heard)):
            return None
        if task := self._running.get((heard.spot.channel, heard.message)):
            task.cancel()
            await asyncio.wait([task])
        return Job(again, "edited", await claims.reply_to(again))

    async def _attended(self, job: Job) -> None:
        """One after the other in a thread, as a question may lean on the one before."""
        spot = job.heard.spot
        lock = self._threads.setdefault((spot.channel, spot.thread), asyncio.Lock())
        async with lock:
            try:
                await self.desk.attend(job)
            except Exception as error:  # noqa: BLE001  (nobody else would note it)
                incidents.note(error)
            await self.desk.notebook.claims.done(job.heard)

    def _ended(self, key: Key, task: asyncio.Task[None]) -> None:
        if self._running.get(key) is task:
            del self._running[key]
        if not task.cancelled() and (error := task.exception()):
            incidents.note(error)

    async def _stray(self, heard: Heard) -> str:
        known = await self.desk.notebook.claims.replies(heard.spot)
        return await self.desk.platform.stray(heard, known)

    async def _give_up(self, claim: Claim, reply: str) -> None:
        """Says so in place of half an answer; of what was never begun nothing is said."""
        if reply:
            half = await self.desk.reply(Job(claim.heard, existing=reply))
            await half.tell(texts.INTERRUPTED)
        await self.desk.notebook.claims.done(claim.heard)


@asynccontextmanager
async def at_work(bot: Bot) -> AsyncIterator[Bot]:
    """Takes up what was left, forgets what is too old, and ends in good order."""
    await bot.resume()
    async with tidied(bot.desk.notebook.retention):
        try:
            yield bot
        finally:
            await bot.close()

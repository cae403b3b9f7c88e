"""What becomes of one message: it is kept out, answered, or told why there is no answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, TypeAlias

from rag.errors import QuestionError
from rag.types import Answer, Turn
from ui import render
from ui.bot import texts
from ui.bot.answering import Holding, Writing
from ui.bot.backing import AwayError, Backing
from ui.bot.claims import Claims
from ui.bot.heard import Heard
from ui.bot.limits import Limits
from ui.bot.memory import Remembered
from ui.bot.notebook import Notebook
from ui.bot.platform import Platform, Reply, Said
from ui.bot.rules import Rule, Rules
from ui.server import incidents
from ui.server.asking import Question
from ui.server.places import BusyError

Attempt: TypeAlias = Literal["first", "edited", "resumed"]
ASKING = frozenset(
    "what which who whom whose when where why how is are was were do does did can could has have "
    "compare explain list show tell name summarise summarize describe and but any".split()
)


@dataclass(frozen=True, slots=True)
class Job:
    """A message that is to be answered; `existing` is the id of a reply to write anew."""

    heard: Heard
    attempt: Attempt = "first"
    existing: str = ""


@dataclass(frozen=True, slots=True)
class _Kept:
    """Keeps the reply to one message in the notebook."""

    claims: Claims
    heard: Heard

    async def posted(self, reply: str) -> None:
        await self.claims.posted(self.heard, reply)

    async def known(self) -> frozenset[str]:
        return await self.claims.replies(self.heard.spot)


@dataclass(frozen=True, slots=True)
class Desk:
    """All that a bot works with."""

    platform: Platform
    backing: Backing
    notebook: Notebook
    rules: Rules = field(default_factory=Rules)
    limits: Limits = field(default_factory=Limits)

    async def attend(self, job: Job) -> None:
        """To its end: whatever happens is told to whoever asked."""
        rule = self.rules.of(job.heard.spot)
        if job.attempt == "resumed" and (kept := await self.notebook.memory.of(job.heard)):
            await (await self.reply(job)).finish(_said(kept))
        elif job.attempt == "resumed" or not await self._keeps_out(job.heard):
            await self._answer(job, rule)

    async def reply(self, job: Job) -> Reply:
        """The reply to a message, whose id is kept as soon as it has one."""
        kept = _Kept(self.notebook.claims, job.heard)
        return await self.platform.reply(job.heard, kept, job.existing)

    async def may_look(self, heard: Heard, rule: Rule) -> bool:
        """Whether the papers that are seen from there may be spoken of there."""
        if not rule.shelf.is_private:
            return True
        return (await self.platform.placed(heard.spot)).is_confidential

    async def refused(self, heard: Heard) -> str:
        """Why nothing is asked for this person there; empty where it may. Counts a question."""
        rule = self.rules.of(heard.spot)
        if not rule.answers:
            return texts.NOT_HERE
        if not self.rules.may_write(heard.user, heard.spot):
            return texts.NOT_ALLOWED
        if refused := await self.limits.refused(heard, rule):
            said = texts.TOO_FAST_HERE if refused.is_channel else texts.TOO_FAST
            return said.format(seconds=render.several(refused.seconds, "second"))
        return "" if await self.may_look(heard, rule) else texts.PRIVATE

    async def _keeps_out(self, heard: Heard) -> bool:
        """Whether nothing is asked; why is told to who asked: to a command always, else seldom."""
        if not (why := await self.refused(heard)):
            return False
        if heard.return_address or await self.limits.may_tell(heard):
            await self.platform.whisper(heard, why)
        return True

    async def _answer(self, job: Job, rule: Rule) -> None:
        heard, reply = job.heard, await self.reply(job)
        if not heard.text:
            await reply.tell(await self._help())
            return
        holding = _holding(heard, rule)
        if holding == "nothing" and job.attempt != "resumed":
            await reply.begin(texts.AGAIN if job.attempt == "edited" else texts.READING)
        await _told(reply, partial(self._asked, job, reply, Writing(reply, self._room, holding)))

    async def _asked(self, job: Job, reply: Reply, writing: Writing) -> None:
        heard, rule = job.heard, self.rules.of(job.heard.spot)
        question = Question(
            heard.text, await self._history(heard), rule.shelf.scope, owner=heard.owner
        )
        answered = await writing.follow(self.backing.ask(question))
        if _is_unwanted(answered.answer, heard, rule):
            await reply.drop()
            return
        kept = await self.notebook.memory.keep(heard, answered.answer, answered.record)
        await reply.finish(_said(kept))

    async def _history(self, heard: Heard) -> tuple[Turn, ...]:
        """What is kept of the thread; only where that is nothing is the platform asked."""
        kept = await self.notebook.memory.before(heard)
        if kept or not heard.is_in_thread:
            return kept
        return await self.platform.earlier(heard)

    async def _help(self) -> str:
        examples = await self.backing.examples()
        return texts.TRY.format(help=texts.HELP, example=examples[0]) if examples else texts.HELP

    @property
    def _room(self) -> int:
        return self.platform.capabilities.longest


async def _told(reply: Reply, work: Callable[[], Awaitable[None]]) -> None:
    """Whatever goes wrong, in a sentence: ours, never what a library or a provider says."""
    try:
        await work()
    except Exception as error:  # noqa: BLE001  (whatever it is, they are told that there is none)
        await reply.tell(sentence_for(error))


def sentence_for(error: Exception) -> str:
    """Why there is no answer; notes what only whoever runs the bot can mend."""
    if isinstance(error, QuestionError):
        return str(error)
    if isinstance(error, BusyError):
        return texts.BUSY
    said = texts.AWAY if isinstance(error, AwayError) else texts.FAILED
    return said.format(reference=incidents.note(error))


def _said(kept: Remembered) -> Said:
    return Said(kept.answer, kept.token, is_recorded=bool(kept.record))


def _holding(heard: Heard, rule: Rule) -> Holding:
    if rule.is_silent:
        return "until-completed"
    return "nothing" if heard.is_addressed or heard.spot.is_direct else "until-cited"


def _is_unwanted(answer: Answer, heard: Heard, rule: Rule) -> bool:
    """Whether nobody wants to read that there is no answer.

    People who talk to one another below an answer did not ask, unless it reads like a question.
    """
    if answer.refusal is None:
        return False
    if rule.is_silent:
        return True
    if heard.is_addressed or heard.spot.is_direct:
        return False
    return answer.refusal.kind == "off-topic" or not _reads_like_a_question(heard.text)


def _reads_like_a_question(text: str) -> bool:
    first = text.split(maxsplit=1)[0].lower().strip("'’\",.:")
    return "?" in text or first in ASKING

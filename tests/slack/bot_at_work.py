"""A bot at work on the fake Slack: real Bolt, real HTTP and WebSocket, and an engine that obeys."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from rag.errors import QuestionError
from rag.types import Completed, Delta, Retrieved, Verdict
from ui.answer_log import AnswerLog
from ui.bot.backing import Local
from ui.bot.checking import ShelfChecker
from ui.bot.rules import Rules
from ui.server.recording import Recorder
from ui.server.services import Services
from ui.slack import running
from ui.slack.running import Duty
from ui.slack.socket import connected
from ui.slack.workspaces import Single, client, session, signed_in

sys.path.append(str(Path(__file__).parents[1] / "web"))
from acting import DOUGH, SENTENCE, SPAN, TIDES, cited, hit, refused

__all__ = ["DOUGH", "SENTENCE", "SPAN", "TIDES", "Judging", "Obedient", "at_work", "cited"]


class Obedient:
    """Does what a question says: refuse, off-topic, fail, wait; else answers in two pieces."""

    def __init__(self, answer=cited):
        self.answer, self.asked, self.running, self.most = answer, [], 0, 0
        self.go_on = asyncio.Event()
        self.waits = asyncio.Event()

    async def stream(self, question, history=(), scope=None):
        self.asked.append((question, tuple(history), scope))
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            async for event in self._events(question):
                yield event
        finally:
            self.running -= 1

    async def ask(self, question, history=(), scope=None):
        return self._answer(question)

    async def search(self, question, *, scope=None, limit=10):
        return [hit(TIDES), hit(DOUGH)] if "flood" in question.lower() else []

    def _answer(self, question):
        if "off-topic" in question:
            return refused(question, "off-topic")
        return refused(question) if "refuse" in question else self.answer(question)

    async def _events(self, question):
        if len(question) > 4000:
            raise QuestionError("The question is too long.")
        answer = self._answer(question)
        yield Retrieved(answer.retrieved)
        if "fail at once" in question:
            raise RuntimeError("a secret sk-123 of the provider")
        cut = answer.text.find("]") + 1 if answer.citations else 0
        first, last = answer.text[:cut], answer.text[cut:]
        if first:
            yield Delta(first, answer.citations[:1])
        if "fail" in question:
            raise RuntimeError("a secret sk-123 of the provider")
        if "wait" in question:
            self.waits.set()
            await self.go_on.wait()
        yield Delta(last, answer.citations[1:])
        yield Completed(answer)


class Judging:
    """Supports a sentence with a paper that has it word for word."""

    def check(self, sentence, papers):
        return [
            Verdict("supported", ("It stands there.",), SPAN)
            if sentence in paper.abstract
            else Verdict("unsupported", ("The source does not say this.",), None, 0.1)
            for paper in papers
        ]


async def two_examples():
    return ("What is TideNet?", "Who wrote about floods?")


@asynccontextmanager
async def at_work(slack, home, engine=None, *, rules=None, secret="", by_http=False, places=None):
    """The engine that the bot asks, and the log of answers, while it is connected."""
    engine = engine or Obedient()
    async with AsyncExitStack() as stack:
        log = stack.enter_context(AnswerLog(home))
        services = Services(engine, shelf=None, recorder=Recorder(log), **places or {})
        checker = ShelfChecker(engine, Judging())
        duty = Duty(Local(services, log, checker, two_examples), home, rules or Rules())
        shared = await stack.enter_async_context(session())
        only = await signed_in(client(slack.team.token, shared, slack.api))
        lender = client(None, shared, slack.api)
        app = await stack.enter_async_context(running.working(duty, Single(only), lender, secret))
        if by_http:
            yield engine, log, app
            return
        await stack.enter_async_context(connected(app, slack.app_token, shared, slack.api))
        await slack.sockets.connected()
        yield engine, log, app
        await slack.settled()

"""Answers written by a language model, every sentence checked before it is shown."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from rag.answering import closing
from rag.answering.abstracts import answered
from rag.answering.ahead import Hand, ahead
from rag.answering.asked import Asked
from rag.answering.checking import Checker
from rag.answering.composing import Composition, not_corrected
from rag.answering.evidence import Evidence, Reader
from rag.answering.model_reply import ModelReply
from rag.answering.offered import Offered
from rag.answering.offering import Offering
from rag.answering.outcome import Piece, Written
from rag.answering.prompting import answer_messages, repair_messages
from rag.answering.refusal import explained
from rag.answering.restating import restated, reworded
from rag.answering.spending import total
from rag.errors import ChatError
from rag.ports import ChatModel
from rag.types import Dropped, Message, Refusal, Timing, Turn, Usage

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be answered out of what; `evidence` is best first and not empty."""

    asked: Asked
    evidence: Sequence[Evidence]
    history: Sequence[Turn] = ()


class Writer:
    """Has a model write answers and shows what a checker lets pass.

    `reader` is for the answer without a model, where the model fails. `reply_tokens` is how long
    a reply may be; `rng` draws the ids of sources.
    """

    def __init__(
        self,
        model: ChatModel,
        checker: Checker,
        reader: Reader,
        *,
        reply_tokens: int = 800,
        rng: random.Random | None = None,
    ) -> None:
        self._model = model
        self._checker = checker
        self._reader = reader
        self._reply_tokens = reply_tokens
        self._offering = Offering(model, reply_tokens, rng or random.SystemRandom())

    async def restate(self, question: str, history: Sequence[Turn]) -> tuple[Asked, Usage]:
        """A follow-up as a question of its own, and what that cost."""
        return await restated(self._model, question, history, max_tokens=self._reply_tokens)

    async def reword(self, question: str) -> tuple[str, Usage]:
        """The terms under which papers on a question would be found, and what that cost."""
        return await reworded(self._model, question, max_tokens=self._reply_tokens)

    async def write(self, task: Task) -> AsyncGenerator[Piece | Written, None]:
        """The answer piece by piece, at last what is to be said of it.

        Closing the iterator ends the model's call.
        """
        run = _Run(task)
        async with aclosing(ahead(partial(self._write, run))) as pieces:
            async for piece in pieces:
                yield piece
        yield run.written(self._model.name)

    async def _write(self, run: _Run, hand: Hand[Piece]) -> None:
        """By the model, else by the abstracts; or a refusal."""
        run.hand = hand
        await self._by_model(run)
        if run.has_begun:
            run.say([Piece(f"\n\n{line}") for line in run.closing_lines()])
        elif run.failure:
            await self._by_abstracts(run)
        else:
            run.refusal = explained(run.task.asked, run.task.evidence)
            run.say([Piece(run.refusal.reason)])

    async def _by_model(self, run: _Run) -> None:
        """Tries once more with half of the evidence where it was too long."""
        for halvings in range(2):
            run.failure, run.composition = None, None
            try:
                await self._answer(run, halvings)
            except ChatError as error:
                run.failure = str(error)
                if error.kind != "context" or run.has_begun:
                    return
            else:
                return

    async def _answer(self, run: _Run, halvings: int) -> None:
        prepared = await asyncio.to_thread(self._prepared, run.task, halvings)
        if prepared is None:
            return
        offered, messages, composition = prepared
        run.composition = composition
        async with aclosing(self._units(run, messages)) as units:
            async for unit in units:
                run.say(await run.checked(composition.take(unit)))
                if composition.declined and not composition.page.has_begun:
                    return
        if composition.failed:
            await self._correct(run, composition, offered)

    def _prepared(
        self, task: Task, halvings: int
    ) -> tuple[Offered, list[Message], Composition] | None:
        """The evidence offered, the request and the answer to be; None where nothing fits.

        To make eight abstracts harmless takes a tenth of a second: not on the event loop.
        """
        question, papers = task.asked.text, [one.paper for one in task.evidence]
        history = self._offering.history(question, task.history)
        offered = self._offering.offer(question, history, papers, halvings=halvings)
        if not offered.papers:
            return None
        messages = answer_messages(question, history, offered)
        return offered, messages, Composition(question, offered, self._checker)

    async def _correct(self, run: _Run, composition: Composition, offered: Offered) -> None:
        """One more call for all sentences that failed, together."""
        messages = repair_messages(run.task.asked.text, composition.failed, offered)
        corrected: list[str] = []
        try:
            async with aclosing(self._units(run, messages)) as units:
                async for unit in units:
                    pieces, sentence = await run.checked(composition.take_corrected(unit))
                    corrected.append(sentence)
                    run.say(pieces)
        except ChatError as error:
            run.correction_failure = str(error)
        composition.failed = not_corrected(composition.failed, corrected)

    async def _units(self, run: _Run, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        reply = ModelReply(self._model, messages, max_tokens=self._reply_tokens)
        try:
            async with aclosing(reply.units()) as units:
                async for unit in units:
                    yield unit
        finally:
            run.usages.append(reply.usage)

    async def _by_abstracts(self, run: _Run) -> None:
        """The abstracts' own words, because the model failed."""
        task = run.task
        outcome = await asyncio.to_thread(answered, task.asked, task.evidence, self._reader)
        run.is_by_model, run.refusal = False, outcome.refusal
        run.say(outcome.said)
        if not outcome.refusal:
            run.say([Piece(f"\n\n{closing.NO_MODEL}")])


@dataclass(slots=True)
class _Run:
    """What is known of an answer while it is being written."""

    task: Task
    hand: Hand[Piece] = field(init=False)
    composition: Composition | None = None
    failure: str | None = None
    correction_failure: str | None = None
    refusal: Refusal | None = None
    is_by_model: bool = True
    usages: list[Usage] = field(default_factory=list)
    began: float = field(default_factory=time.perf_counter)
    timings: list[Timing] = field(default_factory=list)
    checking: float = 0.0  # seconds

    @property
    def has_begun(self) -> bool:
        return self.composition is not None and self.composition.page.has_begun

    @property
    def dropped(self) -> tuple[Dropped, ...]:
        if self.composition is None:
            return ()
        return (*self.composition.failed, *self.composition.dropped)

    def closing_lines(self) -> list[str]:
        failed = self.composition.failed if self.composition else []
        missing = closing.left_out(failed, self.task.asked.latest)
        return [*filter(None, [missing]), *([closing.BROKE_OFF] if self.failure else [])]

    async def checked(self, taking: Awaitable[T]) -> T:
        """What comes of a unit of the reply; it waits for the verifier alone."""
        began = time.perf_counter()
        try:
            return await taking
        finally:
            self.checking += time.perf_counter() - began

    def say(self, pieces: Sequence[Piece]) -> None:
        for piece in pieces:
            if not self.timings:
                self.timings.append(Timing("first sentence", time.perf_counter() - self.began))
            self.hand(piece)

    def written(self, model: str) -> Written:
        writing = time.perf_counter() - self.began - self.checking
        checking = [Timing("check", self.checking)] if self.checking else []
        return Written(
            model=model if self.is_by_model else None,
            refusal=self.refusal,
            failure=self.failure or self.correction_failure,
            usage=total(self.usages),
            dropped=self.dropped,
            timings=(*self.timings, Timing("write", writing), *checking),
        )

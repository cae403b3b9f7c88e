"""OpenAI's chat models, or those of any server that speaks its protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.models.openai_failure import EndpointError, Failure
from rag.models.openai_reply import ReceivedReply
from rag.models.reasoning import Thoughtless, is_known_to_think
from rag.models.reckoning import estimated, reported
from rag.models.retrying import MORE_TRIES, pause
from rag.types import Message, Usage

if TYPE_CHECKING:
    from rag.models.openai_endpoint import Endpoint
    from rag.models.openai_incoming import Incoming

REPORT_SECONDS = 1.0  # how long the usage is waited for when the text is complete
SLIPPED = Failure("bad-response", "The language model mixed its reasoning into its reply.")


class OpenAIChat:
    """The model that the settings name, at their endpoint."""

    def __init__(self, settings: Settings) -> None:
        self.name = settings.llm
        self.context_window = settings.llm_context_window
        self._settings = settings
        self._dialect = _Dialect(thinks_unasked=is_known_to_think(settings.llm))

    async def stream(
        self, messages: Sequence[Message], *, max_tokens: int
    ) -> AsyncIterator[str | Usage]:
        """Text, then its usage; asks again only while no text came and it can help.

        The usage comes also where the reply is cut off, filtered or empty, before the ChatError
        that says so. All of it together takes no longer than FOOTNOTE_LLM_DEADLINE.
        """
        deadline, tries, has_begun = _now() + self._settings.llm_deadline, 0, False
        while True:
            body = self._body(messages, max_tokens)
            try:
                async with aclosing(self._reply(messages, body, deadline)) as pieces:
                    async for piece in pieces:
                        has_begun = True
                        yield piece
            except EndpointError as error:
                failure = error.failure
            else:
                return
            wait = None if has_begun else self._wait(failure, body, tries)
            if wait is None or _now() + wait >= deadline:
                raise failure.error()
            tries += failure.is_passing
            await asyncio.sleep(wait)

    @cached_property
    def _endpoint(self) -> Endpoint:
        # The SDK takes a second to import.
        from rag.models.openai_endpoint import Endpoint

        return Endpoint(self._settings)

    def _body(self, messages: Sequence[Message], max_tokens: int) -> dict[str, object]:
        said = [{"role": message.role, "content": message.content} for message in messages]
        return {
            "model": self.name,
            "messages": said,
            "stream": True,
            **self._dialect.parameters(max_tokens, self._settings.llm_temperature),
        }

    def _wait(self, failure: Failure, body: Mapping[str, object], tries: int) -> float | None:
        """How long to wait before the next try; None where none would help."""
        if self._dialect.adapt(body, failure.disliked):
            return 0
        if tries == MORE_TRIES or not failure.is_passing:
            return None
        return pause(tries, failure.wait)

    async def _reply(
        self, messages: Sequence[Message], body: Mapping[str, object], deadline: float
    ) -> AsyncGenerator[str | Usage]:
        """One request; raises EndpointError."""
        reply, answer = ReceivedReply(), Thoughtless(is_suspect=self._dialect.thinks_unasked)
        async with self._endpoint.reply(body, deadline) as incoming:
            while (sent := await _next(incoming, reply, deadline)) is not None:
                if shown := self._answered(sent, reply, answer):
                    yield shown
        if shown := self._unmixed(answer.close(is_whole=reply.is_whole), answer):
            yield shown
        if reply.has_choices:
            yield self._usage(messages, reply)
        if failure := reply.failure(is_shown=answer.has_answered):
            raise EndpointError(failure)

    def _answered(
        self, sent: Mapping[str, object], reply: ReceivedReply, answer: Thoughtless
    ) -> str:
        """What an object adds to the answer proper."""
        text = reply.read(sent)
        if reply.has_thought:
            answer.trust()
        return self._unmixed(answer.feed(text), answer)

    def _unmixed(self, shown: str, answer: Thoughtless) -> str:
        if answer.has_slipped:
            # From now on its replies are kept back until the reasoning is over.
            self._dialect.thinks_unasked = True
            raise EndpointError(SLIPPED)
        return shown

    def _usage(self, messages: Sequence[Message], reply: ReceivedReply) -> Usage:
        if reply.usage:
            return reported(*reply.usage, self._settings)
        return estimated(messages, reply.written, self._settings)


async def _next(
    incoming: Incoming, reply: ReceivedReply, deadline: float
) -> Mapping[str, object] | None:
    if reply.finish is None:
        return await incoming.next(deadline)
    # The text is complete: what goes wrong now costs nothing but the reported usage.
    try:
        return await incoming.next(min(deadline, _now() + REPORT_SECONDS))
    except EndpointError:
        return None


@dataclass(slots=True)
class _Dialect:
    """In what an endpoint was found to differ from most.

    `thinks_unasked`: its reasoning may begin without a tag.
    """

    thinks_unasked: bool
    limit: str = "max_tokens"
    has_temperature: bool = True
    has_stream_options: bool = True

    def parameters(self, max_tokens: int, temperature: float) -> dict[str, object]:
        said: dict[str, object] = {self.limit: max_tokens}
        if self.has_temperature:
            said["temperature"] = temperature
        if self.has_stream_options:
            said["stream_options"] = {"include_usage": True}
        return said

    def adapt(self, body: Mapping[str, object], disliked: Collection[str]) -> bool:
        """Whether another request would differ from `body` in what was disliked about it."""
        sent = body.keys() & disliked & {"max_tokens", "temperature", "stream_options"}
        if "max_tokens" in sent:
            self.limit = "max_completion_tokens"
        self.has_temperature &= "temperature" not in sent
        self.has_stream_options &= "stream_options" not in sent
        return bool(sent)


def _now() -> float:
    return asyncio.get_running_loop().time()

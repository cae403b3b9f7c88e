"""Any llama-index language model, named by its class: `llama_index.core.llms.MockLLM`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager

from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.llms import LLM

from rag.config import Settings
from rag.errors import ChatError, ChatFailure
from rag.language.token_count import count
from rag.models.dotted import Dotted
from rag.models.error_words import is_too_long
from rag.models.reasoning import Thoughtless, is_known_to_think
from rag.models.reckoning import estimated
from rag.types import Message, Usage

_KINDS: tuple[tuple[ChatFailure, re.Pattern[str], str], ...] = (
    ("timeout", re.compile("Timeout"), "took too long"),
    ("auth", re.compile("Authentication|Permission|Unauthori[sz]ed"), "refused its key"),
    ("rate", re.compile("RateLimit|TooManyRequests"), "is asked too often at the moment"),
    ("model", re.compile("NotFound"), "is not known where it was asked for"),
    ("unreachable", re.compile("Connect|Network|Unavailable|OSError"), "cannot be reached"),
)


class LlamaIndexChat:
    """`target` is a class's dotted path; keyword arguments may follow it as a JSON object.

    For example `llama_index.llms.ollama.Ollama {"model": "qwen3:8b"}`. How freely it writes is up
    to its arguments.
    """

    def __init__(self, target: str, settings: Settings) -> None:
        dotted = Dotted.parse(target, "FOOTNOTE_LLM")
        self.name = f"llama-index:{dotted}"
        self.context_window = settings.llm_context_window
        self._path = dotted.path
        self._settings = settings
        named = dotted.arguments.get("model") or dotted.arguments.get("model_name")
        self._is_suspect = is_known_to_think(str(named))
        llm = dotted.made()
        if not isinstance(llm, LLM):
            raise dotted.not_a("language model")
        self._llm = llm

    async def stream(
        self, messages: Sequence[Message], *, max_tokens: int
    ) -> AsyncIterator[str | Usage]:
        """Text, then its usage by our own count."""
        answer, written = Thoughtless(is_suspect=self._is_suspect), _Tally()
        async with aclosing(self._deltas(messages)) as deltas:
            async for delta in deltas:
                written.add(delta)
                if shown := answer.feed(delta):
                    yield shown
                if answer.has_slipped:
                    raise self._error("bad-response", "mixed its reasoning into its reply")
                if written.tokens > max_tokens:
                    break
        is_whole = written.tokens <= max_tokens
        if shown := answer.close(is_whole=is_whole):
            yield shown
        yield estimated(messages, written.text, self._settings)
        if not is_whole:
            raise self._error("truncated", "went on for too long, and was cut off")
        if not answer.has_answered:
            raise self._error("bad-response", "replied with nothing")

    async def _deltas(self, messages: Sequence[Message]) -> AsyncGenerator[str]:
        said = [ChatMessage(role=one.role, content=one.content) for one in messages]
        deadline = _now() + self._settings.llm_deadline
        async with self._in_time(deadline):
            responses = await self._llm.astream_chat(said)
        try:
            while True:
                async with self._in_time(deadline):
                    response = await anext(responses, None)
                if response is None:
                    return
                yield response.delta or ""
        finally:
            if isinstance(responses, AsyncGenerator):
                await responses.aclose()

    @asynccontextmanager
    async def _in_time(self, deadline: float) -> AsyncIterator[None]:
        """Whatever library is behind the class, and whatever it raises, ends as a ChatError."""
        try:
            async with asyncio.timeout_at(min(deadline, _now() + self._settings.llm_timeout)):
                yield
        except Exception as error:  # noqa: BLE001
            # Without its cause: its text may hold a key.
            raise self._failure(error) from None

    def _failure(self, error: Exception) -> ChatError:
        if is_too_long(str(error).lower()):
            return self._error("context", "cannot take a question and evidence of that length")
        names = " ".join(one.__name__ for one in type(error).__mro__)
        for kind, pattern, sentence in _KINDS:
            if pattern.search(names):
                return self._error(kind, sentence)
        return self._error("rejected", f"failed ({type(error).__name__})")

    def _error(self, kind: ChatFailure, what: str) -> ChatError:
        return ChatError(kind, f"The language model {self._path} {what}.")


class _Tally:
    """The text that was written so far, and how many tokens it has."""

    def __init__(self) -> None:
        self.tokens = 0
        self._pieces: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def add(self, piece: str) -> None:
        # A piece is as a rule a token; one that is cut oddly is counted once too often.
        self.tokens += count(piece)
        self._pieces.append(piece)


def _now() -> float:
    return asyncio.get_running_loop().time()

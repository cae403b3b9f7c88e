"""How much evidence fits into a prompt, beside the conversation and the reply."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from rag.answering.offered import Offered, offer
from rag.answering.prompting import answer_messages
from rag.language.token_count import count
from rag.ports import ChatModel
from rag.types import Paper, Turn

MOST_OFFERED = 8  # papers
MOST_TOKENS = 3000  # of evidence; more distracts small models and costs with large ones
LEAST_TOKENS = 200
SAFETY = 0.9  # of the context window: other models' tokens are not quite ours
PER_MESSAGE = 8  # tokens around a message


class Offering:
    """Fits evidence to a model's context window; `rng` draws the ids of sources."""

    def __init__(self, model: ChatModel, reply_tokens: int, rng: Random) -> None:
        self._model = model
        self._reply_tokens = reply_tokens
        self._rng = rng

    def history(self, question: str, history: Sequence[Turn]) -> Sequence[Turn]:
        """What came before, where it leaves room for evidence."""
        return history if self._space(question, history) > LEAST_TOKENS else ()

    def offer(
        self, question: str, history: Sequence[Turn], papers: Sequence[Paper], *, halvings: int = 0
    ) -> Offered:
        """The best papers that fit; half as many and as long for each halving."""
        space = min(MOST_TOKENS, self._space(question, history)) >> halvings
        return offer(
            papers[: max(1, MOST_OFFERED >> halvings)],
            unlike="\n".join([question, *(turn.content for turn in history)]),
            budget=max(LEAST_TOKENS, space),
            random=self._rng,
        )

    def _space(self, question: str, history: Sequence[Turn]) -> int:
        """Tokens that are left for evidence."""
        messages = answer_messages(question, history, Offered({}, ""))
        used = sum(count(message.content) + PER_MESSAGE for message in messages)
        return int(self._model.context_window * SAFETY) - self._reply_tokens - used

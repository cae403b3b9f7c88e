"""What a model makes of a question before it is searched for: another wording, never an answer."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.asked import Asked
from rag.answering.follow_up import stand_alone
from rag.answering.prompting import reword_messages, stand_alone_messages
from rag.answering.short_replies import search_terms, stand_alone_reply
from rag.errors import ChatError
from rag.ports import ChatModel
from rag.types import Message, Turn, Usage


async def restated(
    model: ChatModel, question: str, history: Sequence[Turn], *, max_tokens: int
) -> tuple[Asked, Usage]:
    """The question as the model restates it; where it cannot, as it is without a model."""
    messages = stand_alone_messages(question, history)
    text, usage = await _reply(model, messages, max_tokens)
    rewritten = stand_alone_reply(text, question)
    if rewritten == question and question not in text:
        return stand_alone(question, history), usage
    return Asked(rewritten, rewritten), usage


async def reworded(model: ChatModel, question: str, *, max_tokens: int) -> tuple[str, Usage]:
    """The terms in which papers would speak of it, to search for; empty where it knows none."""
    text, usage = await _reply(model, reword_messages(question), max_tokens)
    return search_terms(text), usage


async def _reply(
    model: ChatModel, messages: Sequence[Message], max_tokens: int
) -> tuple[str, Usage]:
    """The whole reply, empty where the model fails, and what it cost."""
    texts: list[str] = []
    usage = Usage()
    try:
        async for piece in model.stream(messages, max_tokens=max_tokens):
            if isinstance(piece, Usage):
                usage = piece
            else:
                texts.append(piece)
    except ChatError:
        return "", usage
    return "".join(texts), usage

"""Make a follow-up stand alone: the model puts it in words of its own, or ours do without it."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.asked import Asked
from rag.answering.follow_up import stand_alone
from rag.answering.prompting import stand_alone_messages, stand_alone_reply
from rag.errors import ChatError
from rag.ports import ChatModel
from rag.types import Turn, Usage


async def restated(
    model: ChatModel, question: str, history: Sequence[Turn], *, max_tokens: int
) -> tuple[Asked, Usage]:
    """The question as the model restates it; where it cannot, as it is without a model."""
    texts: list[str] = []
    usage = Usage()
    messages = stand_alone_messages(question, history)
    try:
        async for piece in model.stream(messages, max_tokens=max_tokens):
            if isinstance(piece, Usage):
                usage = piece
            else:
                texts.append(piece)
    except ChatError:
        return stand_alone(question, history), usage
    text = "".join(texts)
    rewritten = stand_alone_reply(text, question)
    if rewritten == question and question not in text:
        return stand_alone(question, history), usage
    return Asked(rewritten, rewritten), usage

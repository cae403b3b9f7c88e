"""A model's reply, read ahead of whoever checks it, in whole sentences."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from rag.answering.ahead import Hand, ahead
from rag.language.arriving import Arriving
from rag.ports import ChatModel
from rag.types import Message, Usage


class ModelReply:
    """One call to a model; `usage` is known when it is at its end."""

    def __init__(self, model: ChatModel, messages: Sequence[Message], *, max_tokens: int) -> None:
        self._pieces = model.stream(messages, max_tokens=max_tokens)
        self.usage = Usage()

    def units(self) -> AsyncGenerator[str, None]:
        """Sentences with the blanks before them, as soon as they are whole.

        The model goes on writing while one is looked at. Raises ChatError behind the last whole
        sentence where the model breaks off; closing the iterator ends its call.
        """
        return ahead(self._read)

    async def _read(self, hand: Hand[str]) -> None:
        arriving = Arriving()
        async for piece in self._pieces:
            if isinstance(piece, Usage):
                self.usage = piece
                continue
            for unit in arriving.feed(piece):
                hand(unit)
        for unit in arriving.close():
            hand(unit)

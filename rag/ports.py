"""What the engine needs of its adapters: a few small protocols."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from rag.types import Encoded, EncodedQuestion, Message, Paper, Passage, Usage, Vectors


class Encoder(Protocol):
    """Turns papers and questions into vectors.

    `name` changes whenever vectors of two encoders cannot be compared; `dimension` is that of
    passage vectors.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode(self, papers: Sequence[tuple[Paper, Sequence[Passage]]]) -> list[Encoded]:
        """One `Encoded` a paper, in order."""
        ...

    def encode_question(self, question: str) -> EncodedQuestion: ...


class TextEmbedder(Protocol):
    """Any model that turns texts into one vector each."""

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(number of texts, dimension), unit length; for passages."""
        ...

    def embed_question(self, question: str) -> Vectors:
        """(dimension,), unit length."""
        ...


class ChatModel(Protocol):
    """A language model that answers messages.

    `name` is for people and records; `context_window` counts tokens of prompt and reply together.
    """

    @property
    def name(self) -> str: ...

    @property
    def context_window(self) -> int: ...

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> AsyncIterator[str | Usage]:
        """Text as it is written, in pieces of any size, then one `Usage`.

        Raises ChatError where the model cannot answer or breaks off. Closing the iterator ends
        the request.
        """
        ...

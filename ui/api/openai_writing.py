"""The text that answers a request, as it comes, and at its end what there is to say of it.

Streams and whole bodies are both made of this, so that their texts are the same.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TypeAlias

from rag.types import Answer, Completed, Delta
from ui.api.annotations import Annotation, Json, extras, own, placed
from ui.api.openai_sources import harmless, listed
from ui.api.openai_usage import Tokens, used
from ui.api.services import Api
from ui.server.asking import Happening, Question, Recorded, happenings
from ui.server.principals import Principal


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be answered, and how.

    `home` is the address of our own pages, `prompt` counts the tokens of the request. With a
    `reply` nothing is asked: it is what a front end gets for a prompt of its own.
    """

    question: Question
    principal: Principal
    home: str
    has_sources: bool
    prompt: int
    reply: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """The next piece of the text."""

    text: str


@dataclass(frozen=True, slots=True)
class Whole:
    """At the end: the text of all pieces, and what belongs to it.

    `added` are fields beside those of OpenAI; a front end's own prompt gets none.
    """

    text: str
    used: Tokens
    annotations: tuple[Annotation, ...] = ()
    added: Json = field(default_factory=dict)


Writing: TypeAlias = Piece | Whole


async def writing(api: Api, wanted: Wanted) -> AsyncGenerator[Writing, None]:
    """Pieces, then `Whole`; raises what `happenings` raises.

    What was used counts towards the day's budget also where a client leaves before the end.
    """
    if wanted.reply is not None:
        yield Piece(wanted.reply)
        yield Whole(wanted.reply, used(wanted.prompt, wanted.reply, None))
        return
    draft = _Draft(wanted)
    try:
        async with aclosing(happenings(api.services, wanted.question)) as events:
            async for event in events:
                if one := draft.after(event):
                    yield one
    finally:
        if draft.is_begun:
            api.gate.spent(wanted.principal, draft.used.total)


class _Draft:
    """What is known of a text while it is being written."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._texts: list[str] = []
        self._answer: Answer | None = None
        self.is_begun = False

    @property
    def used(self) -> Tokens:
        return used(self._wanted.prompt, "".join(self._texts), self._answer)

    def after(self, event: Happening) -> Writing | None:
        """What an event adds to the text, if anything."""
        self.is_begun = True
        match event:
            case Delta(text):
                return self._piece(harmless(text))
            case Completed(answer):
                self._answer = answer
                return self._piece(self._sources(answer))
            case Recorded(record):
                return self._whole(record)
        return None

    def _sources(self, answer: Answer) -> str:
        return listed(answer, self._wanted.home) if self._wanted.has_sources else ""

    def _piece(self, text: str) -> Piece | None:
        self._texts.append(text)
        return Piece(text) if text else None

    def _whole(self, record: str) -> Whole:
        text, home = "".join(self._texts), self._wanted.home
        if self._answer is None:
            raise AssertionError("a record comes after its answer")
        found = tuple(placed(text, self._answer.citations, home))
        added = {**extras(self._answer, home), "footnote": own(self._answer, record)}
        return Whole(text, self.used, found, added)

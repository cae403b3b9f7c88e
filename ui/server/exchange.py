"""A question and what has become of it so far: what a page shows of a conversation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from rag.types import Answer, Citation, Completed, Delta, Event, Hit, Retrieved, Scope, Turn

State: TypeAlias = Literal["asked", "waiting", "answering", "done", "stopped", "failed"]
OVER = frozenset(("done", "stopped", "failed"))


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question, and the scope that it is asked within.

    `citations` are those of the text so far. `notice` is a sentence of ours where no answer came
    to its end; `id` is that of the answer's record, where one is kept.
    """

    question: str
    state: State = "asked"
    hits: tuple[Hit, ...] | None = None
    text: str = ""
    citations: tuple[Citation, ...] = ()
    answer: Answer | None = None
    seconds: float | None = None
    notice: str = ""
    id: str = ""
    scope: Scope = Scope()

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    def after(self, event: Event) -> Exchange:
        """The exchange once an event of the engine has come."""
        match event:
            case Retrieved(hits):
                return replace(self, hits=hits)
            case Delta(text, cited):
                return replace(self, text=self.text + text, citations=self.citations + cited)
            case Completed(answer):
                return replace(self, state="done", answer=answer)

    def ended(self, state: State, notice: str) -> Exchange:
        """The exchange where it was broken off; one that is over stays as it is."""
        return self if self.is_over else replace(self, state=state, notice=notice)


Exchanges: TypeAlias = tuple[Exchange, ...]


def is_open(exchanges: Exchanges) -> bool:
    """Whether the last question still waits for the end of its answer."""
    return bool(exchanges) and not exchanges[-1].is_over


def replaced(exchanges: Exchanges, last: Exchange) -> Exchanges:
    return (*exchanges[:-1], last)


def history(exchanges: Exchanges) -> list[Turn]:
    """What was answered, as the engine takes it; a question without an answer is left out."""
    return [
        turn
        for one in exchanges
        if one.answer
        for turn in (Turn("user", one.question), Turn("assistant", one.answer.text))
    ]

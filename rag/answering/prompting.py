"""What is said to a language model."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from rag.answering.exchanges import MOST_EXCHANGES, without_markers
from rag.answering.offered import Offered
from rag.language.inert import inert
from rag.language.token_count import count
from rag.language.untrusted import honest, visible
from rag.prompts import filled
from rag.types import Dropped, Message, Turn

HISTORY_TOKENS = 1000
NO_HISTORY = "(nothing yet)"
SPEAKERS = {"user": "User", "assistant": "Answer"}
_BETWEEN_MESSAGES = "\n=====\n"


def answer_messages(question: str, history: Sequence[Turn], offered: Offered) -> list[Message]:
    """Asks for an answer out of the offered evidence."""
    return _messages(
        "answer",
        **_evidence(offered),
        question=_asked(question),
        conversation=_conversation(history),
        decline=filled("decline"),
    )


def stand_alone_messages(question: str, history: Sequence[Turn]) -> list[Message]:
    """Asks for the question in words that need no history; see `stand_alone_reply`."""
    return _messages("stand_alone", question=_asked(question), conversation=_conversation(history))


def reword_messages(question: str) -> list[Message]:
    """Asks for the terms under which papers on the question are found; see `search_terms`."""
    return _messages("reword", question=_asked(question))


def repair_messages(question: str, failed: Sequence[Dropped], offered: Offered) -> list[Message]:
    """Asks once for all sentences that no source supports, as the sources have them."""
    lines = [f"- {_said(one.sentence)} ({_said(' '.join(one.reasons))})" for one in failed]
    return _messages(
        "repair",
        **_evidence(offered),
        question=_asked(question),
        failed="\n".join(lines),
        decline=filled("decline"),
    )


def recent(history: Sequence[Turn], *, budget: int = HISTORY_TOKENS) -> list[Turn]:
    """The last exchanges as a model is told of them, newest kept, whole turns within the budget.

    Markers, invisible characters and line breaks are gone, and from answers whatever might have
    come into them from a paper that gives orders.
    """
    turns = [Turn(turn.role, _told(turn)) for turn in _last_exchanges(history)]
    kept = [turn for turn in turns if turn.content]
    costs = [count(turn.content) for turn in kept]
    fitting = takewhile(lambda start: sum(costs[start:]) <= budget, reversed(range(len(kept))))
    return kept[min(fitting, default=len(kept)) :]


def _messages(name: str, **values: str) -> list[Message]:
    """The two parts of a prompt; before the line between them stands nothing that a user wrote."""
    system, _, user = filled(name, **values).partition(_BETWEEN_MESSAGES)
    return [Message("system", system.strip()), Message("user", user.strip())]


def _evidence(offered: Offered) -> dict[str, str]:
    ids = [f"[{id_}]" for id_ in offered.papers]
    return {
        "block": offered.block,
        "opening": offered.opening,
        "closing": offered.closing,
        "ids": ", ".join(ids),
        "example": next(iter(offered.papers), ""),
    }


def _conversation(history: Sequence[Turn]) -> str:
    lines = [f"{SPEAKERS[turn.role]}: {turn.content}" for turn in recent(history)]
    return "\n".join(lines) or NO_HISTORY


def _last_exchanges(history: Sequence[Turn]) -> Sequence[Turn]:
    asked = [index for index, turn in enumerate(history) if turn.role == "user"]
    return history[asked[-MOST_EXCHANGES:][0] :] if asked else history[-1:]


def _told(turn: Turn) -> str:
    text = visible(turn.content)
    return _said(honest(text) if turn.role == "assistant" else text)


def _asked(question: str) -> str:
    # A question of nothing but a marker keeps its number.
    return _said(question) or inert(visible(question))


def _said(text: str) -> str:
    return inert(without_markers(visible(text)))

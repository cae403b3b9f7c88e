"""What is said to a language model, and how its shortest replies are read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from rag.answering.follow_up import MOST_EXCHANGES, without_markers
from rag.answering.offered import Offered
from rag.language.inert import inert
from rag.language.token_count import count
from rag.language.untrusted import honest, visible
from rag.prompts import filled
from rag.types import Dropped, Message, Turn

HISTORY_TOKENS = 1000
NO_HISTORY = "(nothing yet)"
SPEAKERS = {"user": "User", "assistant": "Answer"}
LONGER, LONGER_BY = 3, 200  # times and characters that a question may grow when it is rewritten
_BETWEEN_MESSAGES = "\n=====\n"
_QUESTION_MARKS = ("?", "？", "؟")
_AROUND = " \t\"'`*_#>“”„‘’«»()[]{}-–—•"
_LABEL = re.compile(
    r"""^(?:(?:the|here\ is|here's|my|your)\ )?(?:(?:last|final|new|improved|rewritten|rephrased
        |reformulated|stand-?\ ?alone|self-contained|search)[ ,]+){0,3}
        (?:question|query|version|answer|response|reply|output|rewrite)\s?[*_\"'`]{0,3}\s?[:：]
    """,
    re.VERBOSE | re.IGNORECASE,
)
# As it was asked for, or in other letters where nothing goes on: "not in the sources is any X".
_SENTINEL = re.compile(
    r"""(?i:not[ _-]{1,3}in[ _-]{1,3}(?:the[ _-]{1,3})?sources?\b)
        (?=\W*$|\s?[^\w\s,]|\s(?:as|because)\b)
      | NOT[ _-]IN[ _-](?:THE[ _-])?SOURCES?\b
    """,
    re.VERBOSE,
)
_REFUSES = re.compile(
    r"""(?:(?:i['’]m|i\ am)\ sorry\W+|sorry\W+|unfortunately\W+|based\ on\ [^,]{0,60},\s)?(?:but\ )?
        (?: i\ (?:cannot|can['’]t|could\ not|am\ unable\ to|am\ not\ able\ to
              |do(?:\ not|n['’]t)\ have\ enough\ (?:information|evidence)\ to)
            \ (?:answer|find\ an\ answer|provide\ an\ answer)
          | (?:the|these|none\ of\ the|no|there)\ (?:(?:provided|given|available)\ )?
            (?:sources?|evidence|abstracts?|papers?|context|information|is)
            \ (?:(?:provided|given|above)\ )?
            (?:(?:do(?:es)?\ not|don['’]t|doesn['’]t|cannot|can['’]t)
               \ (?:contain\ |provide\ |have\ )?
              |contains?\ |provides?\ |no\ |not\ )?
            (?:answers?\ (?:(?:to\ )?(?:this|that|the|your)\ question|this|that)\b
              |enough\ (?:information|evidence)|the\ answer\b)
        ).{0,200}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_AFTER_THINKING = re.compile(r"</think(?:ing)?>|◁/think▷", re.IGNORECASE)
_APOLOGY = re.compile(
    r"(?:i['’]m|i am|sorry|i cannot|i can['’]t|as an ai|certainly)\b|sure[,!]", re.IGNORECASE
)
_LETTER = re.compile(r"[^\W\d_]")


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


def declines(text: str) -> bool:
    """Whether a reply, or a sentence of one, says that the evidence does not answer.

    A sentence that says so of a part of the question is none of these.
    """
    said = _bare(text)
    return bool(_SENTINEL.match(said) or _REFUSES.fullmatch(said))


def stand_alone_reply(text: str, question: str) -> str:
    """The rewritten question out of a model's reply; the question as typed if there is none."""
    rewritten = _first_question(_AFTER_THINKING.split(visible(text))[-1])
    return rewritten if _is_plausible(rewritten, question) else question


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


def _bare(text: str) -> str:
    """The first line without what models put around it."""
    lines = (line.strip(_AROUND) for line in visible(text).splitlines())
    return _LABEL.sub("", next(filter(None, lines), "")).strip(_AROUND)


def _first_question(reply: str) -> str:
    """The first line that is more than a lead-in, without label and quotation marks."""
    lines = [_LABEL.sub("", line.strip(_AROUND)).strip(_AROUND) for line in reply.splitlines()]
    said = [without_markers(line) for line in lines if line and not line.endswith(":")]
    return said[0] if said else ""


def _is_plausible(rewritten: str, question: str) -> bool:
    if not _LETTER.search(rewritten) or len(rewritten) > LONGER * len(question) + LONGER_BY:
        return False
    if declines(rewritten) or _APOLOGY.match(rewritten):
        return False
    # What answers a question where a question was wanted is no rewriting of it.
    return rewritten.endswith(_QUESTION_MARKS) or not question.rstrip().endswith(_QUESTION_MARKS)

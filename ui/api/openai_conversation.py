"""Messages as the engine takes them: the question, and what was said before it.

The last message of a user is the question. What a system or a developer says does not steer an
answer, which has to stand on the papers alone; calls of tools and their results are no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, TypeAlias

from rag.types import Turn
from ui.api.errors import ApiError
from ui.api.front_end_prompts import question_in
from ui.api.openai_requests import Said, check_readable, text_of
from ui.api.openai_sources import without_sources

MOST_TURNS = 40  # the engine looks at fewer
NOTHING_ASKED = "Nothing is asked: there is no message of a user with text in it."
_MARKER = re.compile(r" ?\[[0-9]{1,4}\]")
_THOUGHT = re.compile(r"<(think|details)\b[^<>]{0,200}>.*?(?:</\1>|\Z)", re.DOTALL)
Voice: TypeAlias = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """`asked` is the question as it came, `question` what of it is to be answered."""

    asked: str
    question: str
    history: tuple[Turn, ...] = ()


def conversation(said: Sequence[Said], field: str) -> Conversation:
    """What is asked, after what; raises ApiError where nothing is, `field` being where it was."""
    places = [place for place, one in enumerate(said) if one.role == "user"]
    if not places:
        raise ApiError(400, NOTHING_ASKED, code="nothing_asked", param=field)
    last = places[-1]
    check_readable(said[last].content, field)
    asked = text_of(said[last].content).strip()
    if not asked:
        raise ApiError(400, NOTHING_ASKED, code="nothing_asked", param=field)
    return Conversation(asked, question_in(asked), tuple(_turns(said[:last])))


def _turns(said: Sequence[Said]) -> list[Turn]:
    """What a user and an assistant said in turn, without what our answers carried besides."""
    spoken = [turn for one in said for turn in _turn(one)]
    return [_merged(role, turns) for role, turns in groupby(spoken, _role)][-MOST_TURNS:]


def _turn(one: Said) -> Iterator[Turn]:
    text = text_of(one.content).strip()
    if one.role == "user" and text:
        yield Turn("user", question_in(text))
    if one.role == "assistant" and (plain := _plain(text)):
        yield Turn("assistant", plain)


def _plain(text: str) -> str:
    return _MARKER.sub("", without_sources(_THOUGHT.sub("", text))).strip()


def _role(turn: Turn) -> Voice:
    return turn.role


def _merged(role: Voice, turns: Iterable[Turn]) -> Turn:
    return Turn(role, "\n\n".join(turn.content for turn in turns))

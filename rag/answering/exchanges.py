"""A conversation as questions with their answers, and the papers that an answer names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering import small_talk
from rag.language.words import whole
from rag.types import Turn

MOST_EXCHANGES = 4
MOST_TURNS = 16
LONGEST_TURN = 2000  # characters; what lies further down is not what "it" means
FEWEST_WORDS = 3  # of a quoted title; fewer are a term
_MARKER = re.compile(r" ?\[[1-9]\d*(?: ?[,–-] ?\d+)*\]")
_BOLD = re.compile(r"\*\*([^*\n]{1,400}?):?\*\*")
_QUOTED = re.compile(r"“([^“”\n]{1,400})”|\"([^\"\n]{1,400})\"")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what was answered; either may be empty, both are without markers."""

    question: str
    answer: str = ""

    @property
    def titles(self) -> tuple[str, ...]:
        """Papers that the answer names, in order, each once: in bold, else in quotation marks."""
        bold = _BOLD.findall(self.answer)
        quoted = [one or other for one, other in _QUOTED.findall(self.answer)]
        found = bold or [title for title in quoted if len(title.split()) >= FEWEST_WORDS]
        return tuple(dict.fromkeys(title.strip(" ,.") for title in found))

    @property
    def text(self) -> str:
        return f"{self.question} {self.answer}".strip()


def exchanges(history: Sequence[Turn]) -> list[Exchange]:
    """The last few, oldest first, without small talk."""
    found: list[Exchange] = []
    for turn in history[-MOST_TURNS:]:
        text = without_markers(turn.content[:LONGEST_TURN])
        if turn.role == "user":
            found.append(Exchange(text))
        elif found and not found[-1].answer:
            found[-1] = Exchange(found[-1].question, text)
        else:
            found.append(Exchange("", text))
    asked = [one for one in found if one.text and not small_talk.reply(one.question)]
    return asked[-MOST_EXCHANGES:]


def without_markers(text: str) -> str:
    """An earlier turn on one line, without the markers that point to its own sources."""
    return _MARKER.sub("", " ".join(whole(text).split())).strip()

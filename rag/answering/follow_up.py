"""Make a follow-up stand alone, without a model: what came before names its subject."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.asked import Asked
from rag.language.words import keywords, names, whole
from rag.types import Turn

_MARKER = re.compile(r" ?\[[1-9]\d*(?: ?[,–-] ?\d+)*\]")
_POINTS_BACK = re.compile(
    r"""\b(?:it|its|they|them|their|theirs|this|that|these|those|he|she|his|her|the\ (?:paper|method
        |authors?|model|approach|same|former|latter|other|first|second|third|last)|one|ones|there)\b
      | ^\s*(?:and|but|so|or|also|why|how\ come|what\ about|how\ about|then|ok|okay)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
FEW_KEYWORDS = 3
MOST_EXCHANGES = 4
LONGEST_CONTEXT = 700  # characters of what came before


def stand_alone(question: str, history: Sequence[Turn]) -> Asked:
    """The question, joined by the last exchange where it leans on it."""
    if not history or not _leans_back(question):
        return Asked(question, question)
    context = " ".join(without_markers(turn.content) for turn in _subject(history))
    return Asked(f"{context[:LONGEST_CONTEXT]} {question}", question)


def _leans_back(question: str) -> bool:
    if _POINTS_BACK.search(question):
        return True
    # A short question that names nothing new ("and the latency?") goes on with the subject.
    return len(keywords(question).split()) < FEW_KEYWORDS and not names(question)


def _subject(history: Sequence[Turn]) -> list[Turn]:
    """The last exchange; where its question leans back as well, from the one that does not."""
    asked = [index for index, turn in enumerate(history) if turn.role == "user"]
    if not asked:
        return list(history[-1:])
    recent = asked[-MOST_EXCHANGES:]
    named = [index for index in recent if not _leans_back(history[index].content)]
    first, last = (named or recent)[-1], asked[-1]
    return [*history[first : first + 2], *(history[last : last + 2] if last > first else ())]


def without_markers(text: str) -> str:
    """An earlier turn on one line, without the markers that point to its own sources."""
    return _MARKER.sub("", " ".join(whole(text).split())).strip()

"""Lines that close an answer: what is missing from it, and why."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.claims import Vocabulary
from rag.language.words import keywords, names, words
from rag.types import Dropped

BROKE_OFF = "The answer breaks off here: the language model did not finish it."
NO_MODEL = "The language model could not be used; these are the words of the abstracts themselves."
ONE_LEFT_OUT = "One sentence was left out because no source supports it."
LEFT_OUT = "{} sentences were left out because no source supports them."


def left_out(dropped: Sequence[Dropped], question: str) -> str | None:
    """The line that says so where something fell that a reader would miss."""
    if not any(_is_missed(one.sentence, question) for one in dropped):
        return None
    return ONE_LEFT_OUT if len(dropped) == 1 else LEFT_OUT.format(len(dropped))


def _is_missed(sentence: str, question: str) -> bool:
    """A figure, a name, or a word of what was asked."""
    if any(char.isdigit() for char in sentence) or names(sentence):
        return True
    told = words(sentence)
    return len(Vocabulary([keywords(question)]).foreign(told)) < len(told)

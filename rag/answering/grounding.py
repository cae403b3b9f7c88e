"""Whether a sentence's words come from its source: a verdict on the whole may miss a part.

Something foreign that is glued to a supported claim hardly changes what a verifier thinks of the
whole; and of two or three words it cannot tell much at all. Neither rule rejects one of the 100
true sentences on which verification was measured.
"""

from __future__ import annotations

import re

from rag.answering.claims import Vocabulary
from rag.language.words import content_words

FEW = 4  # words with a meaning; on fewer a verdict says little
LEAST = 3  # words of a part that is looked at for itself
FOREIGN = 2 / 3  # of a part's words in neither the source nor the question: no paraphrase
_JOINTS = re.compile(r"[,;:—–]\s|\s(?:and|but|while|whereas)\s")


def is_grounded(sentence: str, known: Vocabulary) -> bool:
    """`known` are the words of the source and of the question."""
    told = content_words(sentence)
    if len(told) < FEW and known.foreign(told):
        return False
    parts = [content_words(part) for part in _JOINTS.split(sentence)]
    return len(parts) == 1 or not any(_is_strange(part, known) for part in parts)


def _is_strange(told: list[str], known: Vocabulary) -> bool:
    return len(told) >= LEAST and len(known.foreign(told)) > FOREIGN * len(told)

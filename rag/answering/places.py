"""Papers counted out: "the second one", "the last two", "paper 3", "the former"."""

from __future__ import annotations

import re

from rag.answering.wording import subject_words

SHORT = 6  # words of a subject; a longer question may well have a second thing of its own
_BARE = ("first", "second", "third", "fourth", "fifth", "last", "other")
_PLACES = {
    "first": 0, "1st": 0, "former": 0, "second": 1, "2nd": 1, "latter": -1, "third": 2, "3rd": 2,
    "fourth": 3, "4th": 3, "fifth": 4, "5th": 4, "last": -1, "other": 1,
}  # fmt: skip
_NUMBERS = {"two": 2, "2": 2, "three": 3, "3": 3, "four": 4, "4": 4}
_THINGS = (
    r"(?:papers?|works?|stud(?:y|ies)|methods?|approach(?:es)?|techniques?|algorithms?|articles?"
    r"|results?|ones?|hits?|sources?|titles?|items?|publications?|preprints?|frameworks?)"
)
ORDINAL = re.compile(
    rf"""\b(?:the|that|this|your)\s+(?:very\s+)?
         (?P<place>first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th|last|former|latter|other)
         (?:\s+(?P<number>two|three|four|[234]))?
         (?:\s+{_THINGS}\b(?:\s+(?:on|in)\s+(?:the|your|that)\s+list\b)?
           |(?<=former)\b|(?<=latter)\b
           |(?=\s*(?:[?.,:;!]|$|(?:is|was|are|were|does|do|did|has|have|need|use|when|if|in|on|with
             |better|faster|good|any|worse|differ|compare|agree|share)\b)))
       | \b(?:paper\s*\#?|(?:number|no\.?|\#)\s*(?=\d\s*(?:[?.,:;!]|$)))(?P<digit>[1-9])\b(?!\s*%)
       | \[(?P<marker>[1-9])\]""",
    re.VERBOSE | re.IGNORECASE,
)


def places(rest: str) -> tuple[int, ...]:
    """Places in the list before, where papers of it are counted out."""
    found = ORDINAL.search(rest)
    if not found or (found[0].lower().endswith(_BARE) and len(subject_words(rest)) >= SHORT):
        return ()
    if digit := found["digit"] or found["marker"]:
        return (int(digit) - 1,)
    place, number = found["place"].lower(), _NUMBERS.get((found["number"] or "").lower(), 1)
    if place == "last":
        return tuple(range(-number, 0))
    return tuple(range(number)) if place == "first" else (_PLACES[place],)

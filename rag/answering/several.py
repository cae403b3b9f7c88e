"""How many papers a question asks for: one, or several side by side."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.answering.asked import Asked

MOST_LISTED = 5

_ALSO_SEVERAL = re.compile(
    r"""\b(?:any|more|other|some|recent|related)\ (?:papers?|works?|research|articles?
        |literature)\b
      | \b(?:papers|works|research|articles|literature|studies)\ (?:on|about|that|which|where|for
        |using|with|proposing|in\ which|dealing)\b
      | \b(?:what|which)\ (?:work|research|literature)\b
      | \b(?:approaches|methods|ways|techniques|alternatives|solutions|remedies|options|models)\b
        (?=[^?]*\b(?:are\ there|there\ are|exist|collection|shelf|do\ you|you\ have)\b)
      | \b(?:models|methods|papers|approaches|abstracts)\ here\b
      | \bare\ there\ (?:\w+\ ){1,4}(?:for|on|of|that|which|in|to)\b
      | \bwhat\ do\ (?:the\ )?(?:papers|abstracts)\b | \bdo\ the\ (?:papers|abstracts)\b
      | \bwho\ (?:else|all|uses|use|proposes?|tried|tries|did|does)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
# A paper's own methods, data sets or findings: plural, yet of one paper.
_OF_ONE = re.compile(
    r"""\b(?:do|does|did|have|has)\s(?:the\s(?:authors?|paper|study|survey|work|article)|it|they
        |[A-Z]\w*)\b
      | \bthe\s(?:authors?|paper|study|survey|article|abstract)\b(?!s)
      | \b(?:are|is|were|was)\s(?:\w+\s)?(?:compared|used|evaluated|tested|explored|employed|applied
        |considered|studied|discussed|listed|mentioned|identified|distinguished|combined)\b
      | \bthe\s(?:two|three|four)\b | \A\s*what\s(?:stops|limits|weakens|else)\b
      | \A\s*(?:an?\s)?(?:overview|survey)\s(?:of|with|on)\b | \bsurvey\s(?:of|with)\b
    """,
    re.VERBOSE,
)
_OF_PAPERS = re.compile(
    r"\b(?:papers|works|publications|studies|articles)\b|\A\s*compare\b|\bwho\b", re.IGNORECASE
)
_COUNT = re.compile(
    r"\b(two|three|four|both)\s(?:\w+\s){0,2}?(?:papers|works|methods|approaches|studies"
    r"|abstracts|techniques|ways|routes|of\sthem)\b",
    re.IGNORECASE,
)
_COUNTS = {"two": 2, "both": 2, "three": 3, "four": 4}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many papers an answer is to hold at most; `is_sure` where the wording leaves no doubt.

    Else only the papers themselves can tell.
    """

    most: int = 1
    is_sure: bool = True

    @property
    def is_one(self) -> bool:
        return self.most == 1


def wanted(asked: Asked) -> Wanted:
    """Read off the wording of the question alone."""
    text = asked.readable
    count = _COUNT.search(text)
    most = _COUNTS[count[1].lower()] if count else MOST_LISTED
    is_of_one = _OF_ONE.search(text) and not _OF_PAPERS.search(text)
    if asked.wants_several:
        return Wanted(most, is_sure=not is_of_one)
    if _ALSO_SEVERAL.search(text) and not is_of_one:
        return Wanted(most, is_sure=False)
    return Wanted()

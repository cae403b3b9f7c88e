"""How many authors or upvotes papers are to have: "more than 8 authors", "single-author"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

from rag.answering.record_periods import NUMBERS, number
from rag.answering.record_wording import CUT, Wording, is_before_papers
from rag.types import Range

Counted: TypeAlias = Literal["author_count", "upvotes"]

_NUMBER = rf"(?P<number>\d{{1,4}}|{'|'.join(NUMBERS)}|no)"
_COUNTED = re.compile(
    rf"""\b(?:(?:with|by|having|have|has|had|that\ have|which\ have|got|that\ got|written\ by
            |authored\ by|received)\s+)*
      (?:(?P<than>more\ than|over|above|fewer\ than|less\ than|under|below|at\ least|at\ most
          |no\ more\ than|no\ fewer\ than|no\ less\ than|up\ to|exactly|only|just|a|between)\s+)*
      (?:{_NUMBER}(?P<plus>\+|\s+or\s+(?:more|fewer|less))?
          (?:(?:\s*(?:-|–|to|and)\s*)(?P<most>\d{{1,4}}))?|(?P<solo>single|solo|sole))[\s-]+
      (?P<what>(?:co-?)?author(?:s|ed)?|people|persons|researchers|writers|up-?\s?votes?|likes|votes)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)


def take_counts(wording: Wording) -> Iterator[tuple[Counted, Range]]:
    """How many authors or upvotes papers are to have, each taken out."""
    for found in list(_COUNTED.finditer(wording.rest)):
        if _says_papers(wording.rest, found):
            wording.rest = wording.rest.replace(found[0], CUT, 1)
            is_votes = re.search(r"vote|like", found["what"], re.IGNORECASE)
            yield "upvotes" if is_votes else "author_count", _range(found)


def _says_papers(text: str, found: re.Match[str]) -> bool:
    """A bare number counts where papers have it: "papers with 3 authors", "two-author papers"."""
    if re.match(r"people|persons|researchers|writers", found["what"], re.IGNORECASE):
        return bool(re.match(r"(?:written|authored)\s+by\b", found[0], re.IGNORECASE))
    if found["than"] or found["solo"]:
        return True
    return bool(
        re.match(r"(?:with|by|having|have|has|had|that|which|written|authored)\b", found[0], re.I)
        or is_before_papers(text[found.end() :])
    )


def _range(found: re.Match[str]) -> Range:
    if found["solo"]:
        return Range(1, 1)
    given = 0 if found["number"].lower() == "no" else number(found["number"])
    than, plus = (found["than"] or "").lower(), (found["plus"] or "").lower()
    if found["most"]:
        return Range(given, int(found["most"]))
    if than in {"more than", "over", "above"}:
        return Range(given + 1)
    if than in {"fewer than", "less than", "under", "below"}:
        return Range(None, given - 1)
    if than in {"at least", "no fewer than", "no less than"} or "more" in plus or plus == "+":
        return Range(given)
    if than in {"at most", "no more than", "up to"} or plus:
        return Range(None, given)
    return Range(given, given)

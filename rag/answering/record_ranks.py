"""The order that papers are asked for in: "most upvoted", "three oldest", "top 3 by upvotes"."""

from __future__ import annotations

import re

from rag.answering.record_periods import NUMBERS, number
from rag.answering.record_question import Rank
from rag.answering.record_wording import PAPER, Wording

SEVERAL = 5  # newest or oldest papers, where several are asked for and no number is given
_UPVOTES = r"(?:up-?\s?votes?|up-?\s?voted|votes|likes|liked|popular|popularity)"
_AUTHORS = r"(?:co-?)?authors?"
_SORTED = (
    r"(?:(?:sorted|ordered|ranked|sort|order|rank)(?:\ them)?\ )?by\ (?:the\ )?(?:number\ of\ )?"
)
_WORDED: tuple[tuple[Rank, str], ...] = (
    ("fewest-upvotes", rf"\b(?:least|fewest|lowest)[ -](?:number\ of\ )?{_UPVOTES}"),
    ("upvotes", rf"\b(?:most|highest|top)[ -](?:number\ of\ )?{_UPVOTES}"
     rf"(?!\s+than)|\b{_SORTED}{_UPVOTES}"),
    ("fewest-authors", rf"\b(?:fewest|least|smallest|lowest)\ (?:number\ of\ )?{_AUTHORS}"
     r"|\b(?:shortest|smallest)\ (?:author\ list|list\ of\ authors|(?:author\ )?team)"),
    ("authors", rf"\b(?:most|largest|highest|biggest|greatest)\ (?:number\ of\ )?{_AUTHORS}"
     r"|\b(?:longest|largest|biggest)\ (?:author\ list|list\ of\ authors|(?:author\ )?team)"
     rf"|\b{_SORTED}{_AUTHORS}\b(?=\s*[?.!|]*\s*$)"),
    ("oldest", r"\b(?:oldest|earliest)(?:\ first\b)?|\b(?:published|written|released)\ first\b"
     rf"|\bfirst\b(?=\ (?:{PAPER}\ )?(?:to\ be\ )?published\b)"),
    ("published", r"\b(?:newest|latest|most\ recent(?:ly)?)(?:\ first\b)?"
     rf"|\bpublished\ last\b|\b{_SORTED}(?:publication\ )?(?:date|year|recency)\b"),
)  # fmt: skip
_RANKS = tuple((rank, re.compile(f"(?:{pattern})\\b", re.IGNORECASE)) for rank, pattern in _WORDED)
_WORDS = "|".join(word for word, value in NUMBERS.items() if value > 1)
_COUNT = re.compile(
    rf"\b(?P<count>\d{{1,3}}|{_WORDS})\b(?=\s*(?:\||(?:[\w-]+\s+){{0,4}}?{PAPER}\b))",
    re.IGNORECASE,
)
_TOP = re.compile(r"\b(?:top|best|first)\b(?=\s*(?:\||\d|" + _WORDS + r"))", re.IGNORECASE)
_PLURAL = re.compile(r"\b(?:papers|publications|articles|works|preprints|ones)\b", re.IGNORECASE)


def take_rank(wording: Wording) -> tuple[Rank | None, int | None]:
    """The order, and how many of its first papers are wanted, if a number is given or meant."""
    rank = next((rank for rank, pattern in _RANKS if wording.take(pattern)), None)
    if rank is None:
        return None, None
    counted = wording.take(_COUNT)
    wording.take(_TOP)
    if counted:
        return rank, max(1, number(counted["count"]))
    is_by_date = rank in ("published", "oldest")
    return rank, SEVERAL if is_by_date and _PLURAL.search(wording.rest) else None

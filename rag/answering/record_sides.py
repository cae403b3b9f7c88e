"""Questions that put two papers side by side: "which is older, X or Y"."""

from __future__ import annotations

import re

from rag.answering.record_clauses import named
from rag.answering.record_question import Field, RecordQuestion

_COMPARED: tuple[tuple[Field, str], ...] = (
    ("published", r"older|newer|younger|earlier|later|more\ recent"
     r"|(?:(?:was|were|is)\ )?(?:published|released|out|came\ out|appeared|come\ out)"
      r"\ (?:first|earlier|later|last|before|after)"
     r"|came\ first"),
    ("upvotes", r"more\ (?:up-?\s?votes?|up-?\s?voted)|(?:fewer|less)\ up-?\s?vote[ds]?"),
    ("authors", r"(?:more|fewer|less)\ authors"),
)  # fmt: skip
_BY = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _COMPARED)
_WHICH = (
    r"(?:which|what|who)(?:\ (?:one|paper|of\ (?:the\ two|them|these)))*\ (?:(?:is"
    r"|was|has|have|got|were|are)\ )?(?:the\ )?"
)
_SIDE_BY_SIDE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_WHICH}(?:{_BY})\s*(?:[,:;—–-]|\bof\b)?\s+(?P<x>.+?)\s*,?"
        r"\ (?:or|vs\.?|versus)\ (?P<y>.+)",
        rf"(?P<x>.+?)\ (?:or|vs\.?|versus)\ (?P<y>.+?)\s*[,:;—–-]\s*{_WHICH}(?:{_BY})",
        rf"(?:is|was|were|are|did|does|has)\ (?P<x>.+?)\ (?:(?:have|get|got|receive)\ )?(?:{_BY})"
        rf"\ than\ (?P<y>.+)",
        r"(?:is|was|were|are|did|does)\ (?P<x>.+?)\ (?P<published>(?:come\ out|appear|published"
        r"|released)"
        r"\ (?:before|after|earlier\ than|later\ than))\ (?P<y>.+)",
    )
)


def compared(question: str) -> RecordQuestion | None:
    """Two papers side by side: which of them is older, has more authors or more upvotes."""
    for pattern in _SIDE_BY_SIDE:
        if found := pattern.fullmatch(question):
            field = next(name for name, _ in _COMPARED if found.groupdict().get(name))
            first, second = named(found["x"]), named(found["y"])
            if first and second:
                return RecordQuestion("compare", fields=(field,), topic=first, beside=second)
    return None

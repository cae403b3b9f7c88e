"""What a question asks for, read off its wording."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rag.answering.topic_question import Topic, topic_of
from rag.language.words import keywords

_SEVERAL = re.compile(
    r"""\b(?:which|what|list|any|some|all|different|other|several|two|three|these|those|are\ there)
         \b(?:\s[\w'\-]+){0,3}?\s(?:papers|works|methods|approaches|techniques|options|ways
         |alternatives|studies|recipes|tricks|strategies|schemes|frameworks|algorithms|routes
         |publications|attempts|solutions|foundation\ models)\b
       | ^\s*(?:please\s)?compare\b | \bcompare\ (?:the|them|what|those|these|how|ways)\b
       | \bwho\ (?:has|have|made|else|attacks|tackles|did\ what)\b
       | \bhow\ do\ (?:they|these|those)\ differ\b | \bwhat\ is\ there\ (?:on|about)\b
       | \b(?:anything|something)\ (?:on|about)\b | \bare\ there\ any\b | \beach\ of\ them\b
       | \b(?:in|of|for)\ each\b | \b(?:overview|survey)\ of\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"""\bhow\ (?:many|much|large|big|small|long|fast|far|often|few|cheap|deep|wide|high|low)\b
      | \b(?:how|what)\ (?:\w+\ )?(?:percentage|percent|share|fraction|numbers?|sizes?|factor|rate
         |score|cost|latency|speed-?up)\b
      | \b(?:bleu|fid|map|mrr|f1|wer|top-1|top-5|perplexity|accuracy|throughput|gains?)\b
      | \bby\ (?:how\ much|what)\b | \bnumbers?\b | \bspeed-?ups?\b
      | \b(?:faster|cheaper|smaller)\ is\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_QUESTION_WORD = (
    r"(?:what|how|which|who|whom|when|where|why|by|is|are|does|do|did|can|on|in|at|with|compared)\b"
)
_SENTENCE_END = re.compile(r"(?<=[?!.])\s+")
_CLAUSE_END = re.compile(
    rf"[,;]?\s+(?:and|but|or)\s+(?={_QUESTION_WORD})|,\s+(?={_QUESTION_WORD})", re.IGNORECASE
)
SHORTEST_CLAUSE = 2  # words
MOST_CLAUSES = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that stands alone, and the words in which it was asked last.

    `text` is what to search for. `resolved` is a follow-up as a short question of its own, empty
    where there is none. `about` are the titles of an earlier answer that it points to, `beyond`
    those that it asks for others than.
    """

    text: str
    latest: str
    resolved: str = ""
    about: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()

    @property
    def is_follow_up(self) -> bool:
        return self.text != self.latest

    @property
    def readable(self) -> str:
        """A short question that needs no history: for the judge, and for what is read off it."""
        return self.resolved or self.latest

    def spelt(self, readable: str) -> Asked:
        """The same, `readable` with another spelling."""
        return self if readable == self.readable else replace(self, resolved=readable)

    @property
    def topic(self) -> Topic | None:
        """What it names without asking anything of it."""
        return topic_of(self.readable)

    @property
    def keywords(self) -> str:
        """The words of the subject, for the lexical search."""
        return keywords(self.text)

    @property
    def wants_several(self) -> bool:
        """Whether it asks for papers side by side."""
        return len(self.about) > 1 or bool(self.beyond or _SEVERAL.search(self.readable))

    @property
    def wants_amount(self) -> bool:
        return bool(_AMOUNT.search(self.readable))

    @property
    def clauses(self) -> list[str]:
        """Its parts where it asks for more than one thing, else none."""
        sentences = _SENTENCE_END.split(self.readable)
        parts = [part for sentence in sentences for part in _CLAUSE_END.split(sentence)]
        long = [part.strip() for part in parts if len(part.split()) >= SHORTEST_CLAUSE]
        return long[-MOST_CLAUSES:] if len(long) > 1 else []

"""What a conversation is about: papers that its last answer names, and the short name of one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.answering.exchanges import Exchange
from rag.answering.pointing import Pointing, pointing
from rag.answering.wording import capitals, own_names
from rag.language.words import squeezed

LONGEST_HEAD = 3  # words of a title, or of what stands before its colon, that are a name
LONGEST_NAME = 60  # characters of a title that can stand in a sentence
OPENING = 80  # characters of an answer in prose that name its subject, if it has a name
MOST_NAMED = 3  # papers of a list that are named together
_UNNAMED = re.compile(
    r"(?:\w+[,:]\s)?(?:one|an?|the|this)\s(?:\w+\s){0,2}?"
    r"(?:paper|study|work|framework|article|theory)\b",
    re.IGNORECASE,
)
_IN_FULL = re.compile(r"\(([^()\s]{2,20})\)")
_AND = re.compile(
    r"\b(\w[\w.\-]*)(?:\s\([^()]*\))?,?\s(?:and|or|versus|vs\.?|against|nor)\s(\w[\w.\-]*)"
)
_OPENING = re.compile(r"(?:^|[.:]\s+)(?:the\s|a\s|an\s)?([^\W_][\w\-]*)", re.IGNORECASE)
_LINK = re.compile(r"\s(?:for|via|with|in|of|from|by|on|through|towards?|using|under)\s", re.I)
# Its answer brings what is spoken of from then on; other questions name that themselves.
_LOOKS_FOR = re.compile(
    r"\s*(?:which|who|is\b|are\b|can\b|could\b|has\b|have\b|does?\b|any\b"
    r"|what\s(?:methods?|papers?|approach|techniques?|models?|tools?|options|else)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """`titles` are the papers that are meant, as the answer spelt them; often just one, or none.

    `name` is what they or a method are called in a sentence, empty where no name is known;
    `exchange` is where that was last spoken of.
    """

    name: str = ""
    titles: tuple[str, ...] = ()
    exchange: Exchange = field(default_factory=lambda: Exchange(""))


def subject(pointed: Pointing, said: Sequence[Exchange]) -> Subject:
    """What the wording points to among these exchanges, of which there is one at least."""
    about = _spoken_of(said)
    asked = [one.question for one in reversed(said)]
    if pointed.places:
        return _by_place(pointed.places, about, asked)
    titles = about.titles
    chosen = titles[:MOST_NAMED] if _means_all(pointed) else titles[:1]
    if chosen:
        named = _joined([short_name(title, about, asked) for title in chosen])
        return Subject(named, chosen, about)
    return Subject(next(iter(_names(about)), ""), (), about)


def short_name(title: str, exchange: Exchange, asked: Sequence[str]) -> str:
    """What a paper is called: "ZipVL" of "ZipVL: ...", else as it was asked for, else its title."""
    head, colon, _ = title.partition(":")
    if (colon or head == title) and len(head.split()) <= LONGEST_HEAD:
        return head.strip()
    told = _told(title, exchange)
    called = [name for text in asked for name in (*own_names(text), *capitals(text))]
    known = [name for name in called if squeezed(name) in squeezed(f"{title} {told}")]
    opening = [word for word in _OPENING.findall(told) if own_names(word)]
    short = [name for name in own_names(told) if _is_short_for(name, title)]
    named = next(iter([*known, *short, *own_names(title), *opening]), "")
    return named or _cut(head.strip()).removeprefix("The ")


def _is_short_for(name: str, title: str) -> bool:
    """Whether its letters begin words of the title that follow each other."""
    letters = squeezed(name).removesuffix("s")
    begin = "".join(word[0] for word in re.findall(r"[^\W_]+", title.lower()))
    return len(letters) > 1 and letters in begin


def _cut(title: str) -> str:
    """A long title without what follows its first preposition."""
    ends = [link.start() for link in _LINK.finditer(title)]
    fitting = [end for end in ends if end <= LONGEST_NAME]
    return title[: fitting[-1]] if len(title) > LONGEST_NAME and fitting else title


def _means_all(pointed: Pointing) -> bool:
    """Whether it speaks of all papers of a list, not of its first."""
    return pointed.is_plural or pointed.kind in ("elliptic", "place", "again")


def _told(title: str, exchange: Exchange) -> str:
    """What the answer says of one paper: from its title to the next."""
    answer = exchange.answer
    start = answer.find(title)
    if start < 0:
        return answer
    start += len(title)
    ends = [answer.find(other, start) for other in exchange.titles if other != title]
    return answer[start : min((end for end in ends if end >= 0), default=len(answer))]


def _spoken_of(said: Sequence[Exchange]) -> Exchange:
    """The last exchange that names a paper or asks of its own; the first of all if none does."""
    for one in reversed(said):
        if one.titles or not one.question or pointing(one.question).kind == "alone":
            return one
    return said[0]


def _by_place(places: Sequence[int], about: Exchange, asked: Sequence[str]) -> Subject:
    titles = about.titles
    chosen = tuple(titles[place] for place in places if -len(titles) <= place < len(titles))
    if chosen:
        names = [short_name(title, about, asked) for title in chosen]
        return Subject(_joined(names), chosen, about)
    names = _listed_names(about)
    within = [names[place] for place in places if -len(names) <= place < len(names)]
    return Subject(_joined(within), (), about)


def _listed_names(about: Exchange) -> list[str]:
    """What an answer in prose sets side by side: "GPTQ and AWQ"."""
    pair = _AND.search(about.answer)
    named = own_names(about.answer)
    if pair and (len(named) < 2 or pair[1] in named or pair[2] in named):
        return [pair[1], pair[2]]
    return named


def _names(about: Exchange) -> list[str]:
    """Names for the subject of prose, likeliest first."""
    asked = own_names(about.question)
    introduced = [name for name in _IN_FULL.findall(about.answer) if own_names(name)]
    opening = "" if _UNNAMED.match(about.answer) else about.answer[:OPENING]
    new = [name for name in (*introduced, *own_names(opening)) if name not in asked]
    if _LOOKS_FOR.match(about.question):
        return [*(new or capitals(opening)), *asked]
    return [*asked, *capitals(about.question), *new, *capitals(opening and about.answer)]


def _joined(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))

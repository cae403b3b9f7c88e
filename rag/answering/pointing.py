"""How a question leans on what came before it, read off its wording.

`refers`: by a pronoun or "that paper". `places`: to papers of a list by their place. `more`,
`again`, `why`: it asks on. `others`: for further papers on the subject. `compared`: "is AWQ
better?" lacks the other side. `swap`: "and AWQ?" has the question before it in mind. `place`: so
has "and on CIFAR-10?". `elliptic`: it lacks a subject. `alone`: it leans on nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rag.answering.places import places
from rag.answering.pronouns import refers_back
from rag.answering.wording import capitals, own_names, subject_words

Kind: TypeAlias = Literal[
    "alone", "refers", "places", "more", "again", "why", "others", "compared", "swap", "place",
    "elliptic",
]  # fmt: skip

LONGEST_FRAGMENT = 5  # words
FEW = 2  # words of a subject with which a clause needs no other
ENOUGH_BEHIND_A_LEAD = 3  # behind "and", "what about"
_COURTESY = (
    r"(?:ok(?:ay)?|great|cool|nice|thanks(?:\ a\ lot)?|thank\ you|thx|hm+|interesting|right|sure"
    r"|well|yes|yeah|sorry|wait|actually|please|good|got\ it|perfect)\b[\s,.!;:–—-]+"
)
_CONNECTIVE = (
    r"(?:and|but|so|or|also|then|plus|now|no|nope|not\ that|i\ (?:mean|meant)(?:\ to\ ask)?|rather"
    r"|what(?:\ about|'s\ with|\ of)|how\ about)\b[\s,.!;:–—-]*"
)
_LEAD = re.compile(rf"\s*(?:{_COURTESY})*(?P<connective>(?:{_CONNECTIVE})*)", re.IGNORECASE)
_MORE = re.compile(
    r"""(?:(?:can|could|would)\ you\ )?(?:please\ )?
        (?:(?:tell|show|give)\ (?:me|us)\ )?(?:some\ |a\ (?:bit|little)\ )?
        (?:more|more\ (?:details?|info(?:rmation)?)|details?|go\ on|continue|elaborate|expand
          |what\ else|anything\ else|in\ (?:more\ )?detail)
        (?:\ (?:on|about|of)\ (?:it|that|this|them))?(?:\ please)?[\s?.!]*""",
    re.VERBOSE | re.IGNORECASE,
)
_AGAIN = re.compile(
    r"""(?:(?:can|could|would)\ you\ )?(?:please\ )?
        (?:(?:say|explain|repeat|summari[sz]e|rephrase|reword|put|shorten|simplify|make|try)\b
           (?:\ (?:it|that|this|them|your\ answer|the\ answer|all\ (?:that|this)))?\ ?)?
        (?:again|once\ more|(?:a\ (?:bit|little)\ )?(?:shorter|simpler|briefer|briefly|longer)
          |in\ (?:simple|simpler|plain|other|fewer|your\ own|one|a\ few)\ (?:words?|terms|english
          |sentences?)|like\ i(?:'m|\ am)\ (?:five|5)|tl;?dr)?
        (?:\ please)?[\s?.!]*""",
    re.VERBOSE | re.IGNORECASE,
)
_WHY = re.compile(
    r"(?:why|how\ come|how\ so|really|are\ you\ sure|how|since\ when)"
    r"(?:\ (?:is|was)\ (?:that|this|it)(?:\ so)?|\ exactly|\ (?:that|not))?[\s?.!]*",
    re.IGNORECASE | re.VERBOSE,
)
_OTHERS = re.compile(
    r"""\b(?:any|some|other|another|which|what|are\ there|is\ there|who|anyone|anything|somebody
           |anybody|more|further|similar|related)\b(?:\s[\w'-]+){0,2}?
        \s?\b(?:others?\b(?!\s(?!papers?|works?|methods?|approaches|studies|ones|in|on|for)\w)
           |else|similar|alike|alternatives?|related|more\ like|like\ (?:this|that|it)
           |(?:other|more|further|similar|related)\s(?:papers?|works?|methods?|approaches|studies))\b
      | ^\s*(?:any\s)?(?:other|more|similar|related|further)\s
        (?:papers?|works?|methods?|approaches|ones|studies)\b""",
    re.VERBOSE | re.IGNORECASE,
)
# "Which datasets, and ...": what is asked for first has no subject, nor has the rest.
_FRAGMENT_FIRST = re.compile(r"([^,?!.]+)[,?]\s\w")
_HAS_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|does|do|did|can|could|will|would|has|have|had|should|may|might"
    r"|must|tell|explain|list|compare|show|find|describe|give|summari[sz]e|need|help|there"
    r"|what's|how's|where's|who's|whats|isn't|don't|doesn't|can't|won't)\b",
    re.IGNORECASE,
)
_WH = re.compile(r"\s*(?:who|what|which|how|why|when|where|by\ how|on\ which|in\ which)\b", re.I)
_DEFINES = re.compile(
    r"""\s*(?:what(?:'s|\ is|\ are|\ was|s)\b|define|describe|tell\ me\ about|overview
        |who\ (?:is|are|invented|proposed|introduced|made|wrote|created)\b
        |(?:please\ )?explain\b|how\ (?:do|does|did|can)\b.*\bworks?\b|what\ does\b.*\bmean\b
        |(?:do|does)\ .*\bwork\b|is\ there|are\ there|anything\ (?:on|about))""",
    re.VERBOSE | re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"(?:also\s)?(?:on|in|for|with|at|under|against|over|during|without|versus|vs\.?|to|from)\s"
    r"(?!what\b|which\b|how\b|whom\b)",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:compare|differ|different|better|worse|faster|slower|cheaper|smaller|larger|bigger|newer"
    r"|older|safer|easier|simpler)[\s?.!]*$",
    re.IGNORECASE,
)
_ASKS_THE_SHELF = re.compile(
    r"\b(?:papers|works|publications|articles|shelf|collection"
    r"|paper\ (?:on|about|that|by|from|where|with|called)\ \w|co-?authored|written\ by|upvot\w+)\b",
    re.IGNORECASE | re.VERBOSE,
)

_PLURAL = re.compile(
    r"\b(?:they|them|these|those|both|each|which\sone|either|their|all\sof"
    r"|the\sones?\s(?:from|with|that|by|about|on|using|for|which|where))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Pointing:
    """`rest` is the question without "ok, and what about"; `places` count from 0, -1 is last."""

    kind: Kind
    rest: str
    has_lead: bool = False
    places: tuple[int, ...] = ()
    is_plural: bool = False


def pointing(question: str) -> Pointing:
    """What the wording leans on; history is not looked at."""
    lead = _LEAD.match(question)
    cut = lead.end() if lead else 0
    rest = " ".join(question[cut:].split())
    has_lead = bool(lead and lead["connective"])
    if not rest:
        return Pointing("again", question, has_lead)
    if asked_on := _asks_on(rest):
        return Pointing(asked_on, rest, has_lead)
    if counted := places(rest):
        return Pointing("places", rest, has_lead, counted)
    kind = _kind(rest, has_lead=has_lead)
    return Pointing(kind, rest, has_lead, is_plural=bool(_PLURAL.search(rest)))


def _asks_on(rest: str) -> Kind | None:
    if _MORE.fullmatch(rest):
        return "more"
    if _WHY.fullmatch(rest):
        return "why"
    return "again" if _AGAIN.fullmatch(rest) else None


def _kind(rest: str, *, has_lead: bool) -> Kind:
    subjects, named = subject_words(rest), own_names(rest)
    if _OTHERS.search(rest) and not named and len(subjects) <= FEW:
        return "others"
    if refers_back(rest):
        return "refers"
    if _ASKS_THE_SHELF.search(rest):
        return "alone"
    if _is_fragment(rest):
        return _of_fragment(rest, bool(named), len(subjects), has_lead=has_lead)
    if named:
        lacks_other = len(named) == 1 and len(subjects) <= FEW and _COMPARES.search(rest)
        return "compared" if lacks_other else "alone"
    if _begins_with_fragment(rest):
        return "elliptic"
    if capitals(rest):
        return "alone"
    enough = ENOUGH_BEHIND_A_LEAD if has_lead else 1 if _DEFINES.match(rest) else FEW
    return "alone" if len(subjects) >= enough else "elliptic"


def _of_fragment(rest: str, is_named: bool, subjects: int, *, has_lead: bool) -> Kind:
    if _PREPOSITION.match(rest):
        return "place"
    if has_lead and is_named:
        return "swap"
    if is_named or (subjects >= FEW and not has_lead):
        return "alone"
    return "elliptic"


def _begins_with_fragment(rest: str) -> bool:
    first = _FRAGMENT_FIRST.match(rest)
    return bool(first and _is_fragment(first[1]) and not subject_words(first[1]))


def _is_fragment(rest: str) -> bool:
    """Whether it has no verb, as far as one can see: "the latency?", "which datasets?"."""
    if _HAS_VERB.search(rest):
        return False
    long = len(rest.split())
    return long <= (3 if _WH.match(rest) else LONGEST_FRAGMENT)

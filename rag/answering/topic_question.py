"""Questions that name a subject and ask nothing of it: "papers on pruning", "diffusion models"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.language.words import is_silent

LONGEST_QUESTION = 150  # characters
LONGEST = 6  # words of a subject; what is described at greater length is a question of its own
_PAPERS = r"(?:papers?|works?|research|literature|articles?|publications?|studies|study|abstracts?)"
_POLITE = r"(?:(?:hi|hello|hey|ok|okay|so|well|and|also|please|now|then)\b[\s,!.]*)*"
_SHELF = (
    r"(?:\s(?:(?:on|in)\s(?:the|this|my|your|our)\s(?:shelf|collection|library)|(?:in|on|do\syou"
    r"|you|we)\s?(?:here|have|there)|are\sthere|here))?"
)
# How papers are asked for, up to the word for them.
_ASKS = (
    r"(?:(?:can|could|would)\syou\s)?(?:(?:which|what|list|show|find|give|name|get|search\sfor"
    r"|look(?:ing)?\sfor|i(?:['’]m|\sam)\slooking\sfor|i\s(?:need|want)|are\sthere|is\sthere"
    r"|do\s(?:you|we)\shave|have\syou(?:\sgot)?|summari[sz]e|any|some|all|other|more|recent|best"
    r"|good|important|interesting|the|an?|me|us|of|your|my)\s)*"
)
_VERB = (
    r"(?:use|study|studie|discus|cover|addres|tackle|explore|investigate|mention|concern|consider"
    r"|analy[sz]e|examine|treat|apply|applie|employ)(?:s|es|d|ed)?"
)
_ON = (
    r"(?:(?:(?:that|which)\s)?(?:(?:are|is|were)\s)?(?:there\s)?"
    r"(?:about|on|regarding|concerning|covering|addressing|discussing|using|studying|around|for"
    r"|related\sto|relating\sto|in\sthe\s(?:field|area)\sof|(?:deal(?:s|ing)?|to\sdo)\swith"
    r"|focus(?:es|ed|ing)?\son|work(?:s|ing)?\son|touch(?:es|ing)?\son"
    rf"|{_VERB}))"
)
_TOPIC = r"(?P<topic>.+?)"
_SETS_OUT = rf"\A{_POLITE}"
_ENDS = rf"{_SHELF}[\s?!.…]*\Z"
_FOR_PAPERS = tuple(
    re.compile(f"{_SETS_OUT}{form}{_ENDS}", re.IGNORECASE)
    for form in (
        rf"{_ASKS}{_PAPERS}{_SHELF}\s{_ON}\s{_TOPIC}",
        rf"{_ASKS}(?P<topic>(?!papers?\b).+?)\s(?:papers|publications|articles)",
        rf"{_ASKS}(?:overview\sof|summary\sof|state\sof\sthe\sart\s(?:in|of|on))\s{_TOPIC}",
        rf"(?:(?:is|are)\sthere\s|do\syou\shave\s|have\syou(?:\sgot)?\s|find\s|show\sme\s)?"
        rf"(?:anything|something|everything|stuff){_SHELF}\s{_ON}\s{_TOPIC}",
        rf"what(?:\s(?:else\s)?(?:is|do\syou\shave|have\syou\sgot|do\syou\sknow|there\sis)"
        rf"|['’]s)(?:\sthere)?(?:\snew)?{_SHELF}\s(?:on|about|in)\s{_TOPIC}",
    )
)
_ALONE = tuple(
    re.compile(f"{_SETS_OUT}{form}{_ENDS}", re.IGNORECASE)
    for form in (
        rf"(?:tell\s(?:me|us)\s(?:more\s)?about|search(?:\sfor)?|look\sup)\s{_TOPIC}",
        _TOPIC,
    )
)
# What makes a subject more than one: a clause, a comparison, what it is for, something asked.
_MORE = re.compile(
    r"[?!;:,]|(?<!\S)(?:for|in|with|using|on|at|to|ones?|first|second|third|last)(?!\S)"
    r"|\b(?:that|which|who|whom|whose|what|when|where|why|how|whether|if|while|because|since|than"
    r"|without|instead|rather|not|no|but|versus|vs|by|from|between|during|before|after|is|are|was"
    r"|were|be|been|do|does|did|has|have|had|can|could|will|would|should|may|might|must|it|its"
    r"|they|them|their|this|these|those|he|she|his|her|i|me|my|we|our|you|your|compare)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject; `is_alone` where nothing says that papers on it are wanted."""

    text: str
    is_alone: bool


def topic_of(question: str) -> Topic | None:
    """What papers are wanted on; None where more is asked than that."""
    text = " ".join(question.split())
    if len(text) > LONGEST_QUESTION:
        return None
    if subject := _first(_FOR_PAPERS, text):
        return Topic(subject, is_alone=False)
    subject = _first(_ALONE, text)
    return Topic(subject, is_alone=True) if subject else None


def _first(forms: Sequence[re.Pattern[str]], text: str) -> str:
    found = (form.match(text) for form in forms)
    return next(filter(None, (_subject(one["topic"]) for one in found if one)), "")


def _subject(text: str) -> str:
    """The same without the words before it that say nothing; empty where it is none."""
    if _MORE.search(text):
        return ""
    said = text.strip(" \"“”'.").split()
    while said and is_silent(said[0]):
        said.pop(0)
    return " ".join(said) if len(said) <= LONGEST else ""

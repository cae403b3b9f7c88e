"""What a sentence says is not there, not needed, or of no use: "without any fine-tuning"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.language.words import FUNCTION_WORDS, stem, words

STEM = 5  # letters that two forms of a word share
MOST = 0.6  # share of a denial's words that a text has to have
_DENIAL = re.compile(
    r"""\b(?:without|instead\ of|rather\ than|no\ longer|free\ of|in\ place\ of
        |(?:require|need|use|involve|introduce|incur|add)(?:s|d|ing)?\ (?:no|neither|zero)\b
        |(?:do|does|did|is|are|was|were|can)(?:\ not|n['’]t)\ (?:require|need|rely\ on|depend\ on
          |use|involve|introduce|incur|add)
        |(?:eliminat|remov|obviat|avoid|sidestep|bypass|circumvent)\w*\ the\ need\ (?:for|of|to)
        |dispens\w+\ with|with\ no)\ (?P<what>[^.;:()]{3,90})
      | \b(?P<free>[a-z]{4,})-free\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ENDS = re.compile(r",|\b(?:but|while|whereas|which|that|thus|yet|to|when|during|by)\b")
_ITEMS = re.compile(r"\b(?:and|or|nor)\b")
_NO_USE = re.compile(
    r"\A(?P<subject>.*?)\b(?:(?:provid|yield|bring|giv|offer|show|ha|produc)\w*\s(?:no|little|hardly\sany"
    r"|negligible)\s(?:\w+\s){0,2}(?:benefit|gain|improvement|effect|advantage|help|boost)"
    r"|(?:do|does|did)(?:\snot|n['’]t)\s(?:help|improve|benefit|matter))",
    re.IGNORECASE,
)
_USE = re.compile(r"\b(?:benefit|gain|improve|boost|help|advantage|effective)\w*", re.IGNORECASE)
_SAME = {"finet": "train", "retra": "train", "fine": "train", "tunin": "train", "tuned": "train"}
# Words with which nothing is named: what is denied is the thing beside them.
_EMPTY = frozenset(
    "additional any costly expensive explicit extra further more much need needing new relying "
    "require requiring significant significantly use using".split()
)


def denials(sentence: str) -> Iterator[frozenset[str]]:
    """For each thing that is denied, stems of the words that name it.

    A thing of one word counts only where that is not said of something else too.
    """
    for match in _DENIAL.finditer(sentence):
        told = match["free"] or _ENDS.split(match["what"])[0]
        beside = telling(sentence[: match.start()] + sentence[match.end() :])
        for denied in map(telling, _ITEMS.split(told)):
            if len(denied) > 1 or denied - beside:
                yield denied


def telling(text: str) -> frozenset[str]:
    """Stems of the words that name something; training by any name is training."""
    found = (part.lower() for word in words(text) for part in re.split(r"[-/]", word))
    return frozenset(
        _SAME.get(stem(word, STEM), stem(word, STEM))
        for word in found
        if len(word) > 2 and word not in FUNCTION_WORDS and word not in _EMPTY
    )


def denies(sentence: str, text: str, *, fewest: int) -> bool:
    """Whether the sentence denies, in `fewest` words or more, what the text speaks of."""
    told = telling(text)
    return any(
        len(denied) >= fewest and len(denied & told) >= max(fewest, MOST * len(denied))
        for denied in denials(sentence)
    )


def denies_use(sentence: str, text: str) -> bool:
    """Whether the text takes for useful what the sentence says is of no use."""
    match = _NO_USE.search(sentence)
    if not match or not _USE.search(text):
        return False
    subject = telling(match["subject"])
    return len(subject) >= 2 and subject <= telling(text)

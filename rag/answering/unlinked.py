"""A model's text without what it may not bring: links, images, tags, lists of references.

Links to papers are the surfaces' to add, from the catalogue.
"""

from __future__ import annotations

import re

from rag.language.untrusted import visible
from rag.language.words import words

_IMAGE = re.compile(r"!\[[^\[\]]{0,300}\](?:\([^()\n]{0,2000}\)|\[[^\[\]]{0,100}\])")
_LINK = re.compile(
    r"\[([^\[\]\n]{1,300})\]\(([^()\n]{0,2000}(?:\([^()\n]{0,200}\))?[^()\n]{0,200})\)"
)
_NUMBER = re.compile(r"\s*\^?\d+\s*")
_TAG = re.compile(
    r"<(?:!--[^<>]{0,500}--|[/!?]?[A-Za-z][\w:.-]{0,40}(?:\s[^<>=]{0,100}=[^<>]{0,2000})?\s*/?)>"
)
_BEGINS_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_DOMAINS = (
    r"(?:com|org|net|edu|gov|io|dev|app|co|info|biz|xyz|me|ly|gg|sh|ru|cn|de|uk|eu|fr|in|example)"
)
_ADDRESS = re.compile(
    rf"""[<(]?(?:
         \b[a-z][a-z0-9+.-]{{1,20}}:/[^\s<>"“”]{{1,2000}}
       | \b(?:javascript|data|mailto|vbscript):[^\s<>"“”]{{1,2000}}
       | \bwww\.[^\s<>"“”]{{1,2000}}
       | (?<![\w@.-])[\w.+-]{{1,64}}@[\w-]{{1,64}}(?:\.[\w-]{{1,64}}){{1,5}}
       | (?<![\w@.-])(?:[a-z0-9-]{{1,60}}\.){{1,4}}{_DOMAINS}\b(?:[/?:\#][^\s<>"“”]{{0,2000}})?
       | (?<![\w@.-])(?:[a-z0-9-]{{1,60}}\.){{1,4}}[a-z]{{2,20}}/[^\s<>"“”]{{1,2000}}
       )[>)]?""",
    re.VERBOSE | re.IGNORECASE,
)
_CLAUSE_EDGE = re.compile(r"[,;:—–](?=\s)|\(|\n")
_LATER_EDGE = re.compile(r"[,;)—–](?=\s)|[.!?…]+(?=[\s\"'”’)*_\[【]|\Z)|\n")
_LINK_SYNTAX = re.compile(r"\](?=[(\[])")
_ADDRESS_LEFT = re.compile(r":/(?=/)")
_REFERENCES = re.compile(
    r"[\W_]*(?:\d{1,2}[.)]\s*)?(?:references?|sources?|citations?|bibliography|works\s+cited"
    r"|(?:list\s+of\s+)?(?:references|sources)(?:\s+(?:cited|used))?|further\s+reading|footnotes?"
    r"|links?|literature)[*_\s]*(?::|\W*\Z)"
    r"|\s*[-*]?\s*[\[【]\^?\d+[\]】]:",
    re.IGNORECASE,
)


def begins_references(text: str) -> bool:
    """Whether a sentence or heading opens a list of sources, which the surfaces have."""
    return bool(_REFERENCES.match(text))


def unlinked(text: str) -> str:
    """The text without links, images, tags and invisible characters; a link's words stay.

    A bare address goes with its clause; where that is the sentence's first, nothing is left.
    """
    text = _IMAGE.sub("", visible(text))
    text = _TAG.sub("", _LINK.sub(_words_of_link, text))
    text = _without_addresses(text)
    text = _LINK_SYNTAX.sub("] ", _BEGINS_TAG.sub("< ", text))
    return _ADDRESS_LEFT.sub(": /", text)


def _words_of_link(match: re.Match[str]) -> str:
    if _NUMBER.fullmatch(match[1]):
        return f"[{match[1]}]"
    return "" if _ADDRESS.search(match[1]) else match[1]


def _without_addresses(text: str) -> str:
    kept: list[str] = []
    start = 0
    for address in _ADDRESS.finditer(text):
        if address.start() < start:
            continue
        clause = text[start : address.start() + address[0].startswith("(")]
        edges = [edge.start() for edge in _CLAUSE_EDGE.finditer(clause)]
        if not start and not (edges and words(clause[: edges[-1]])):
            return ""
        kept.append(clause[: edges[-1]] if edges else "")
        later = _LATER_EDGE.search(text, address.end() - _stops_at_end(address[0]))
        start = later.start() if later else len(text)
    return "".join([*kept, text[start:]])


def _stops_at_end(address: str) -> int:
    # The bracket that closes one before the address goes with it.
    stops = ".,;!?>" if address.startswith("(") else ".,;!?>)"
    return len(address) - len(address.rstrip(stops))

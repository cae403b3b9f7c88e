"""Text that can pass for nothing but text in a prompt: no marker, tag, fence or link."""

from __future__ import annotations

import re

_BRACKETS = str.maketrans("［【〔⟦〚❲］】〕⟧〛❳", "[[[[[[]]]]]]")
_NUMERAL = r"[\d⁰¹²³⁴-⁹₀-₉①-⑳]"
# A citation, in any of the ways in which models write one. Arrays and intervals with a 0 are none.
_MARKER = re.compile(
    rf"""\[ [\s^\#(]{{0,3}}
        (?: (?:sources?|src|references?|refs?|citations?|cites?|ids?|notes?|papers?|numbers?|no|n|s)
            [\s.:\#_-]{{0,3}} )?
        (?! 0{{1,9}}\s?[,;] )
        {_NUMERAL} [\d\s,;&.–—†⁰¹²³⁴-⁹₀-₉①-⑳-]{{0,60}}
        (?: [^\s\[\]]{{0,12}} )?
        \]
    """,
    re.VERBOSE | re.IGNORECASE,
)
# An address may hold round brackets of its own.
_IMAGE_OR_LINK = re.compile(
    r"""!?\[([^\[\]]{0,300})\]
        \([^()\s]{0,500}(?:\([^()\s]{0,200}\)[^()\s]{0,200}){0,3}(?:\s[^()]{0,200})?\)
    """,
    re.VERBOSE,
)
_ADDRESS = re.compile(
    r"""\\(?:url|href)\{[^{}]{0,500}\}
      | <?\b(?:https?|ftps?|file)\s?:\s?//[^\s<>“”\"]{1,2000}>?
      | \b(?:javascript\s?:|mailto:|data:[\w/+.-]{1,60}[;,])[^\s<>“”\"]{1,2000}
      | \bwww\.[^\s<>“”\"]{1,2000}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FORMATTING = re.compile(
    r"</?(?:sub|sup|i|b|u|em|strong|p|br|span|div|jats:\w{1,12})\s{0,3}/?>", re.IGNORECASE
)
_COMMENT = re.compile(r"<!--[^<>]{0,500}-->")
_TAG = re.compile(
    r"<(\|[^<>|]{0,80}\||[/!?]?[A-Za-z][\w:-]{0,60}(?:\s[^<>=]{0,80}=[^<>]{0,200})?\s?/?)>"
)
_OPENS_TAG = re.compile(r"<(?=/|!|sources?\b)", re.IGNORECASE)
_FENCE = re.compile(r"([=#*~<>|`_+])\1{2,}|-{4,}|<<|>>")
_ENCODED = re.compile(r"(?<![\w+/=-])(?=\S{0,200}\d)(?=\S{0,200}[A-Z])[A-Za-z0-9+/_-]{40,}={0,2}")


def inert(text: str) -> str:
    """The text on one line; what it says stays, what it could do to a prompt or a page goes."""
    text = _IMAGE_OR_LINK.sub(r"\1", text.translate(_BRACKETS))
    text = _ADDRESS.sub(_without_address, text)
    text = _ENCODED.sub("", text)
    text = _FORMATTING.sub("", _COMMENT.sub(" ", text))
    text = _OPENS_TAG.sub("‹", _TAG.sub(r"‹\1›", text))
    text = " ".join(_FENCE.sub(" ", text).split())
    return _MARKER.sub(_rounded, text).strip()


def _rounded(match: re.Match[str]) -> str:
    return f"({match[0][1:-1]})"


def _without_address(match: re.Match[str]) -> str:
    """What stands for a link; the stop after it belongs to the sentence."""
    address = match[0]
    end = address[len(address.rstrip(".,;:!?)]")) :]
    return f"(link){end}"

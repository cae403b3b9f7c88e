"""Text of models, papers and people so that Slack can do nothing with it but show it.

Markdown is what answers are streamed as. Whatever Slack reads there as a call (`<!channel>`,
`<@U1>`, `@here`), a link, an image, an entity or a definition of a link is broken up by a blank or
by a character that nobody sees, put in between two of its characters: a rule looks at what stands
on either side of one place, so that it holds also where a stream was cut just there.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST_CONTEXT = 2  # characters before a place that a rule looks at
JOINER = "\N{WORD JOINER}"
_UNSEEN = frozenset(("Cc", "Cf", "Co", "Cs", "Zl", "Zp"))
# Where a call, a tag, a link, an image or a link's definition would be whole.
_BLANK = re.compile(r"(?<=<)(?=[^\s\d=])|(?<=\])(?=[(:\[])|(?<=!)(?=\[)")
# Where a name that calls everybody, an entity, an address or a fence would.
_JOINED = re.compile(
    r"(?<=@)(?=\w)|(?<=&)(?=[#A-Za-z])|(?<=:/)(?=/)|(?<=`)(?=`)|(?<=\b[wW][wW])(?=[wW])"
)


@dataclass(slots=True)
class Markdown:
    """Makes one text safe, piece by piece, in order."""

    _before: str = ""

    def write(self, piece: str) -> str:
        """The next piece; nothing is kept back."""
        piece = "".join(filter(_is_seen, piece))
        whole, start = self._before + piece, len(self._before)
        inserts = dict.fromkeys(_places(_JOINED, whole, start), JOINER)
        inserts |= dict.fromkeys(_places(_BLANK, whole, start), " ")
        self._before = whole[-LONGEST_CONTEXT:]
        return "".join(inserts.get(at, "") + whole[at] for at in range(start, len(whole)))


def markdown(text: str) -> str:
    """The whole of a text at once."""
    return Markdown().write(text)


def mrkdwn(text: str) -> str:
    """The same for Slack's own markup, in which notifications and short notes are written."""
    seen = "".join(filter(_is_seen, text))
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        seen = seen.replace(sign, entity)
    return re.sub(r"@(?=\w)", f"@{JOINER}", seen)


def plain(text: str, longest: int) -> str:
    """One line for what Slack takes as plain text, cut with an ellipsis where it is too long."""
    line = " ".join("".join(one if _is_seen(one) else " " for one in text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _places(rule: re.Pattern[str], text: str, start: int) -> list[int]:
    return [found.start() for found in rule.finditer(text) if found.start() >= start]


def _is_seen(one: str) -> bool:
    """Lines may end; what is not to be seen might hide a call from these rules."""
    return one in "\n\t" or unicodedata.category(one) not in _UNSEEN

"""Text as Slack sends it, as a person reads it: `<@U1|mara>: 1 &lt; 2` is `@mara: 1 < 2`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.loaders.text import clean
from ui.slack import texts

_REFERENCE = re.compile(r"<([^<>]*)>")
_USER = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")


@dataclass(frozen=True, slots=True)
class Written:
    """What was written without the bot's own name, and whom it is meant for."""

    text: str
    names_bot: bool
    is_for_another: bool


def written(text: str, bot_user: str) -> Written:
    """Lines stay lines; what cannot be seen goes."""
    names = _USER.findall(text)
    begins = _USER.match(text.lstrip())
    names_bot = bot_user in names
    is_for_another = bool(begins) and not names_bot
    own = re.compile(rf"<@{re.escape(bot_user)}(?:\|[^<>]*)?>") if bot_user else None
    plain = _unescaped(_REFERENCE.sub(_read, own.sub("", text) if own else text))
    lines = [clean(line) for line in plain.splitlines()]
    return Written("\n".join(filter(None, lines)), names_bot, is_for_another)


def _read(reference: re.Match[str]) -> str:
    """What a reader sees of a mention, a channel, a link or a date; broadcasts are nothing."""
    target, _, label = reference[1].partition("|")
    if target.startswith("@"):
        return f"@{label or texts.SOMEBODY}"
    if target.startswith("#"):
        return f"#{label}" if label else texts.SOME_CHANNEL
    if target.startswith("!"):
        return label if target.startswith(("!date", "!subteam")) else ""
    return label or target.removeprefix("mailto:")


def _unescaped(text: str) -> str:
    """Slack escapes these three and no others; the ampersand comes last, or `&amp;lt;` is lost."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

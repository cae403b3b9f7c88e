"""Rich text: pieces with a style each, in which Slack reads no markup, so that nothing is escaped.

Only `link` makes a link, only `text` text; nothing here can name or call anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from ui.slack.escaping import plain

Json: TypeAlias = dict[str, Any]
LONGEST_TEXT = 3000  # characters of one piece
LONGEST_ADDRESS = 3000


def text(said: str, *, style: str = "", longest: int = LONGEST_TEXT) -> Json:
    """A piece of text on one line; its style is bold, italic or empty."""
    piece: Json = {"type": "text", "text": plain(said, longest) or " "}
    return piece | ({"style": {style: True}} if style else {})


def spaced(said: str, *, style: str = "") -> Json:
    """The same with the blanks around it, to go between other pieces."""
    piece = text(said, style=style)
    before, after = (" " if edge.isspace() else "" for edge in (said[:1], said[-1:]))
    return piece | {"text": f"{before}{piece['text'].strip()}{after}" if said.strip() else " "}


def link(url: str | None, said: str, *, longest: int = 200) -> Json:
    """The text as a link where the address may be one of the web's, else in bold."""
    if not is_address(url):
        return text(said, style="bold", longest=longest)
    return {"type": "link", "url": url, "text": plain(said, longest) or str(url)}


def is_address(url: str | None) -> bool:
    """Whether a browser may go there from a message of ours."""
    if not url or len(url) > LONGEST_ADDRESS or not url.isprintable() or set(url) & set(' <>"|'):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        return False


def section(pieces: Sequence[Json]) -> Json:
    return {"type": "rich_text_section", "elements": list(pieces)}


def quote(said: str, *, longest: int) -> Json:
    return {"type": "rich_text_quote", "elements": [text(said, longest=longest)]}


def preformatted(said: str) -> Json:
    """Lines as they are, in a fixed width."""
    return {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": said}]}


def bullets(items: Sequence[Json]) -> Json:
    return {"type": "rich_text_list", "style": "bullet", "elements": list(items)}


def block(elements: Sequence[Json]) -> Json:
    return {"type": "rich_text", "elements": list(elements)}

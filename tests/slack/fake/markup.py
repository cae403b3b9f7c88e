"""Slack's text: what a person types becomes, what is live in it, what a person then reads."""

import html
import re
from dataclasses import dataclass

_BROADCAST = r"<!(?:channel|here|everyone)(?:\|[^>]*)?>"
_LIVE = re.compile(
    rf"{_BROADCAST}|<!subteam\^[^>]*>|<@[UWB][A-Z0-9]+(?:\|[^>]*)?>|<#[CGD][A-Z0-9]+(?:\|[^>]*)?>"
)
_BARE = re.compile(r"(?<![\w@.])@(?:channel|here|everyone)\b")
_URL = re.compile(r"https?://[^\s<>|)\"']+")
_TYPED = re.compile(r"https?://[^\s<>&|]+(?:&amp;[^\s<>&|]+)*|[\w.+-]+@[\w-]+\.[\w.]+|[@#][\w.-]+")
_LINK = re.compile(r"<((?:https?|mailto)[^|>]*)(?:\|([^>]*))?>")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of mrkdwn, markdown or plain text; where verbatim, bare names are not parsed."""

    text: str
    kind: str = "mrkdwn"
    verbatim: bool = True


@dataclass(frozen=True, slots=True)
class Ping:
    """Something in a post that would have notified people or linked a channel."""

    raw: str
    where: str
    ts: str
    channel: str


def typed(text, team):
    """What Slack sends for what a person types: entities escaped, links and names in brackets."""
    names = {f"@{user.name}": f"<@{user.id}>" for user in team.users.values()}
    names |= {f"#{c.name}": f"<#{c.id}|{c.name}>" for c in team.channels.values() if c.kind != "im"}
    broadcasts = {f"@{word}": f"<!{word}>" for word in ("here", "channel", "everyone")}

    def bracketed(match):
        word = match[0]
        if word[0] in "@#":
            return (names | broadcasts).get(word, word)
        return f"<{word}>" if "://" in word else f"<mailto:{word}|{word}>"

    return _TYPED.sub(bracketed, html.escape(text, quote=False))


def read(text):
    """What a person reads of mrkdwn: labels for links, entities resolved."""
    return html.unescape(_LINK.sub(lambda match: match[2] or match[1], text))


def spoken(post):
    """Every piece of text in a post that is not mere fallback, and the fallback too."""
    pieces = [Piece(post.text)] if post.text else []
    stream = getattr(post, "stream", None)
    if stream is not None:
        pieces += [Piece(stream.markdown, "markdown"), Piece(stream.plan, "markdown")]
        pieces += [Piece(text, "markdown") for task in stream.tasks.values() for text in said(task)]
        pieces += texts(stream.chunk_blocks)
    return [piece for piece in pieces + texts(post.blocks) if piece.text]


def said(task):
    """The texts of a task card."""
    sources = [source.get("text", "") for source in task.get("sources") or ()]
    return [str(task.get(key, "")) for key in ("title", "details", "output")] + sources


def texts(node):
    """Every text object, markdown block and rich text below a block, in order."""
    if isinstance(node, list):
        return [piece for child in node for piece in texts(child)]
    if not isinstance(node, dict):
        return []
    kind, text = node.get("type"), node.get("text")
    if kind in ("mrkdwn", "plain_text", "markdown", "text", "link") and isinstance(text, str):
        kind = "plain" if kind in ("plain_text", "text", "link") else kind
        return [Piece(text, kind, bool(node.get("verbatim", kind != "mrkdwn")))]
    return _alive(node) + [piece for child in node.values() for piece in texts(child)]


def _alive(node):
    """The parts of rich text that mention somebody."""
    kind = node.get("type")
    if kind == "user" and "user_id" in node:
        return [Piece(f"<@{node['user_id']}>")]
    if kind == "broadcast":
        return [Piece(f"<!{node['range']}>")]
    return [Piece(f"<!subteam^{node['usergroup_id']}>")] if kind == "usergroup" else []


def shown(thing):
    """What a person reads in a post or a view."""
    stream = getattr(thing, "stream", None)
    pieces = [piece for piece in spoken_blocks(thing) if piece.text]
    if stream is None and not pieces:
        return read(getattr(thing, "text", ""))
    streamed = [stream.plan, *(t for k in stream.tasks.values() for t in said(k))] if stream else []
    body = [stream.markdown] if stream else []
    looks = [piece.text if piece.kind == "plain" else read(piece.text) for piece in pieces]
    return "\n".join(text for text in (*streamed, *body, *looks) if text)


def spoken_blocks(thing):
    """The pieces that blocks show, the streamed ones first."""
    stream = getattr(thing, "stream", None)
    return texts(stream.chunk_blocks if stream else []) + texts(thing.blocks)


def pings(post, *, names_linked):
    """What in a post is live, with where it stands."""
    found = [
        (match[0], piece.kind)
        for piece in spoken(post)
        if piece.kind != "plain"
        for match in _LIVE.finditer(piece.text)
    ]
    found += [
        (match[0], "bare")
        for piece in spoken(post)
        if piece.kind == "mrkdwn" and (names_linked or not piece.verbatim)
        for match in _BARE.finditer(piece.text)
    ]
    return [Ping(raw, where, post.ts, post.channel.id) for raw, where in dict.fromkeys(found)]


def has_url(post):
    """Whether anything in the post could unfurl."""
    return any(_URL.search(piece.text) for piece in spoken(post) if piece.kind != "plain")

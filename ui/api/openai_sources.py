"""The list of sources that ends a text, for clients that show nothing else; and its removal."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeGuard
from urllib.parse import quote, urlsplit

from rag.language.latex import readable
from rag.language.untrusted import honest, visible
from rag.types import Answer, Paper
from ui import render

HEADING = "Sources:"
LONGEST_TITLE = 300  # characters
_LIST = re.compile(rf"\n\n{HEADING}\n(?:\[[0-9]{{1,4}}\] [^\n]*(?:\n|\Z))+\s*\Z")
_IMAGE = re.compile(r"!(?=\[)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def listed(answer: Answer, home: str) -> str:
    """The papers cited by their numbers, after an empty line; empty where none is."""
    lines = (
        f"[{one.number}] {harmless(title_of(one.paper))} — {address_of(one.paper, home)}"
        for one in render.references(answer)
    )
    text = "\n".join(lines)
    return f"\n\n{HEADING}\n{text}" if text else ""


def without_sources(text: str) -> str:
    """An earlier answer of ours without its list."""
    return _LIST.sub("", text.replace("\r\n", "\n"))


def title_of(paper: Paper) -> str:
    """On one line, without what is hidden in it."""
    return _title(paper.title) or paper.id


def address_of(paper: Paper, home: str) -> str:
    """Its own address where a browser may go there, else that of its page here."""
    return paper.url if _is_web(paper.url) else f"{home}/papers/{quote(paper.id, safe='')}"


def harmless(text: str) -> str:
    """Text that loads nothing where a front end reads it as Markdown or HTML.

    Ordinary text stays as it is; a blank parts what would begin an image or a tag.
    """
    return _TAG.sub("< ", _IMAGE.sub("! ", text))


@lru_cache(maxsize=4096)
def _title(title: str) -> str:
    return " ".join(visible(honest(readable(title))).split())[:LONGEST_TITLE]


def _is_web(url: str | None) -> TypeGuard[str]:
    if not url or not url.isprintable() or re.search(r"[\s<>\"\\]", url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        return False

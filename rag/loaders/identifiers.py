"""Brings the identifiers of papers into one form, and makes an address of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from rag.language.identifiers import SENTENCE_END, arxiv_id, doi, pmid
from rag.loaders.text import clean

# A number is taken for a DOI only where its registrant is one that there may be.
_REGISTERED = re.compile(r"10\.\d{4,9}/", re.ASCII)
_URL = re.compile(r"https?://[^\s/?#<>\"'`\\^{|}@]+(?:/[^\s<>\"`\\^{|}]*|[?#][^\s<>\"`\\^{|}]*)?")
_LONGEST = 2_048

Identifiers = tuple[tuple[str, str], ...]


def identify(given: Iterable[tuple[str, object]]) -> Identifiers:
    """What `given` says, normalised: pairs of a scheme (arxiv, doi, pmid, id, url) and a value.

    An `id` is taken for an arXiv id or a DOI where it has that form; a `url` counts only where
    it leads to one of these.
    """
    found = (pair for scheme, value in given for pair in _identify(scheme, _text(value)))
    return tuple(dict.fromkeys(found))


def web_address(value: object, identifiers: Identifiers) -> str | None:
    """`value` where it is the address of a web page, or else one made of an arXiv id or a DOI."""
    text = _text(value)
    if _URL.fullmatch(text):
        return text
    known = dict(reversed(identifiers))
    if "arxiv" in known:
        return f"https://arxiv.org/abs/{known['arxiv']}"
    if "doi" in known:
        return f"https://doi.org/{quote(known['doi'], safe='/:;()._-')}"
    return None


def _text(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**18:
        return str(value)
    if isinstance(value, str) and len(value) <= _LONGEST:
        return clean(value)
    return ""


def _identify(scheme: str, text: str) -> Iterator[tuple[str, str]]:
    if not text:
        return
    if scheme == "pmid":
        if number := pmid(text):
            yield "pmid", number
        return
    registered = _doi(text)
    arxiv = arxiv_id(text) or arxiv_id(registered or "")
    if registered:
        yield "doi", registered
    if arxiv:
        yield "arxiv", arxiv
    if scheme == "id" and not (arxiv or registered):
        yield "id", text


def _doi(text: str) -> str | None:
    found = doi(text)
    if found is None or not _REGISTERED.match(found):
        return None
    return clean(found).rstrip(SENTENCE_END)  # behind percent signs there may be anything

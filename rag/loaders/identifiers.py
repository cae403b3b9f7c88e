"""Brings the identifiers of papers into one form, and makes an address of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote

from rag.loaders.text import clean

_ARXIV = re.compile(
    r"""(?: arxiv:\ ?
          | (?:https?://)? (?:www\.|export\.)? arxiv\.org/(?:abs|pdf|html)/
          | (?:https?://)? (?:www\.)? huggingface\.co/papers/
          | 10\.48550/arxiv\. )?
        (?: ( (?:0[7-9]|1[0-4]) (?:0[1-9]|1[0-2]) \.\d{4}     # April 2007 to 2014
            | (?:1[5-9]|[2-6]\d) (?:0[1-9]|1[0-2]) \.\d{5} )
          | ( astro-ph | cond-mat | cs | gr-qc | hep-(?:ex|lat|ph|th) | math | math-ph | nlin
            | nucl-(?:ex|th) | physics | q-bio | q-fin | quant-ph | stat | [a-z]{3,5}-[a-z]{2,4} )
            (?:\.[a-z]{2})? / ( \d\d (?:0[1-9]|1[0-2]) \d{3} ) )
        (?:v\d+)? (?:\.pdf)? /?""",
    re.ASCII | re.I | re.X,
)
_DOI = re.compile(
    r"(doi:\s*|(?:https?://)?(?:dx\.|www\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.ASCII | re.I
)
_PMID = re.compile(
    r"(?:pmid:?\s*|(?:https?://)?pubmed\.ncbi\.nlm\.nih\.gov/)?0*([1-9]\d{0,8})/?",
    re.ASCII | re.I,
)
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
        if match := _PMID.fullmatch(text):
            yield "pmid", match[1]
        return
    doi = _doi(text)
    arxiv = _arxiv(text) or _arxiv(doi or "")
    if doi:
        yield "doi", doi
    if arxiv:
        yield "arxiv", arxiv
    if scheme == "id" and not (arxiv or doi):
        yield "id", text


def _arxiv(text: str) -> str | None:
    match = _ARXIV.fullmatch(text)
    if match is None:
        return None
    return match[1] or f"{match[2].lower()}/{match[3]}"


def _doi(text: str) -> str | None:
    match = _DOI.fullmatch(text)
    if match is None:
        return None
    doi = unquote(match[2]) if match[1] else match[2]
    return clean(doi).rstrip(".,;").lower()

"""The identifiers of papers, in each of the forms in which sources and people write them."""

from __future__ import annotations

import re
from urllib.parse import unquote

SENTENCE_END = ".,;"  # at the end of a DOI it is not the DOI's
_ARXIV = re.compile(
    r"""(?: arxiv:\s*
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
    r"(doi:\s*|(?:https?://)?(?:dx\.|www\.)?doi\.org/)?(10\.\d+/\S+)", re.ASCII | re.I
)
_PMID = re.compile(
    r"(?:pmid:?\s*|(?:https?://)?pubmed\.ncbi\.nlm\.nih\.gov/)?0*([1-9]\d{0,8})/?",
    re.ASCII | re.I,
)


def arxiv_id(text: str) -> str | None:
    """Without its version, of an old one without the subject class: "2406.01234", "math/0309136".

    An arXiv DOI is one too.
    """
    match = _ARXIV.fullmatch(text)
    if match is None:
        return None
    return match[1] or f"{match[2].lower()}/{match[3]}"


def doi(text: str) -> str | None:
    """In small letters; percent signs are read where it stands in an address."""
    match = _DOI.fullmatch(text)
    if match is None:
        return None
    return (unquote(match[2]) if match[1] else match[2]).rstrip(SENTENCE_END).lower()


def pmid(text: str) -> str | None:
    """Without leading zeros."""
    match = _PMID.fullmatch(text)
    return match and match[1]

"""The cited papers as BibTeX, by bibtexparser; characters become LaTeX by pylatexenc."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from ui.exports.names import Name
from ui.exports.works import Work

if TYPE_CHECKING:
    from bibtexparser.model import Entry
    from pylatexenc.latex2text import LatexNodes2Text
    from pylatexenc.latexencode import UnicodeToLatexEncoder

# What means something to LaTeX. BibTeX counts braces even behind a backslash, so that a lone one
# has to be a command.
_SPECIAL = {
    **{one: f"\\{one}" for one in "%&#_$"},
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "\\": r"{\textbackslash}",
    "^": r"{\textasciicircum}",
    "~": r"{\textasciitilde}",
    "<": r"{\textless}",
    ">": r"{\textgreater}",
    "|": r"{\textbar}",
}


def written(works: Sequence[Work]) -> str:
    """A `.bib` file; `@misc` for preprints, since no journal of theirs is known."""
    from bibtexparser.library import Library
    from bibtexparser.writer import BibtexFormat, write

    form = BibtexFormat()  # type: ignore[no-untyped-call]
    form.indent, form.block_separator, form.trailing_comma = "  ", "\n", True
    return write(Library([_entry(work) for work in works]), form)


def _entry(work: Work) -> Entry:
    from bibtexparser.model import Entry, Field

    fields = [Field(name, value) for name, value in _fields(work)]
    return Entry("article" if work.kind == "article" else "misc", work.key, fields)


def _fields(work: Work) -> Iterator[tuple[str, str]]:
    yield "title", f"{{{_title(work.title)}}}"
    if work.authors:
        names = [*map(_name, work.authors), *(["others"] if work.has_more else [])]
        yield "author", f"{{{' and '.join(names)}}}"
    if work.published:
        yield "year", f"{{{work.published.year}}}"
        if work.published.month:
            yield "month", calendar.month_abbr[work.published.month].lower()
    if work.arxiv:
        yield "eprint", f"{{{work.arxiv}}}"
        yield "archiveprefix", "{arXiv}"
    for name in ("doi", "pmid", "url"):
        if value := getattr(work, name):
            yield name, f"{{{value}}}"


def _title(title: str) -> str:
    """Words and what stands around them; only words are kept as they are spelled."""
    pieces = re.split(r"(\w\S*\w)", title)
    return "".join(_kept(one) if place % 2 else _latex(one) for place, one in enumerate(pieces))


def _kept(word: str) -> str:
    return f"{{{_latex(word)}}}" if _is_spelled_so(word) else _latex(word)


def _is_spelled_so(word: str) -> bool:
    """Whether its capitals belong to it, so that no style may lower them: TideNet, GPT-4, Q8."""
    has_inner = any(letter.isupper() for letter in word[1:])
    return has_inner or (word[:1].isupper() and any(letter.isdigit() for letter in word))


def _name(name: Name) -> str:
    """`Family, Suffix, Given`; braces keep the name of a group, or one with an "and", whole."""
    if name.literal or not _is_safe(name):
        return f"{{{_latex(name.literal or name.last_first)}}}"
    return ", ".join(_latex(part) for part in (name.family, name.suffix, name.given) if part)


def _is_safe(name: Name) -> bool:
    parts = f"{name.family} {name.suffix} {name.given}"
    return "," not in parts and " and " not in f" {parts.lower()} "


def _latex(text: str) -> str:
    return "".join(map(_character, text))


@cache
def _character(one: str) -> str:
    """A command, unless it would read back as something else; every BibTeX of today has UTF-8."""
    if one.isascii():
        return _SPECIAL.get(one, one)
    encoder, decoder = _codec()
    command = str(encoder.unicode_to_latex(one))
    return command if decoder.latex_to_text(command) == one else one


@cache
def _codec() -> tuple[UnicodeToLatexEncoder, LatexNodes2Text]:
    from pylatexenc.latex2text import LatexNodes2Text
    from pylatexenc.latexencode import UnicodeToLatexEncoder

    encoder = UnicodeToLatexEncoder(
        replacement_latex_protection="braces-almost-all",
        unknown_char_policy="keep",
        unknown_char_warning=False,
    )
    return encoder, LatexNodes2Text()

"""Answers as files: Markdown with references, and the cited papers for reference managers.

A format is a module of this package and a row of `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import FootnoteError
from ui.conversation import Kept
from ui.exports import bibtex, csl_json, markdown, ris
from ui.exports.works import Work, works


class ExportError(FootnoteError):
    """Answers cannot be written to that file."""


@dataclass(frozen=True, slots=True)
class Format:
    """How answers become the content of a file; `papers_alone` holds only what they cite."""

    name: str
    media_type: str
    written: Callable[[Sequence[Kept]], str]
    papers_alone: bool = True


FORMATS: Mapping[str, Format] = {
    ".md": Format("Markdown", "text/markdown", markdown.written, papers_alone=False),
    ".bib": Format("BibTeX", "application/x-bibtex", lambda said: bibtex.written(_works(said))),
    ".ris": Format(
        "RIS", "application/x-research-info-systems", lambda said: ris.written(_works(said))
    ),
    ".json": Format(
        "CSL-JSON",
        "application/vnd.citationstyles.csl+json",
        lambda said: csl_json.written(_works(said)),
    ),
}


def format_of(path: Path) -> Format:
    """By the end of a file's name; raises ExportError where none is written so."""
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        known = ", ".join(f"{suffix} ({one.name})" for suffix, one in FORMATS.items())
        raise ExportError(f"{path} does not say a format; end its name in one of {known}.")
    return found


def check(path: Path) -> None:
    """Raises ExportError where nothing can be written to this path, before anything is asked."""
    format_of(path)
    if path.exists():
        raise ExportError(f"{path} exists already; give another name, or remove it first.")
    if not path.parent.is_dir():
        raise ExportError(f"There is no folder {path.parent}; make it, or give another name.")


def export(path: Path, said: Sequence[Kept]) -> None:
    """Writes a new file; a bibliography that somebody keeps is never written over."""
    check(path)
    form = format_of(path)
    if form.papers_alone and not _works(said):
        raise ExportError(f"No paper is cited, so {path} was not written.")
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(form.written(said))
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}.") from None


def _works(said: Sequence[Kept]) -> list[Work]:
    return works([one.answer for one in said])

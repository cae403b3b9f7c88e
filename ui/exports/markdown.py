"""Answers as Markdown, each followed by its references and the sentences that support it.

The text stands as it was shown, with its numbers: in a conversation they begin anew with each
answer, so that each has a list of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.language.latex import readable
from rag.types import Answer, Refusal
from ui import render
from ui.conversation import Kept
from ui.scope_in_words import within

_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~&$]")
_OPENS_BLOCK = re.compile(r"^([-+=])|^(\d+)([.)])")
WRITTEN = "Written by {model}; each sentence was checked against the source that it cites."


def written(said: Sequence[Kept]) -> str:
    """A page for one answer, or for a conversation with a section an answer."""
    if len(said) == 1:
        return "\n\n".join(_section(said[0], "#")) + "\n"
    sections = (block for one in said for block in _section(one, "##"))
    return "\n\n".join(("# Questions and answers", *sections)) + "\n"


def plain(text: str) -> str:
    """Text on one line whose characters mean nothing but themselves."""
    escaped = _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))
    return _OPENS_BLOCK.sub(lambda at: f"\\{at[1]}" if at[1] else f"{at[2]}\\{at[3]}", escaped)


def _section(one: Kept, level: str) -> Iterator[str]:
    answer = one.answer
    yield f"{level} {plain(answer.question)}"
    if confined := within(one.scope):
        yield f"*{plain(confined)}*"
    if answer.refusal:
        yield from _refusal(answer.refusal)
        return
    yield answer.text.strip("\n")
    if listed := render.references(answer):
        yield f"{level}# References"
        yield "\n\n".join(_reference(answer, reference) for reference in listed)
    if notes := " ".join(_notes(answer)):
        yield notes


def _refusal(refusal: Refusal) -> Iterator[str]:
    yield f"**No answer.** {plain(refusal.reason)}"
    if refusal.nearest:
        nearest = (f"- {plain(render.title_and_year(paper))}" for paper in refusal.nearest)
        yield "Nearest on the shelf:\n\n" + "\n".join(nearest)


def _reference(answer: Answer, reference: render.Reference) -> str:
    """An item of a list, with what it supports as quotations in it."""
    paper, number = reference.paper, f"{reference.number}. "
    date = render.date(paper.published)
    facts = (
        plain(render.authors(paper)),
        f"**{plain(render.title(paper))}**",
        plain(paper.organization or ""),
        plain(date),
        f"<{_address(paper.url)}>" if paper.url else "",
    )
    quotes = (readable(paper.abstract[span.start : span.end]) for span in reference.spans)
    blocks = [
        ". ".join(filter(None, facts)),
        *(f"> {plain(quote)}" for quote in quotes if quote),
        *(f"*Weak: {plain(doubt)}*" for doubt in render.doubts(answer, reference.number)),
    ]
    return number + f"\n\n{' ' * len(number)}".join(blocks)


def _notes(answer: Answer) -> Iterator[str]:
    if answer.model:
        yield WRITTEN.format(model=plain(answer.model))
    if left_out := render.left_out(answer):
        yield left_out


def _address(url: str) -> str:
    return re.sub(r"[\s<>\\]", lambda found: f"%{ord(found[0]):02X}", url)

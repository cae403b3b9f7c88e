"""What stands below an answer: its sources or the nearest papers, notes, and buttons.

A message has 50 blocks at most, and beside Markdown some 13,000 characters in all; so sources are
cut short rather than refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.language.latex import readable
from rag.types import Answer, Paper, Refusal
from ui import render
from ui.bot.platform import Said
from ui.render import Reference
from ui.slack import names, texts
from ui.slack.escaping import markdown, plain
from ui.slack.rich_text import Json, block, bullets, link, quote, section, spaced, text

LONGEST_ANSWER = 7_500  # characters
MOST_SOURCES = 8
MOST_QUOTES = 2
LONGEST_QUOTE = 160
LONGEST_TITLE = 120
LONGEST_REASON = 120
LONGEST_BUTTON = 75
LONGEST_FALLBACK = 300
# A notification shows Markdown as it is written: bold, and the sign of an item.
_MARKS = re.compile(r"\*\*|^- ", re.MULTILINE)


def below(said: Said) -> list[Json]:
    """All of it; small talk has nothing below."""
    answer = said.answer
    if answer.refusal:
        return [*_nearest(answer.refusal), *_feedback(said)]
    if not answer.citations:
        return []
    return [_sources(answer), *_notes(answer), _buttons(said), *_feedback(said)]


def whole(said: Said) -> list[Json]:
    """The answer with what stands below it, as one message."""
    return [*spoken(rest(said.answer.text, 0)), *below(said)]


def spoken(said: str) -> list[Json]:
    """A text of ours or of a model."""
    safe = markdown(said).strip()
    return [{"type": "markdown", "text": safe}] if safe else []


def rest(said: str, shown: int) -> str:
    """What of a text is still to be shown after its first characters, as far as it has room."""
    if len(said) <= LONGEST_ANSWER:
        return said[shown:]
    return f"{said[shown:LONGEST_ANSWER]}\n\n_{texts.REST}_"


def fallback(said: str) -> str:
    """What a notification says."""
    return plain(_MARKS.sub("", said), LONGEST_FALLBACK) or texts.ANSWER


def papers_list(papers: Sequence[Paper]) -> Json:
    """Papers by title, each a link, with their dates."""
    return bullets([section(_named(paper)) for paper in papers])


def _nearest(refusal: Refusal) -> list[Json]:
    if not refusal.nearest:
        return []
    head = section([text(texts.NEAREST, style="bold")])
    return [block([head, papers_list(refusal.nearest)])]


def _sources(answer: Answer) -> Json:
    listed = render.references(answer)
    elements = [section([text(texts.SOURCES, style="bold")])]
    for reference in listed[:MOST_SOURCES]:
        elements += _source(answer, reference)
    if (more := len(listed) - MOST_SOURCES) > 0:
        left = texts.MORE_SOURCES.format(papers=render.several(more, "more paper"))
        elements.append(section([text(left, style="italic")]))
    return block(elements)


def _source(answer: Answer, reference: Reference) -> Iterator[Json]:
    """Number, title and date; the sentences it supports the answer with; what was found of them."""
    yield section([spaced(f"[{reference.number}] "), *_named(reference.paper)])
    for span in reference.spans[:MOST_QUOTES]:
        said = readable(reference.paper.abstract[span.start : span.end])
        yield quote(said, longest=LONGEST_QUOTE)
    yield section([text(_verdict(answer, reference), style="italic")])


def _named(paper: Paper) -> list[Json]:
    named = link(paper.url, render.title(paper), longest=LONGEST_TITLE)
    dated = render.date(paper.published)
    return [named, {"type": "text", "text": f" · {dated}"}] if dated else [named]


def _verdict(answer: Answer, reference: Reference) -> str:
    """The weakest of what was found, and why."""
    cites = [one for one in answer.citations if one.number == reference.number]
    labels = {one.verdict.label for one in cites}
    label = next(one for one in ("unsupported", "weak", "supported") if one in labels)
    why = render.doubts(answer, reference.number)
    if not why and not reference.spans:
        why = [texts.RECORD]
    return plain(" · ".join([texts.LABELS[label], *why]), LONGEST_REASON)


def _notes(answer: Answer) -> list[Json]:
    """What is to be said of a model's answer."""
    said = filter(None, (answer.failure or "", render.left_out(answer)))
    notes = [{"type": "plain_text", "text": plain(one, 300)} for one in said]
    return [{"type": "context", "elements": notes}] if notes else []


def _buttons(said: Said) -> Json:
    """One for the evidence of each source, and one for all of them as a file."""
    numbers = [one.number for one in render.references(said.answer)][:MOST_SOURCES]
    evidence = [_evidence(said.token, number, is_first=not at) for at, number in enumerate(numbers)]
    export = button(texts.EXPORT, names.EXPORT, said.token)
    return {"type": "actions", "elements": [*evidence, export]}


def _evidence(token: str, number: int, *, is_first: bool) -> Json:
    """In words on the first button alone: eight of them would stand over the answer like a wall."""
    named = texts.SHOW_EVIDENCE.format(number=number)
    shown = named if is_first else f"[{number}]"
    made = button(shown, f"{names.EVIDENCE}:{number}", f"{token}:{number}")
    return made | {"accessibility_label": named}


def _feedback(said: Said) -> list[Json]:
    """Thumbs, where what they say can be kept."""
    if not said.is_recorded:
        return []
    thumbs = {
        "type": "feedback_buttons",
        "action_id": names.FEEDBACK,
        "positive_button": _thumb(texts.GOOD, f"up:{said.token}"),
        "negative_button": _thumb(texts.BAD, f"down:{said.token}"),
    }
    return [{"type": "context_actions", "elements": [thumbs]}]


def _thumb(label: str, value: str) -> Json:
    return {"text": _plain(label), "value": value, "accessibility_label": label}


def button(label: str, action: str, value: str) -> Json:
    return {
        "type": "button",
        "text": _plain(plain(label, LONGEST_BUTTON)),
        "action_id": action,
        "value": value,
    }


def _plain(said: str) -> Json:
    return {"type": "plain_text", "text": said}

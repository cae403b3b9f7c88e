"""What was found of the sentences of a message, for the one who wanted to know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rag.language.latex import readable
from ui import render
from ui.bot import texts as bot_texts
from ui.bot.checking import Checked
from ui.bot.examining import Examined
from ui.slack import texts
from ui.slack.blocks import LONGEST_TITLE, spoken
from ui.slack.escaping import plain
from ui.slack.rich_text import Json, block, link, quote, section, spaced, text

LONGEST_SENTENCE = 300
LONGEST_REASONS = 300
LONGEST_SUPPORT = 240


def summary(examined: Examined) -> str:
    """In one line how many sentences are supported; or why none was checked."""
    if not examined.checked:
        return examined.note
    counts = Counter(_label(one) for one in examined.checked)
    said = [shown.format(n=counts[label]) for label, shown in texts.SEVERAL.items()]
    return f"{texts.CHECKED.format(counts=', '.join(said))}."


def blocks(examined: Examined) -> list[Json]:
    """The summary, then each sentence with its verdict and what it was found in."""
    if not examined.checked:
        return spoken(examined.note)
    notes = spoken(examined.note) if examined.note else []
    return [
        *spoken(f"**{summary(examined)}**"),
        *(block(list(_checked(one))) for one in examined.checked),
        *notes,
    ]


def _checked(one: Checked) -> Iterator[Json]:
    yield quote(one.sentence, longest=LONGEST_SENTENCE)
    if one.paper is None or one.verdict is None:
        yield section([text(f"{texts.LABELS['unsupported']} · {bot_texts.NO_PAPER}")])
        return
    said = " · ".join([texts.LABELS[one.verdict.label], *one.verdict.reasons])
    is_unsupported = one.verdict.label == "unsupported"
    between = spaced(texts.NEAREST_TO_IT if is_unsupported else " ")
    named = link(one.paper.url, render.title(one.paper), longest=LONGEST_TITLE)
    yield section([text(plain(said, LONGEST_REASONS), style="italic"), between, named])
    if (span := one.verdict.span) and not is_unsupported:
        said = readable(one.paper.abstract[span.start : span.end])
        yield section([text(f"“{plain(said, LONGEST_SUPPORT)}”")])


def _label(one: Checked) -> str:
    return one.verdict.label if one.verdict else "unsupported"

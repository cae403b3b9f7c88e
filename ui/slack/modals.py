"""What opens over Slack: the evidence of a source, a bibliography, the question what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from rag.types import Answer, Citation
from ui import render
from ui.answer_log import Reason
from ui.slack import names, texts
from ui.slack.escaping import plain
from ui.slack.rich_text import Json, block, link, preformatted, section, spaced, text

LONGEST_HEADER = 150
LONGEST_NOTE = 1000
LONGEST_PIECE = 2500  # characters of one element


def evidence(answer: Answer, number: int) -> Json | None:
    """The abstract of a source with what was cited of it in bold; None where there is no such."""
    cites = [one for one in answer.citations if one.number == number]
    if not cites:
        return None
    paper = cites[0].paper
    blocks: list[Json] = [
        {"type": "header", "text": _plain(plain(render.title(paper), LONGEST_HEADER))},
        *([block([section([text(byline)])])] if (byline := render.byline(paper)) else []),
        block([section([text(one)]) for one in _verdicts(cites)]),
        {"type": "divider"},
        block([_abstract(cites)]),
    ]
    blocks += [block([section([link(paper.url, texts.OPEN_PAPER)])])] if paper.url else []
    return _modal(texts.EVIDENCE.format(number=number), blocks)


def bibliography(content: str) -> Json:
    """BibTeX to be copied, where no file can be put."""
    pieces = [content[at : at + LONGEST_PIECE] for at in range(0, len(content), LONGEST_PIECE)]
    return _modal(texts.BIBTEX, [block([preformatted(one)]) for one in pieces[:90]])


def complaint(kept: str) -> Json:
    """Asks why an answer is bad; what is `kept` comes back with the reason."""
    reasons = [{"text": _plain(texts.REASONS[one]), "value": one} for one in get_args(Reason)]
    chosen = {"type": "radio_buttons", "action_id": names.REASON, "options": reasons}
    words = {
        "type": "plain_text_input",
        "action_id": names.NOTE,
        "multiline": True,
        "max_length": LONGEST_NOTE,
    }
    inputs = [
        _input(names.REASON, texts.WHAT_IS_WRONG, chosen),
        _input(names.NOTE, texts.IN_OTHER_WORDS, words) | {"optional": True},
    ]
    view = _modal(texts.WHAT_IS_WRONG, inputs)
    return view | {
        "callback_id": names.COMPLAINT,
        "private_metadata": kept,
        "submit": _plain(texts.SEND),
        "close": _plain(texts.CANCEL),
    }


def _verdicts(cites: Sequence[Citation]) -> list[str]:
    """What was found, each once."""
    found = dict.fromkeys(
        " · ".join([texts.LABELS[one.verdict.label], *one.verdict.reasons]) for one in cites
    )
    return list(found)


def _abstract(cites: Sequence[Citation]) -> Json:
    spans = [one.span for one in cites if one.span]
    pieces = [
        spaced(f"{one.text[at : at + LONGEST_PIECE]} ", style="bold" if one.supports else "")
        for one in render.segments(cites[0].paper.abstract, spans)
        for at in range(0, len(one.text), LONGEST_PIECE)
    ]
    return section(pieces) if pieces else section([text(texts.NO_ABSTRACT, style="italic")])


def _modal(title: str, blocks: Sequence[Json]) -> Json:
    return {
        "type": "modal",
        "title": _plain(plain(title, 24)),
        "close": _plain(texts.CLOSE),
        "blocks": list(blocks),
    }


def _input(name: str, label: str, element: Json) -> Json:
    return {"type": "input", "block_id": name, "label": _plain(label), "element": element}


def _plain(said: str) -> Json:
    return {"type": "plain_text", "text": said}

"""Where a text cites what, as clients of OpenAI and of Perplexity read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rag.language.latex import readable
from rag.types import Answer, Citation
from ui import render
from ui.api.openai_sources import address_of, title_of

_MARKER = re.compile(r"\[([0-9]{1,4})\]")
Json: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Annotation:
    """A marker `text[start:end]`, counted in code points, and the paper that it points to."""

    start: int
    end: int
    title: str
    url: str

    def flat(self) -> Json:
        """As responses have it."""
        return {"type": "url_citation", **self._fields()}

    def nested(self) -> Json:
        """As chat completions have it."""
        return {"type": "url_citation", "url_citation": self._fields()}

    def _fields(self) -> Json:
        return {
            "start_index": self.start,
            "end_index": self.end,
            "title": self.title,
            "url": self.url,
        }


def placed(text: str, citations: Sequence[Citation], home: str) -> list[Annotation]:
    """One for each marker; the i-th belongs to the i-th citation."""
    return [
        Annotation(*found.span(), title_of(one.paper), address_of(one.paper, home))
        for found, one in _cited(text, citations)
    ]


def extras(answer: Answer, home: str) -> Json:
    """`citations` and `search_results`: the n-th is what `[n]` points to."""
    references = render.references(answer)
    return {
        "citations": [address_of(one.paper, home) for one in references],
        "search_results": [_result(one, home) for one in references],
    }


def own(answer: Answer, record: str) -> Json:
    """What no other API has: verdicts, why there is no answer, the id that feedback names."""
    refusal = answer.refusal
    return {
        "record": record or None,
        "refusal": refusal
        and {
            "kind": refusal.kind,
            "reason": refusal.reason,
            "nearest": [{"id": one.id, "title": title_of(one)} for one in refusal.nearest],
        },
        "verdicts": [_verdict(one) for one in answer.citations],
        "model": answer.model,
        "failure": answer.failure,
        "left_out": len(answer.dropped),
    }


def _cited(text: str, citations: Sequence[Citation]) -> Iterator[tuple[re.Match[str], Citation]]:
    waiting = list(reversed(citations))
    for found in _MARKER.finditer(text):
        if waiting and waiting[-1].number == int(found[1]):
            yield found, waiting.pop()


def _result(reference: render.Reference, home: str) -> Json:
    paper = reference.paper
    quoted = (readable(paper.abstract[span.start : span.end]) for span in reference.spans)
    return {
        "title": title_of(paper),
        "url": address_of(paper, home),
        "snippet": " ".join(quoted) or render.byline(paper),
        "date": render.iso_date(paper.published),
    }


def _verdict(citation: Citation) -> Json:
    return {
        "marker": citation.number,
        "paper": citation.paper.id,
        "label": citation.verdict.label,
        "reasons": list(citation.verdict.reasons),
        "probability": round(citation.verdict.probability, 4),
        "sentence": citation.sentence,
    }

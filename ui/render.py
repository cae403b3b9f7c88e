"""Answers, papers and what was found as text and as JSON; pure, and the same on every surface."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rag.language.latex import readable
from rag.language.words import keywords

if TYPE_CHECKING:
    from rag.types import Answer, Citation, Hit, Paper, Published, Refusal, Span, Verdict

Json: TypeAlias = dict[str, object]

SHOWN_AUTHORS = 3
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Reference:
    """A paper that an answer cites, its number, and the sentences that were used, in order.

    There are none where the paper's record alone is cited: its date, authors and the like.
    """

    number: int
    paper: Paper
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of an abstract, and whether it is a sentence that supports the answer."""

    text: str
    supports: bool


def references(answer: Answer) -> list[Reference]:
    """The papers cited, each once, by their numbers."""
    papers: dict[int, Paper] = {}
    spans: dict[int, set[Span]] = {}
    for citation in answer.citations:
        papers.setdefault(citation.number, citation.paper)
        cited = spans.setdefault(citation.number, set())
        if citation.span:
            cited.add(citation.span)
    return [
        Reference(number, papers[number], _in_order(spans[number])) for number in sorted(papers)
    ]


def segments(abstract: str, spans: Iterable[Span]) -> list[Segment]:
    """The whole abstract, cut where supporting sentences begin and end, made readable."""
    pieces = (
        Segment(readable(abstract[start:end]), supports)
        for start, end, supports in _cut(len(abstract), _in_order(spans))
    )
    return [piece for piece in pieces if piece.text]


def date(published: Published | None) -> str:
    """The parts of a date that are known, and no others."""
    if published is None:
        return ""
    year = str(published.year) if published.year else ""
    if not published.month:
        return year
    month = calendar.month_abbr[published.month]
    day = f"{month} {published.day}" if published.day else month
    return f"{day}, {year}" if published.day and year else f"{day} {year}".strip()


def iso_date(published: Published | None) -> str | None:
    """A date in a form that is read again when papers are added; None where nothing is known."""
    if published is None or not published.year:
        return date(published) or None
    parts = [f"{published.year:04}"]
    if published.month:
        parts.append(f"{published.month:02}")
        if published.day:
            parts.append(f"{published.day:02}")
    return "-".join(parts)


def title(paper: Paper) -> str:
    return readable(paper.title)


def title_and_year(paper: Paper) -> str:
    """How a reference names its paper."""
    year = paper.published.year if paper.published else None
    return f"{title(paper)}, {year}" if year else title(paper)


def authors(paper: Paper, *, most: int | None = None) -> str:
    """The names that are known, at most so many of them, and how many there are besides."""
    names = paper.authors[:most]
    count = max(paper.author_count or 0, len(paper.authors))
    if not names:
        return several(count, "author") if count else ""
    more = count - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def byline(paper: Paper) -> str:
    """Who, when, where, as far as known, in one line."""
    known = (authors(paper, most=SHOWN_AUTHORS), paper.organization or "", date(paper.published))
    return " · ".join(filter(None, known))


def answer_text(answer: Answer) -> str:
    """The whole answer as plain text, with its references, or why there is none."""
    if answer.refusal:
        return refusal_text(answer.refusal)
    listed = "\n".join(map(_reference_text, references(answer)))
    return f"{answer.text}\n\nReferences\n{listed}" if listed else answer.text


def refusal_text(refusal: Refusal) -> str:
    """Why there is no answer, and the nearest papers."""
    nearest = "\n".join(f"- {title_and_year(paper)} ({paper.id})" for paper in refusal.nearest)
    return f"{refusal.reason}\n\nNearest papers\n{nearest}" if nearest else refusal.reason


def left_out(answer: Answer) -> str:
    """How many sentences of a model nobody was shown; empty where there are none."""
    if not answer.dropped:
        return ""
    count = len(answer.dropped)
    verb, which = ("was", "it") if count == 1 else ("were", "them")
    return f"{several(count, 'sentence')} {verb} left out: no source supports {which}."


def written_by(answer: Answer, *, first: float | None, total: float) -> str:
    """Which model wrote an answer, what it used, and the seconds it took; empty without one.

    `first` is when the first sentence was there.
    """
    if answer.model is None:
        return ""
    usage = answer.usage
    about = "about " if usage.is_estimated else ""
    cost = "" if usage.cost is None else _dollars(usage.cost)
    tokens = f"{about}{usage.prompt_tokens:,} + {usage.completion_tokens:,} tokens"
    begun = "" if first is None else f"first sentence after {first:.1f} s"
    return " · ".join(filter(None, (answer.model, tokens, cost, begun, f"{total:.1f} s in all")))


def doubts(answer: Answer, number: int) -> list[str]:
    """Why citations of this number support only weakly, each reason once."""
    weak = (
        citation.verdict
        for citation in answer.citations
        if citation.number == number and citation.verdict.label == "weak"
    )
    return list(dict.fromkeys(" ".join(verdict.reasons) for verdict in weak))


def answer_json(answer: Answer) -> Json:
    """Everything about an answer."""
    seconds: dict[str, float] = {}
    for timing in answer.timings:
        seconds[timing.stage] = round(seconds.get(timing.stage, 0.0) + timing.seconds, 4)
    refusal = answer.refusal
    return {
        "question": answer.question,
        "answer": answer.text,
        "refused": refusal is not None,
        "reason": refusal.reason if refusal else None,
        "nearest": [_brief(paper) for paper in refusal.nearest] if refusal else [],
        "citations": [citation_json(citation) for citation in answer.citations],
        "retrieved": [
            {"paper_id": hit.paper.id, "title": hit.paper.title, "score": round(hit.score, 4)}
            for hit in answer.retrieved
        ],
        "timings": seconds,
        "usage": {
            "prompt_tokens": answer.usage.prompt_tokens,
            "completion_tokens": answer.usage.completion_tokens,
            "cost": answer.usage.cost,
            "estimated": answer.usage.is_estimated,
        },
        "model": answer.model,
        "failure": answer.failure,
        "dropped": [
            {"sentence": one.sentence, "reasons": list(one.reasons)} for one in answer.dropped
        ],
    }


def citation_json(citation: Citation) -> Json:
    """What one marker points to; `start` and `end` count characters of the abstract.

    Without them it is the paper's record that says so.
    """
    return {
        "marker": citation.number,
        "paper_id": citation.paper.id,
        "title": citation.paper.title,
        "url": citation.paper.url,
        "start": citation.span.start if citation.span else None,
        "end": citation.span.end if citation.span else None,
        "sentence": citation.sentence,
        "verdict": citation.verdict.label,
        "reasons": list(citation.verdict.reasons),
        "probability": round(citation.verdict.probability, 4),
    }


def verdict_json(check_id: str | int, verdict: Verdict) -> Json:
    """What was found of a sentence; `start` and `end` count characters of the abstract."""
    return {
        "id": check_id,
        "verdict": verdict.label,
        "reasons": list(verdict.reasons),
        "start": verdict.span.start if verdict.span else None,
        "end": verdict.span.end if verdict.span else None,
    }


def batch_json(question_id: str | int, answer: Answer, seconds: float) -> Json:
    """An answer as a line of a batch: papers by title."""
    return {
        "id": question_id,
        "answer": answer.text,
        "refused": answer.refusal is not None,
        "reason": answer.refusal.reason if answer.refusal else None,
        "citations": [reference.paper.title for reference in references(answer)],
        "retrieved": [hit.paper.title for hit in answer.retrieved],
        "seconds": round(seconds, 4),
    }


def paper_json(paper: Paper) -> Json:
    """Everything known of a paper, in a form that can be added to a shelf again."""
    return {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": list(paper.authors),
        "author_count": paper.author_count,
        "organization": paper.organization,
        "published": iso_date(paper.published),
        "upvotes": paper.upvotes,
        "url": paper.url,
        "identifiers": [{"scheme": name, "value": value} for name, value in paper.identifiers],
        "sources": list(paper.sources),
    }


def hit_json(rank: int, hit: Hit) -> Json:
    """A paper that was found, and the passage that it was found by."""
    return {
        "rank": rank,
        "score": round(hit.score, 4),
        "id": hit.paper.id,
        "title": hit.paper.title,
        "published": iso_date(hit.paper.published),
        "url": hit.paper.url,
        "passage": hit.passage.text,
        "start": hit.passage.span.start,
        "end": hit.passage.span.end,
    }


def words_asked(question: str) -> frozenset[str]:
    """The beginnings of those words of a question that say what it is about."""
    return frozenset(_stem(word) for word in _WORD.findall(keywords(question)) if len(word) > 2)


def pattern(asked: frozenset[str]) -> str:
    """A regular expression for words that begin so; matches nothing where there are none."""
    return rf"(?i)\b(?:{'|'.join(sorted(asked))})\w*" if asked else r"(?!)"


def excerpt(text: str, asked: frozenset[str], *, longest: int) -> str:
    """The part of a text that holds most of the words asked for, cut between words."""
    text = readable(text)
    if len(text) <= longest:
        return text
    words = [(match.start(), match.end()) for match in re.finditer(r"\S+", text)]
    met = [bool(asked & {_stem(word) for word in _WORD.findall(text[a:b])}) for a, b in words]
    first, last = _best_window(words, met, longest - 2)
    start, end = words[first][0], min(words[last][1], words[first][0] + longest - 2)
    return ("…" if first else "") + text[start:end] + ("…" if end < len(text) else "")


def several(count: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 paper`, `1,200 papers`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _dollars(cost: float) -> str:
    return "under $0.0001" if 0 < cost < 0.0001 else f"${cost:.4f}"


def _in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(sorted(set(spans), key=lambda span: (span.start, span.end)))


def _cut(length: int, spans: Sequence[Span]) -> Iterator[tuple[int, int, bool]]:
    position = 0
    for span in spans:
        start, end = max(position, span.start), min(length, span.end)
        if start < end:
            yield position, start, False
            yield start, end, True
            position = end
    yield position, length, False


def _reference_text(reference: Reference) -> str:
    url = reference.paper.url
    return f"[{reference.number}] {title_and_year(reference.paper)}" + (f". {url}" if url else "")


def _brief(paper: Paper) -> Json:
    return {"paper_id": paper.id, "title": paper.title, "url": paper.url}


def _stem(word: str) -> str:
    return word.lower()[:6]


def _best_window(
    words: Sequence[tuple[int, int]], met: Sequence[bool], longest: int
) -> tuple[int, int]:
    """First and last of the run of words that holds most of those met; the earliest of equals."""
    best, most, last = (0, 0), -1, 0
    for first in range(len(words)):
        last = max(last, first)
        while last + 1 < len(words) and words[last + 1][1] - words[first][0] <= longest:
            last += 1
        if (count := sum(met[first : last + 1])) > most:
            best, most = (first, last), count
    return best

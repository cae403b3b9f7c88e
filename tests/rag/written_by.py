"""Doubles for the writer's ports: a model that says what it was given, a checker that reads words.

Both are real implementations: the model streams and breaks off as endpoints do, the checker
supports a sentence where one sentence of the abstract has all its words.
"""

import asyncio
import re
from contextlib import aclosing

from rag.answering.asked import Asked
from rag.answering.evidence import Evidence
from rag.answering.outcome import Piece, Written
from rag.answering.writer import Task, Writer
from rag.engine import Engine
from rag.errors import ChatError
from rag.language.sentences import sentences
from rag.types import Hit, Paper, Passage, Reading, Span, Usage, Verdict

MARKER = re.compile(r"\[(\d+)\]")
SOURCE = re.compile(r"^Source \[(\d+)\]$", re.MULTILINE)
FUNCTION = frozenset("a an and are as at by in is it its of on that the to we which with".split())

SMOOTH = Paper(
    "smooth",
    "SmoothQuant: Accurate Quantization",
    "Large models need much memory. SmoothQuant enables 8-bit weights and activations. "
    "SmoothQuant runs 1.56 times faster. It needs no training.",
)
AWQ = Paper(
    "awq",
    "AWQ: Activation-aware Weights",
    "AWQ protects 1% of salient weights. AWQ runs 3 times faster than FP16 on mobile GPUs.",
)
OTTERS = Paper("otters", "Counting Otters", "Otters swim in rivers. Cameras count 40 otters a day.")
PAPERS = (SMOOTH, AWQ, OTTERS)
QUESTION = "How do SmoothQuant and AWQ make models faster?"


class Model:
    """Says its replies one after the other, in pieces; `{1}` is the id of the first source.

    A reply may be a list of pieces, with numbers for seconds of waiting and errors to raise.
    """

    name = "parrot"

    def __init__(self, *replies, context_window=8192, size=7):
        self.replies = list(replies)
        self.context_window = context_window
        self.size = size
        self.asked = []
        self.ended = []  # how each call ended

    async def stream(self, messages, *, max_tokens):
        self.asked.append(messages)
        number = len(self.asked)
        script = self.replies[min(number, len(self.replies)) - 1]
        try:
            for piece in self._pieces(script, messages):
                await asyncio.sleep(piece if isinstance(piece, float) else 0)
                if isinstance(piece, Exception):
                    _break_off(piece)
                if isinstance(piece, str):
                    yield piece
            yield Usage(100 * number, 10 * number)
        except BaseException as error:
            self.ended.append(type(error).__name__)
            raise
        self.ended.append("whole")

    def _pieces(self, script, messages):
        ids = SOURCE.findall(messages[-1].content)
        for part in [script] if isinstance(script, str | Exception) else script:
            if not isinstance(part, str):
                yield part
                continue
            text = part
            for place, id_ in enumerate(ids, start=1):
                text = text.replace(f"{{{place}}}", id_)
            yield from (text[start : start + self.size] for start in range(0, len(text), self.size))


def _break_off(error):
    raise error


class WordChecker:
    """Supported: all words stand in one sentence; weak: all but "elegantly"; else not."""

    def __init__(self, seconds=0.0):
        self.checked = []
        self.seconds = seconds

    def check(self, sentence, papers):
        self.checked.append((sentence, tuple(paper.id for paper in papers)))
        return [self._verdict(sentence, paper) for paper in papers]

    def _verdict(self, sentence, paper):
        wanted = told(sentence)

        def missing_in(span):
            return wanted - told(f"{paper.abstract[span.start : span.end]} {paper.title}")

        best = min(sentences(paper.abstract), key=lambda span: len(missing_in(span)), default=None)
        if best is None or not wanted:
            return Verdict("unsupported", ("Nothing to compare.",), None, 0.0)
        missing = missing_in(best)
        share = 1 - len(missing) / len(wanted)
        if not missing:
            return Verdict("supported", ("All words stand there.",), best, share)
        reason = f"The source does not say {', '.join(sorted(missing))}."
        is_weak = missing == {"elegantly"}
        return Verdict("weak" if is_weak else "unsupported", (reason,), best, share)


def told(text):
    return set(re.findall(r"[\w.%]*[\w%]", text.lower())) - FUNCTION


class NoReader:
    """The judge where only the order of sentences matters: the first is the best."""

    def read(self, question, papers, spans):
        return [reading(len(of_one)) for of_one in spans]


def reading(count, answerable=5.0):
    return Reading(answerable, answerable, tuple(float(-place) for place in range(count)))


def evidence(paper, answerable=5.0, score=0.9):
    spans = tuple(sentences(paper.abstract))
    hit = Hit(paper, Passage(f"{paper.id}#0", paper.id, paper.abstract, Span(0, 1)), score)
    return Evidence(hit, reading(len(spans), answerable))


def task(question=QUESTION, papers=PAPERS, history=()):
    return Task(Asked(question, question), [evidence(paper) for paper in papers], history)


class Result:
    """What a writer said, with what holds for every answer asserted."""

    def __init__(self, pieces, written):
        self.pieces, self.written = pieces, written
        self.text = "".join(piece.text for piece in pieces)
        self.citations = [citation for piece in pieces for citation in piece.citations]
        check(self)

    @property
    def cited(self):
        return [citation.paper.id for citation in self.citations]

    @property
    def dropped(self):
        return [one.sentence for one in self.written.dropped]


def check(result):
    assert all(piece.text for piece in result.pieces)
    numbers = [citation.number for citation in result.citations]
    assert [int(number) for number in MARKER.findall(result.text)] == numbers
    assert list(dict.fromkeys(numbers)) == list(range(1, len(set(numbers)) + 1))
    assert len({(c.number, c.paper.id) for c in result.citations}) == len(set(numbers))
    assert bool(result.citations) is not bool(result.written.refusal)
    if result.written.refusal:
        assert result.text == result.written.refusal.reason
    for citation in result.citations:
        assert citation.verdict.label in ("supported", "weak")


async def write(model, checker=None, **parts):
    writer = Writer(model, checker or WordChecker(), NoReader())
    async with aclosing(writer.write(task(**parts))) as stream:
        *pieces, written = [one async for one in stream]
    assert isinstance(written, Written)
    assert all(isinstance(piece, Piece) for piece in pieces)
    return Result(pieces, written)


def failing(kind, message="The endpoint did not answer."):
    return ChatError(kind, message)


class Shelf:
    """A searcher and library of a few papers, found for any question in their order."""

    def __init__(self, papers, score=0.9):
        self.hits = [evidence(paper, score=score).hit for paper in papers]
        self.searched = []

    def search(self, question, keywords, *, scope=None, limit=10):
        self.searched.append(question)
        return self.hits[:limit]

    def respelt(self, question):
        return question

    def organizations(self):
        return []

    def find(self, scope, *, sort, limit):
        return [hit.paper for hit in self.hits[:limit]]

    def passages_of(self, paper_ids):
        return {hit.paper.id: (hit.passage,) for hit in self.hits if hit.paper.id in paper_ids}


def engine_with(model, papers=PAPERS, *, checker=None, reader=None, score=0.9):
    shelf, reader = Shelf(papers, score), reader or NoReader()
    return Engine(shelf, reader, shelf, Writer(model, checker or WordChecker(), reader))

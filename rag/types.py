"""The product's vocabulary: frozen dataclasses that every other module speaks in."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
TokenVectors: TypeAlias = NDArray[np.int8]
TOKEN_SCALE = 127.0  # by which rows of unit length become int8


@dataclass(frozen=True, slots=True)
class Published:
    """When a paper appeared; a part that the source does not give is None, never guessed."""

    year: int | None = None
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What one source says of one paper, before it is known which paper that is.

    `line` is where the record starts in its source (1 for the first line).
    """

    title: str
    abstract: str
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    organization: str | None = None
    published: Published | None = None
    upvotes: int | None = None
    url: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    line: int = 1


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a source that could not be read: where, and a sentence that says why."""

    source: str
    line: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper on the shelf: everything that its sources say, merged."""

    id: str
    title: str
    abstract: str
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    organization: str | None = None
    published: Published | None = None
    upvotes: int | None = None
    url: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters, `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of an abstract that is embedded on its own; `span` is where it stands in there."""

    id: str
    paper_id: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """What the indexes keep of one paper.

    `passages`: (number of passages, dimension), unit length. `tokens`: (number of tokens,
    reduced dimension), each row scaled to int8.
    """

    passages: Vectors
    tokens: TokenVectors


@dataclass(frozen=True, slots=True, eq=False)
class EncodedQuestion:
    """A question as the indexes are asked for it.

    `vector`: (dimension,), unit length. `tokens`: (number of tokens, reduced dimension), unit
    length rows. `weights`: (number of tokens,), how much each token matters, summing to 1.
    """

    vector: Vectors
    tokens: Vectors
    weights: Vectors


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `least` to `most`, both included; None leaves that side open."""

    least: int | None = None
    most: int | None = None


Dating: TypeAlias = Literal["sure", "possible", "none", "no-year"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Hard filters: a paper outside them is never retrieved. Empty means the whole shelf.

    `since` and `until` are inclusive and may lack parts; a paper whose date lacks a part that
    the filter needs is outside. `dating` "possible" asks for just those instead: papers whose
    date neither surely lies between the two nor surely does not. "none" asks for papers without
    a date, "no-year" for those dated without a year. Every one of `authors` must have written a
    paper; a paper without a number is outside a range of that number.
    """

    paper_ids: tuple[str, ...] = ()
    since: Published | None = None
    until: Published | None = None
    organization: str | None = None
    source: str | None = None
    dating: Dating = "sure"
    authors: tuple[str, ...] = ()
    author_count: Range | None = None
    upvotes: Range | None = None

    @property
    def is_empty(self) -> bool:
        return self == Scope()


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper that was found, its score (0 to 1, best first) and its best passage."""

    paper: Paper
    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the judge makes of a question beside an abstract, in logits.

    `sentences` has one for each sentence of the abstract: how surely the answer stands there.
    """

    relevance: float
    answerable: float
    sentences: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Support:
    """What the judge makes of a sentence beside an abstract, in logits."""

    supported: float
    contradicted: float
    unsettled: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a paper says what a sentence says, why, and where.

    `probability` that it does, calibrated; `span` is the sentence of the abstract that comes
    nearest to saying it, None where nothing does. Reasons are words for a reader.
    """

    label: Literal["supported", "weak", "unsupported"]
    reasons: tuple[str, ...] = ()
    span: Span | None = None
    probability: float = 1.0


VERBATIM = Verdict("supported", ("These are the abstract's own words.",))
ON_RECORD = Verdict("supported", ("The paper's record says so.",))


@dataclass(frozen=True, slots=True)
class Citation:
    """What a marker `[number]` of an answer points to: a sentence of a paper's abstract.

    A number stands for a paper. The i-th marker of a text belongs to the i-th citation of its
    answer, so that two sentences of one paper share the number and keep their own spans. Without
    a span it is the paper's record that says so: its date, authors, organisation or upvotes.
    """

    number: int
    paper: Paper
    span: Span | None
    verdict: Verdict = VERBATIM

    @property
    def sentence(self) -> str:
        """The supporting sentence, verbatim; empty where the paper's record supports the text."""
        return self.paper.abstract[self.span.start : self.span.end] if self.span else ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer, and the papers that come nearest."""

    kind: Literal["not-on-shelf", "not-in-abstract", "false-premise", "off-topic", "empty-shelf"]
    reason: str
    nearest: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a language model."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What a model used, in tokens, and its price in dollars where known.

    `is_estimated` where the endpoint reported nothing and tokens were counted here.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence that a model wrote and nobody was shown, because no source supports it."""

    sentence: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one stage took, in seconds."""

    stage: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer; `text` is the concatenation of the deltas that came before it.

    `model` is the language model that wrote it, None where sentences are the papers' own.
    `failure` is a sentence that says why a model that was set did not write all of it.
    """

    question: str
    text: str
    citations: tuple[Citation, ...] = ()
    refusal: Refusal | None = None
    retrieved: tuple[Hit, ...] = ()
    timings: tuple[Timing, ...] = ()
    usage: Usage = Usage()
    model: str | None = None
    failure: str | None = None
    dropped: tuple[Dropped, ...] = ()


@dataclass(frozen=True, slots=True)
class Retrieved:
    """First event: what was found; again where a search in other words has found other papers."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of the answer's text, already checked, and what its markers cite, in order.

    The citations of all deltas are those of the answer.
    """

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Completed:
    """Always the last event."""

    answer: Answer


Event: TypeAlias = Retrieved | Delta | Completed


async def finished(events: AsyncGenerator[Event, None]) -> Answer:
    """The answer at the end of a stream: a fold over its events."""
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Completed):
                return event.answer
    raise AssertionError("a stream ends with Completed")

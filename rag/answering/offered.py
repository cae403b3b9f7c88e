"""The evidence as a model is offered it: whole abstracts, best first, each under an id.

It reads so, between two lines that nobody who writes an abstract can guess:

    <sources-kfzrwqmtapxn>

    Source [417]
    Title: SmoothQuant
    Published: November 2022
    Organisation: MIT
    Abstract: Large language models are large.

    </sources-kfzrwqmtapxn>
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from string import ascii_lowercase

from rag.answering.short_ids import drawn
from rag.language.inert import inert
from rag.language.latex import readable
from rag.language.months import MONTHS
from rag.language.sentences import sentences
from rag.language.token_count import count
from rag.language.untrusted import honest, visible
from rag.types import Paper, Published

LONGEST_NAME = 300  # characters of a title or an organisation
DELIMITER_LETTERS = 12
SPARE = 2  # tokens that may come on top where texts are joined


@dataclass(frozen=True, slots=True)
class Offered:
    """What a model may cite: ids and their papers, best first, and the text that shows them."""

    papers: Mapping[str, Paper]
    block: str

    @property
    def opening(self) -> str:
        """The line before the first source."""
        return self.block.partition("\n")[0]

    @property
    def closing(self) -> str:
        """The line after the last source."""
        return self.block.rpartition("\n")[2]


@dataclass(frozen=True, slots=True)
class _Shown:
    """A paper's text, made harmless."""

    paper: Paper
    head: str
    abstract: str

    def under(self, id_: str) -> str:
        return f"Source [{id_}]\n{self.head}Abstract: {self.abstract}"


def offer(papers: Sequence[Paper], *, unlike: str, budget: int, random: Random) -> Offered:
    """As many whole abstracts as `budget` tokens hold, best first.

    Only where the very first is too long alone it is cut, after a sentence. `unlike` is all other
    text of the request: no id and no delimiter stands in it or in the evidence. Papers of whose
    abstract nothing is left are not offered; where nothing fits, neither `papers` nor `block`
    has anything in it.
    """
    shown = [one for one in map(_shown, papers) if one.abstract]
    taken = "\n".join([unlike, *(one.head + one.abstract for one in shown)])
    delimiter = _delimiter(taken, random)
    ids = drawn(len(shown), unlike=taken, random=random)
    space = budget - count(_block([], delimiter)) - SPARE
    fitting = list(_fitting(zip(ids, shown, strict=True), space))
    if not fitting:
        return Offered({}, "")
    texts = [one.under(id_) for id_, one in fitting]
    return Offered({id_: one.paper for id_, one in fitting}, _block(texts, delimiter))


def _shown(paper: Paper) -> _Shown:
    lines = {
        "Title": _harmless(paper.title)[:LONGEST_NAME],
        "Published": _date(paper.published),
        "Organisation": _harmless(paper.organization or "")[:LONGEST_NAME],
    }
    head = "".join(f"{label}: {text}\n" for label, text in lines.items() if text)
    return _Shown(paper, head, _harmless(paper.abstract))


def _harmless(text: str) -> str:
    """The text on one line: orders withheld, and nothing that could pass for our own marks."""
    return inert(readable(visible(honest(text))))


def _date(published: Published | None) -> str:
    if published is None:
        return ""
    month = MONTHS[published.month - 1] if published.month else None
    day = published.day if month else None
    return " ".join(str(part) for part in (day, month, published.year) if part)


def _fitting(shown: Iterator[tuple[str, _Shown]], space: int) -> Iterator[tuple[str, _Shown]]:
    for number, (id_, whole) in enumerate(shown):
        one = _cut(whole, id_, space) if number == 0 else whole
        needed = _cost(one, id_)
        if one.abstract and needed <= space:
            space -= needed
            yield id_, one


def _cut(one: _Shown, id_: str, space: int) -> _Shown:
    """The paper with as many sentences of its abstract as fit; it may be none."""
    if _cost(one, id_) <= space:
        return one
    ends = [0, *(span.end for span in sentences(one.abstract))]
    short = [_Shown(one.paper, one.head, one.abstract[:end]) for end in ends]
    return max(
        (some for some in short if _cost(some, id_) <= space),
        key=lambda some: len(some.abstract),
        default=short[0],
    )


def _cost(one: _Shown, id_: str) -> int:
    return count(one.under(id_)) + SPARE


def _block(texts: Sequence[str], delimiter: str) -> str:
    return "\n\n".join([f"<{delimiter}>", *texts, f"</{delimiter}>"])


def _delimiter(taken: str, random: Random) -> str:
    while True:
        word = "".join(random.choices(ascii_lowercase, k=DELIMITER_LETTERS))
        if word not in taken.lower():
            return f"sources-{word}"

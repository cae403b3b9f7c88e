"""Cut abstracts into passages with llama-index's SentenceSplitter."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from rag.language.sentences import sentences
from rag.language.token_count import encoded
from rag.types import Paper, Passage, Span

if TYPE_CHECKING:
    from llama_index.core.node_parser import SentenceSplitter

SIZE = 128  # tokens; measured by benchmarks/chunking.py
OVERLAP = 32
NAME = f"sentences/{SIZE}/{OVERLAP}"


def cut(paper: Paper, *, size: int = SIZE, overlap: int = OVERLAP) -> tuple[Passage, ...]:
    """The passages of a paper, in order; each is verbatim `abstract[start:end]`."""
    spans = _spans(paper.abstract, _split(paper.abstract, size, overlap))
    return tuple(
        Passage(f"{paper.id}#{number}", paper.id, paper.abstract[span.start : span.end], span)
        for number, span in enumerate(spans)
    )


@cache
def _splitter(size: int, overlap: int) -> SentenceSplitter:
    from llama_index.core.node_parser import SentenceSplitter

    return SentenceSplitter(
        chunk_size=size,
        chunk_overlap=overlap,
        tokenizer=encoded,
        chunking_tokenizer_fn=_pieces,
        include_metadata=False,
    )


def _pieces(text: str) -> list[str]:
    """Sentences with the blanks that follow them: joined, they are the text."""
    starts = [span.start for span in sentences(text)]
    edges = [0, *starts[1:], len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


def _split(text: str, size: int, overlap: int) -> list[str]:
    try:
        return _splitter(size, overlap).split_text(text)
    except ValueError:
        # One unbreakable run of characters is longer than a passage may be.
        return [text]


def _spans(text: str, chunks: list[str]) -> Iterator[Span]:
    """Where each stands; a text may repeat itself, so the last place that leaves no gap."""
    end = 0
    for number, chunk in enumerate(chunks):
        gap = len(text) - end - len(text[end:].lstrip())
        start = text.rindex(chunk, 0, end + gap + len(chunk))
        if number == 0 or start + len(chunk) > end:
            end = start + len(chunk)
            yield Span(start, end)

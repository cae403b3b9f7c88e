"""A paper as the verifier reads it: its sentences, figures, names, clauses and vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rag.language.naming import KnownNames
from rag.language.polarity import Clauses
from rag.language.quantities import Quantity, quantities
from rag.language.untrusted import honest_spans
from rag.ports import Encoder
from rag.types import TOKEN_SCALE, Paper, Passage, Span, Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """What is known of a paper before any sentence is checked against it.

    `spans` are the sentences of its abstract, those left out that order a model about: nothing
    can be cited to them. `sentences`: (number of spans, dimension), `tokens`: (number of tokens,
    reduced dimension), unit length rows.
    """

    paper: Paper
    spans: tuple[Span, ...]
    texts: tuple[str, ...]
    clauses: tuple[Clauses, ...]
    figures: tuple[Quantity, ...]
    names: KnownNames
    sentences: Vectors
    tokens: Vectors

    @property
    def text(self) -> str:
        """What the judge reads."""
        return f"{self.paper.title}. {' '.join(self.texts)}"


def prepared(paper: Paper, encoder: Encoder) -> Source:
    """The source; one reading of the abstract by the encoder."""
    abstract = paper.abstract
    spans = tuple(honest_spans(abstract))
    texts = tuple(abstract[span.start : span.end] for span in spans)
    passages = [
        Passage(str(span.start), paper.id, text, span)
        for span, text in zip(spans, texts, strict=True)
    ]
    [encoded] = encoder.encode([(paper, passages)])
    known = "\n".join((paper.title, *texts, _record(paper)))
    return Source(
        paper=paper,
        spans=spans,
        texts=texts,
        clauses=tuple(map(Clauses.of, (paper.title, *texts))),
        figures=tuple(quantities(known)),
        names=KnownNames(known),
        sentences=encoded.passages,
        tokens=encoded.tokens.astype(np.float32) / TOKEN_SCALE,
    )


def _record(paper: Paper) -> str:
    """What the catalogue knows may be said too."""
    published = paper.published
    parts = (
        ", ".join(paper.authors),
        paper.organization or "",
        str(published.year) if published and published.year else "",
        f"{paper.author_count} authors" if paper.author_count else "",
    )
    return "\n".join(filter(None, parts))

"""Papers on a topic that there was no room to quote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.answering.outcome import Piece
from rag.answering.record_values import line
from rag.answering.topic_choice import on_topic
from rag.answering.topic_question import Topic
from rag.types import Hit

MOST_NAMED = 12  # papers, those that were quoted among them


def further(topic: Topic, hits: Sequence[Hit], quoted: Sequence[str]) -> Iterator[Piece]:
    """Names those on the topic that were not quoted; `quoted` are the ids of the others."""
    found = on_topic(topic, hits)
    papers = [hit.paper for hit in found if hit.paper.id not in quoted]
    shown = papers[: MOST_NAMED - len(quoted)]
    if shown:
        yield Piece(f"\n\nAlso on “{topic.text}”:")
    for number, paper in enumerate(shown, start=len(quoted) + 1):
        yield line(paper, number, ())
    if left := len(papers) - len(shown):
        # Where all that were looked at are on the topic, others may be as well.
        yield Piece(f"\n… and {'at least ' * (len(found) == len(hits))}{left} more.")

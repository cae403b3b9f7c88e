"""Which papers a question is answered with that names a topic and asks nothing of it."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.topic import about, is_in_title, share
from rag.answering.topic_question import Topic
from rag.language.words import names, squeezed
from rag.types import Hit, Paper

# Scores of the retriever for the topic by itself, 0 to 1, looked at for 50 topics over the sample
# shelf and a larger one: from `SURELY` on a paper is on the topic whatever its words, below
# `HARDLY` it is not, whatever they are.
SURELY = 0.55
HARDLY = 0.45
APART = 0.2  # below the best, which stands out then: it bears the name that was taken for a topic


def on_topic(topic: Topic, hits: Sequence[Hit]) -> list[Hit]:
    """Those of the hits that are on the topic, in their order.

    A topic that stands alone may ask for a value after all, as "BERT batch size" does: then
    papers have to have every word of it, and the one that stands out has them in its title.
    """
    if not hits:
        return []
    worded = {hit.paper.id for hit in about(topic.text, hits)}
    least = max(hit.score for hit in hits) - APART
    found = [
        hit
        for hit in hits
        if hit.score >= max(least, HARDLY if hit.paper.id in worded else SURELY)
        and _has_names(topic.text, hit.paper)
    ]
    if topic.is_alone:
        found = [hit for hit in found if share(topic.text, hit.paper) == 1]
        is_meant = len(found) > 1 or all(is_in_title(topic.text, hit.paper) for hit in found)
        return found if is_meant else []
    return found


def _has_names(topic: str, paper: Paper) -> bool:
    text = squeezed(f"{paper.title} {paper.abstract}")
    return all(squeezed(name).removesuffix("s") in text for name in names(topic))

"""What each task loses by: support, answer and relevance."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torch import Tensor
from torch.nn.functional import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    log_softmax,
)

from training.judge_batches import UNKNOWN, Batch, Task
from training.judge_examples import CONTRADICTED, NOT_SUPPORTED
from training.judge_network import Logits

SPAN_SHARE = 0.5
OUTSIDE = -1e4  # a logit that no piece of the second part has


def support_loss(said: Logits, read: Batch) -> Tensor:
    """Cross-entropy; "not supported" is met by contradicted and open together."""
    chances = log_softmax(said.support.float(), dim=1)
    labels = read.targets[:, 0]
    either = chances[:, CONTRADICTED:].logsumexp(dim=1)
    exact = chances.gather(1, labels.clamp(max=NOT_SUPPORTED - 1)[:, None])[:, 0]
    return -either.where(labels == NOT_SUPPORTED, exact).mean()


def answer_loss(said: Logits, read: Batch) -> Tensor:
    """Whether the source answers, and where: the first and the last piece of its second part."""
    loss = binary_cross_entropy_with_logits(said.answerable.float(), read.targets[:, 0].float())
    known = read.targets[:, 1] != UNKNOWN
    if not known.any():
        return loss
    outside = (read.types == 0)[..., None]
    places = said.span.float().masked_fill(outside, OUTSIDE)[known]
    starts, ends = read.targets[known, 1], read.targets[known, 2]
    where = cross_entropy(places[..., 0], starts) + cross_entropy(places[..., 1], ends)
    return loss + SPAN_SHARE * where


def relevance_loss(said: Logits, read: Batch) -> Tensor:
    """Cross-entropy over the sources of each search."""
    scores = said.relevance.float().view(len(read.targets), -1)
    return cross_entropy(scores, read.targets[:, 0])


LOSSES: Mapping[Task, Callable[[Logits, Batch], Tensor]] = {
    "support": support_loss,
    "answer": answer_loss,
    "relevance": relevance_loss,
}

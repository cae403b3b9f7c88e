"""Let a judge in torch read pairs: the numbers that its heads give, and the golden file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from training.judge_batches import Pair, Pieces, encode, encode_alone, padded
from training.judge_evaluation import Readings
from training.judge_network import Judge

ROOM = 32_768  # pieces read at a time
EMBEDDED = 256  # pieces of a text that is embedded


@torch.no_grad()
def readings(judge: Judge, pairs: Sequence[Pair]) -> Readings:
    """What the judge says of each pair, in float32."""
    judge.eval()
    pieces = encode(pairs)
    support, relevance, answerable = np.zeros((len(pairs), 3)), *np.zeros((2, len(pairs)))
    for chosen in _by_length(pieces):
        said = judge(*padded([pieces[number] for number in chosen], _device(judge)))
        support[chosen] = said.support.softmax(1).cpu().numpy()
        relevance[chosen] = said.relevance.cpu().numpy()
        answerable[chosen] = said.answerable.cpu().numpy()
    return Readings(support, relevance, answerable)


@torch.no_grad()
def embeddings(judge: Judge, texts: Sequence[str]) -> Tensor:
    """(texts, 384) unit vectors; the judge has to be fresh, its encoder still MiniLM's."""
    judge.eval()
    pieces = encode_alone(texts, EMBEDDED)
    device = _device(judge)
    found = torch.zeros(len(texts), judge.pool.in_features, device=device)
    for chosen in _by_length(pieces):
        ids, _, mask = padded([pieces[number] for number in chosen], device)
        found[torch.tensor(chosen, device=device)] = judge.vectors(ids, mask)
    return found


@torch.no_grad()
def golden(judge: Judge, pair: Pair) -> dict[str, Any]:
    """A pair with its logits, by which another implementation can be checked."""
    judge.eval()
    [pieces] = encode([pair])
    said = judge(*padded([pieces], _device(judge)))
    starts, ends = said.span[0, pieces.second :].argmax(0).tolist()
    return {
        "sentence": pair[0],
        "passage": pair[1],
        "tokens": len(pieces.ids),
        "support_logits": [round(logit, 4) for logit in said.support[0].tolist()],
        "relevance": round(said.relevance.item(), 4),
        "answerable": round(said.answerable.item(), 4),
        "span_start_argmax": pieces.second + starts,
        "span_end_argmax": pieces.second + ends,
    }


def _by_length(pieces: Sequence[Pieces]) -> list[list[int]]:
    """Numbers of pairs, the short ones first, in batches of at most ROOM pieces."""
    found: list[list[int]] = [[]]
    for number in sorted(range(len(pieces)), key=lambda one: len(pieces[one].ids)):
        if (len(found[-1]) + 1) * len(pieces[number].ids) > ROOM:
            found.append([])
        found[-1].append(number)
    return [chosen for chosen in found if chosen]


def _device(judge: Judge) -> torch.device:
    return judge.pool.weight.device

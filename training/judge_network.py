"""The judge as a torch module: a BERT encoder over MiniLM's frozen embeddings, and four heads.

Tensors are named as in `rag/models/judge.safetensors`, so weights go both ways.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.numpy import load_file
from safetensors.numpy import save as packed
from torch import Tensor, nn
from torch.nn.functional import gelu, normalize, scaled_dot_product_attention

from rag.models.graph import ATTENTION_HEADS, EPSILON, HIDDEN, LAYERS
from rag.models.weights import LONGEST, minilm_weights
from training.judge_examples import DataError

VOCABULARY = 30522
INNER = 1536
DROPOUT = 0.1
EMBEDDINGS = "bert.embeddings."


class Logits(NamedTuple):
    """What the heads say: (batch, 3), (batch,), (batch,) and (batch, length, 2)."""

    support: Tensor
    relevance: Tensor
    answerable: Tensor
    span: Tensor


class Judge(nn.Module):
    """Reads pairs; ids, types and mask are (batch, length)."""

    def __init__(self) -> None:
        super().__init__()
        self.bert = Bert()
        self.dropout = nn.Dropout(DROPOUT)
        self.pool = nn.Linear(HIDDEN, HIDDEN)
        self.support = nn.Linear(HIDDEN, 3)
        self.relevance = nn.Linear(HIDDEN, 1)
        self.answerable = nn.Linear(HIDDEN, 1)
        self.span = nn.Linear(HIDDEN, 2)
        # They ship once, with MiniLM, for the retriever and the judge.
        self.bert.embeddings.requires_grad_(False)

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> Logits:
        hidden = self.bert(ids, types, mask)
        pooled = self.dropout(torch.tanh(self.pool(hidden[:, 0])))
        return Logits(
            support=self.support(pooled),
            relevance=self.relevance(pooled)[:, 0],
            answerable=self.answerable(pooled)[:, 0],
            span=self.span(hidden),
        )

    def vectors(self, ids: Tensor, mask: Tensor) -> Tensor:
        """(batch, 384): unit means over the pieces, what MiniLM embeds with before training."""
        hidden = self.bert(ids, torch.zeros_like(ids), mask).float()
        kept = mask[..., None]
        return normalize((hidden * kept).sum(1) / kept.sum(1), dim=1)


class Bert(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embeddings = Embeddings()
        layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.encoder = nn.ModuleDict({"layer": layers})

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        hidden = self.embeddings(ids, types)
        for layer in self.encoder["layer"]:
            hidden = layer(hidden, mask)
        return hidden


class Embeddings(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(VOCABULARY, HIDDEN)
        self.position_embeddings = nn.Embedding(LONGEST, HIDDEN)
        self.token_type_embeddings = nn.Embedding(2, HIDDEN)
        self.LayerNorm = nn.LayerNorm(HIDDEN, eps=EPSILON)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, ids: Tensor, types: Tensor) -> Tensor:
        positions = self.position_embeddings.weight[: ids.shape[1]]
        total = self.word_embeddings(ids) + self.token_type_embeddings(types) + positions
        return self.dropout(self.LayerNorm(total))


class Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        # Dictionaries where a part has no work of its own: they give the names their middle.
        self.attention = nn.ModuleDict({"self": Attention(), "output": Residual(HIDDEN)})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(HIDDEN, INNER)})
        self.output = Residual(INNER)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        attended = self.attention["output"](self.attention["self"](hidden, mask), hidden)
        return self.output(gelu(self.intermediate["dense"](attended)), attended)


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(HIDDEN, HIDDEN)
        self.key = nn.Linear(HIDDEN, HIDDEN)
        self.value = nn.Linear(HIDDEN, HIDDEN)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        read = scaled_dot_product_attention(
            *(self._split(part(hidden)) for part in (self.query, self.key, self.value)),
            attn_mask=mask[:, None, None, :],
            dropout_p=DROPOUT if self.training else 0.0,
        )
        return read.transpose(1, 2).flatten(2)

    def _split(self, value: Tensor) -> Tensor:
        """(batch, heads, length, width of a head)."""
        return value.unflatten(2, (ATTENTION_HEADS, -1)).transpose(1, 2)


class Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.dense = nn.Linear(width, HIDDEN)
        self.LayerNorm = nn.LayerNorm(HIDDEN, eps=EPSILON)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, value: Tensor, skip: Tensor) -> Tensor:
        return self.LayerNorm(self.dropout(self.dense(value)) + skip)


def fresh() -> Judge:
    """MiniLM's encoder under heads that know nothing yet."""
    judge = Judge()
    judge.load_state_dict({**judge.state_dict(), **_minilm()})
    return judge


def load(path: Path) -> Judge:
    """A judge that was saved; raises DataError where the file is not one."""
    try:
        own = {name: torch.from_numpy(tensor).float() for name, tensor in load_file(path).items()}
        judge = Judge()
        frozen = {name: tensor for name, tensor in _minilm().items() if _is_frozen(name)}
        judge.load_state_dict({**frozen, **own})
    except (OSError, SafetensorError, RuntimeError) as error:
        raise DataError(f"{path} is not a judge's weights: {error}") from error
    return judge


def save(judge: Judge, path: Path) -> None:
    """All that was trained, in float16; the embeddings stay where they are."""
    trained = {name: value for name, value in judge.state_dict().items() if not _is_frozen(name)}
    path.write_bytes(packed({name: _half(trained[name]) for name in sorted(trained)}))


def _minilm() -> dict[str, Tensor]:
    return {
        f"bert.{name}": torch.from_numpy(tensor)
        for name, tensor in minilm_weights().items()
        if not name.startswith("pooler.")
    }


def _is_frozen(name: str) -> bool:
    return name.startswith(EMBEDDINGS)


def _half(tensor: Tensor) -> np.ndarray:
    return tensor.detach().cpu().numpy().astype(np.float16)

"""Fit `rag/models/questions.safetensors`: MiniLM learns to read questions, abstracts stay as read.

    uv run --with torch python -m training.question_side [--steps 800] [--abstracts FILE]

Every linear layer gets an update of low rank (LoRA, Hu et al. 2021, arXiv 2106.09685), trained so
that the abstract that a question was written for scores above those that look like it: the cosine
of the nearest passage plus twice the late interaction, as the retriever adds them. Questions and
reworded sentences are those of `written.jsonl.gz`; `everyday.jsonl.gz` has three more an abstract
in everyday words, which share hardly a word with it. The abstracts that the judge never saw are
held out here too. `--abstracts` adds papers that are right for no question.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from safetensors.numpy import save as packed
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize
from torch.nn.utils.rnn import pad_sequence

from rag.chunking import cut
from rag.config import Settings
from rag.models.minilm import MiniLM, TokenTable
from rag.models.question_side import DOWN, UP
from rag.models.weights import minilm_weights, wordpieces
from rag.types import Encoded, Paper
from training.judge_data import abstracts, each
from training.judge_network import Bert
from training.judge_written import SPLIT, Written, read_written

FOLDER = Path(__file__).parent
TARGET = Path("rag/models/questions.safetensors")
RANK = 8
RATE = 2e-3
BATCH = 32
NEAR = 25  # abstracts that look most like the right one; some are drawn from them at every step
DRAWN = 10
SHARED = 8  # right abstracts of other questions of the batch
WIDTH = 40  # abstracts by passages that late interaction ranks
LATE = 2.0  # as `rag/retrieval/fusion.py` weighs it
TEMPERATURE = 20 / 3
LONGEST = 160  # word pieces of a question
WARM_UP = 30  # steps


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the number of the abstract that it was written for."""

    question: str
    answer: int


class Update(nn.Module):
    """A linear layer that stays as it is, plus a product of two thin matrices."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.layer = layer
        wide = layer.in_features
        self.down = nn.Parameter(torch.randn(RANK, wide) / wide**0.5)
        self.up = nn.Parameter(torch.zeros(layer.out_features, RANK))

    def forward(self, value: Tensor) -> Tensor:
        return self.layer(value) + value @ self.down.T @ self.up.T


class Asking(nn.Module):
    """Reads questions as the product does, in batches."""

    def __init__(self) -> None:
        super().__init__()
        self.bert = Bert()
        known = {name: torch.from_numpy(value) for name, value in minilm_weights().items()}
        self.bert.load_state_dict({n: v for n, v in known.items() if not n.startswith("pooler.")})
        self.bert.requires_grad_(requires_grad=False)
        _update(self.bert.encoder)
        table = TokenTable.shipped()
        self._projection, self._weights = map(torch.from_numpy, (table.projection, table.weights))
        self._tokenizer = wordpieces()

    def forward(self, questions: Sequence[str]) -> list[tuple[Tensor, Tensor, Tensor]]:
        """Of each question its vector, its tokens' vectors and their weights."""
        pieces = [torch.tensor(self._tokenizer.encode(q).ids[:LONGEST]) for q in questions]
        ids = pad_sequence(pieces, batch_first=True)
        mask = pad_sequence([torch.ones(len(one)) for one in pieces], batch_first=True) > 0
        hidden = self.bert(ids, torch.zeros_like(ids), mask)
        rows = zip(hidden, ids, mask, strict=True)
        return [self._read(row[kept], those[kept]) for row, those, kept in rows]

    def _read(self, hidden: Tensor, ids: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        weights = self._weights[ids]
        weights = weights if weights.any() else torch.ones(len(ids))
        kept = weights > 0
        tokens = normalize(normalize(hidden[kept], dim=1) @ self._projection, dim=1)
        return normalize(hidden.mean(0), dim=0), tokens, weights[kept] / weights[kept].sum()


def _update(module: nn.Module) -> None:
    for name, child in list(module.named_children()):
        if isinstance(child, nn.Linear):
            module.add_module(name, Update(child))
        else:
            _update(child)


class Abstracts:
    """The vectors of all abstracts, as a shelf keeps them."""

    def __init__(self, encoded: Sequence[Encoded]) -> None:
        self._passages = torch.from_numpy(np.concatenate([one.passages for one in encoded]))
        lengths = torch.tensor([len(one.passages) for one in encoded])
        self._owners = torch.arange(len(encoded)).repeat_interleave(lengths)
        self._tokens = [torch.from_numpy(one.tokens.astype(np.float32) / 127) for one in encoded]

    def dense(self, vector: Tensor) -> Tensor:
        """(abstracts,): the cosine of the nearest passage."""
        nowhere = torch.full((len(self._tokens),), -1.0)
        return nowhere.scatter_reduce(0, self._owners, self._passages @ vector, "amax")

    def late(self, tokens: Tensor, weights: Tensor, among: Sequence[int]) -> Tensor:
        """(among,): the weighted mean of each token's best cosine."""
        best = [(self._tokens[number] @ tokens.T).max(0).values for number in among]
        return torch.stack(best) @ weights

    def ranked(self, read: tuple[Tensor, Tensor, Tensor]) -> list[int]:
        vector, tokens, weights = read
        dense = self.dense(vector)
        among = dense.argsort(descending=True)[:WIDTH].tolist()
        scores = dense[among] + LATE * self.late(tokens, weights, among)
        return [among[place] for place in scores.argsort(descending=True).tolist()]


def main() -> None:
    arguments = _arguments().parse_args()
    torch.manual_seed(0)
    random.seed(0)
    train, held_out = read_written(FOLDER / "written.jsonl.gz", Random(SPLIT))
    papers = [one.abstract for one in [*train, *held_out]]
    further = abstracts(arguments.abstracts) if arguments.abstracts else []
    material = Abstracts(_encoded([(p.title, p.body) for p in [*papers, *further]]))
    lessons = list(_lessons(train))
    tests = [Example(q, len(train) + n) for n, one in enumerate(held_out) for q, _ in one.answered]
    model = Asking()
    print(f"{len(lessons)} to learn from; held out, before: {measure(model, material, tests)}")
    fit(model, material, lessons, arguments.steps)
    print(f"after: {measure(model, material, tests)}")
    _save(model, TARGET)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.question_side")
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--abstracts", type=Path, help="more papers, right for no question")
    return parser


def _encoded(texts: Sequence[tuple[str, str]]) -> list[Encoded]:
    papers = [Paper(str(n), title, body) for n, (title, body) in enumerate(texts)]
    return MiniLM(Settings().models).encode([(paper, cut(paper)) for paper in papers])


def _lessons(written: Sequence[Written]) -> Iterator[Example]:
    """Questions, everyday questions and true sentences in other words."""
    everyday = {row["title"]: row["questions"] for row in each(FOLDER / "everyday.jsonl.gz", dict)}
    for number, one in enumerate(written):
        asked = [text for text, _ in one.answered]
        for text in (*asked, *everyday.get(one.abstract.title, ()), *one.true):
            yield Example(text, number)


@torch.no_grad()
def ranking(model: Asking, material: Abstracts, examples: Sequence[Example]) -> list[list[int]]:
    model.eval()
    return [material.ranked(model([example.question])[0]) for example in examples]


def measure(model: Asking, material: Abstracts, examples: Sequence[Example]) -> str:
    ranks = [
        found.index(example.answer) + 1 if example.answer in found else np.inf
        for example, found in zip(examples, ranking(model, material, examples), strict=True)
    ]
    first, five = (np.mean(np.array(ranks) <= depth) for depth in (1, 5))
    return f"R@1 {first:.3f} R@5 {five:.3f} MRR {np.mean(1 / np.array(ranks)):.3f}"


def fit(model: Asking, material: Abstracts, lessons: Sequence[Example], steps: int) -> None:
    near = [
        [number for number in found if number != lesson.answer][:NEAR]
        for lesson, found in zip(lessons, ranking(model, material, lessons), strict=True)
    ]
    learnt = [value for value in model.parameters() if value.requires_grad]
    optimizer = torch.optim.AdamW(learnt, lr=RATE)
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / WARM_UP) * (1 - step / max(1, steps))
    )
    model.train()
    model.bert.embeddings.eval()
    for step in range(steps):
        loss = _loss(model, material, lessons, near)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learnt, 1.0)
        optimizer.step()
        rate.step()
        if step % 20 == 0:
            print(f"step {step}: {loss.item():.3f}", flush=True)


def _loss(
    model: Asking, material: Abstracts, lessons: Sequence[Example], near: Sequence[Sequence[int]]
) -> Tensor:
    chosen = random.sample(range(len(lessons)), min(BATCH, len(lessons)))
    right = [lessons[number].answer for number in chosen]
    losses = []
    for number, read in zip(chosen, model([lessons[n].question for n in chosen]), strict=True):
        drawn = random.sample(near[number], min(DRAWN, len(near[number])))
        shared = random.sample(right, min(SHARED, len(right)))
        among = list(dict.fromkeys([lessons[number].answer, *drawn, *shared]))
        vector, tokens, weights = read
        scores = material.dense(vector)[among] + LATE * material.late(tokens, weights, among)
        losses.append(cross_entropy(TEMPERATURE * scores[None], torch.tensor([0])))
    return torch.stack(losses).mean()


def _save(model: Asking, path: Path) -> None:
    found = {
        f"{name}{end}": value.detach().numpy().astype(np.float16)
        for name, update in model.bert.named_modules()
        if isinstance(update, Update)
        for end, value in ((DOWN, update.down), (UP, update.up))
    }
    path.write_bytes(packed(found))
    print(f"wrote {path}, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()

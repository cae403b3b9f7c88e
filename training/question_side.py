"""Fit `rag/models/questions.safetensors`: MiniLM learns to read questions, abstracts stay as read.

    uv run --with torch python -m training.question_side OUT [--steps 720] [--abstracts FILE]
    uv run --with torch python -m training.question_side rag/models/questions.safetensors --mean A B

Every linear layer gets an update of low rank (LoRA, Hu et al. 2021, arXiv 2106.09685), trained so
that the abstract that a question was written for scores above those that look like it and those of
the other questions in the batch: the cosine of the nearest passage plus twice the late interaction,
as the retriever adds them. Questions and reworded sentences are those of `written.jsonl.gz`;
`everyday.jsonl.gz` has three an abstract in everyday words, which share hardly a word with it, also
for 1,452 more abstracts of arXiv (metadata: CC0). The abstracts that the judge never saw are held
out here too. `--abstracts` adds papers that are right for no question.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from safetensors.numpy import load_file
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
from training.judge_data import Row, abstracts, each
from training.judge_network import Bert
from training.judge_written import SPLIT, Written, read_written

FOLDER = Path(__file__).parent
RANK = 8
RATE = 1.2e-3
BATCH = 32
NEAR = 25  # abstracts that look most like the right one
DRAWN = 6  # of them, at every step
WIDTH = 40  # abstracts by passages that late interaction ranks
LATE = 2.0  # as `rag/retrieval/fusion.py` weighs it
TEMPERATURE = 40 / 3
LONGEST = 160  # word pieces of a question
WARM_UP = 30  # steps
AT_ONCE = 24  # abstracts whose tokens are compared in one product


Tensors = Mapping[str, np.ndarray]


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

    def late(self, tokens: Tensor, among: Sequence[int]) -> Tensor:
        """(tokens, among): each token's best cosine with each abstract."""
        found = torch.empty(len(tokens), len(among))
        places = sorted(range(len(among)), key=lambda place: len(self._tokens[among[place]]))
        for start in range(0, len(places), AT_ONCE):
            block = places[start : start + AT_ONCE]
            texts = [self._tokens[among[place]] for place in block]
            padded = pad_sequence(texts, batch_first=True)  # the best of many is above 0
            found[:, block] = torch.einsum("td,nld->tnl", tokens, padded).amax(-1)
        return found

    def ranked(self, read: tuple[Tensor, Tensor, Tensor]) -> list[int]:
        vector, tokens, weights = read
        dense = self.dense(vector)
        among = dense.argsort(descending=True)[:WIDTH].tolist()
        scores = dense[among] + LATE * weights @ self.late(tokens, among)
        return [among[place] for place in scores.argsort(descending=True).tolist()]


def main() -> None:
    arguments = _arguments().parse_args()
    if arguments.mean:
        _write(mean_of(*map(load_file, arguments.mean)), arguments.out)
        return
    torch.manual_seed(0)
    random.seed(0)
    train, held_out = read_written(FOLDER / "written.jsonl.gz", Random(SPLIT))
    everyday = list(each(FOLDER / "everyday.jsonl.gz", dict))
    papers = [(one.abstract.title, one.abstract.body) for one in [*train, *held_out]]
    papers += [(row["title"], row["abstract"]) for row in everyday if "abstract" in row]
    numbers = {title: n for n, (title, _) in enumerate(papers)}
    lessons = list(_lessons(train, everyday, numbers))[-arguments.lessons :]
    further = abstracts(arguments.abstracts) if arguments.abstracts else []
    material = Abstracts(_encoded([*papers, *((one.title, one.body) for one in further)]))
    tests = [Example(q, len(train) + n) for n, one in enumerate(held_out) for q, _ in one.answered]
    model = Asking()
    print(f"{len(lessons)} to learn from; held out, before: {measure(model, material, tests)}")
    fit(model, material, lessons, arguments.steps)
    print(f"after: {measure(model, material, tests)}")
    _write(_learnt(model), arguments.out)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.question_side")
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=720)
    parser.add_argument("--lessons", type=int, default=0, help="only the last N: does it run?")
    parser.add_argument("--mean", type=Path, nargs=2, metavar="FILE", help="of two runs")
    parser.add_argument("--abstracts", type=Path, help="more papers, right for no question")
    return parser


def _encoded(texts: Sequence[tuple[str, str]]) -> list[Encoded]:
    papers = [Paper(str(n), title, body) for n, (title, body) in enumerate(texts)]
    return MiniLM(Settings().models).encode([(paper, cut(paper)) for paper in papers])


def _lessons(
    written: Sequence[Written], everyday: Sequence[Row], numbers: Mapping[str, int]
) -> Iterator[Example]:
    """Questions, everyday questions and true sentences in other words."""
    for number, one in enumerate(written):
        for text in (*(text for text, _ in one.answered), *one.true):
            yield Example(text, number)
    for row in everyday:
        for text in row["questions"]:
            yield Example(text, numbers[row["title"]])


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
    """Every question of a batch against the abstracts of all of them, and near misses of each."""
    chosen = random.sample(range(len(lessons)), min(BATCH, len(lessons)))
    right = [lessons[number].answer for number in chosen]
    drawn = [n for number in chosen for n in random.sample(near[number], DRAWN)]
    among = list(dict.fromkeys([*right, *drawn]))
    read = model([lessons[number].question for number in chosen])
    best = material.late(torch.cat([tokens for _, tokens, _ in read]), among)
    parts = best.split([len(tokens) for _, tokens, _ in read])
    scores = torch.stack(
        [
            material.dense(vector)[among] + LATE * weights @ part
            for (vector, _, weights), part in zip(read, parts, strict=True)
        ]
    )
    return cross_entropy(TEMPERATURE * scores, torch.tensor([among.index(n) for n in right]))


def _learnt(model: Asking) -> Tensors:
    return {
        f"{name}{end}": value.detach().numpy().astype(np.float16)
        for name, update in model.bert.named_modules()
        if isinstance(update, Update)
        for end, value in ((DOWN, update.down), (UP, update.up))
    }


def mean_of(one: Tensors, other: Tensors) -> Tensors:
    """The mean of two updates, as one of the rank of both together."""
    down = {n: np.concatenate([one[n], other[n]]) for n in one if n.endswith(DOWN)}
    up = {n: np.concatenate([one[n], other[n]], axis=1) / 2 for n in one if n.endswith(UP)}
    return {**down, **up}


def _write(update: Tensors, path: Path) -> None:
    path.write_bytes(packed({name: update[name] for name in sorted(update)}))
    print(f"wrote {path}, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()

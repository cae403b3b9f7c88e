"""Train: batches of all lessons in turn, AdamW, a running mean of the weights at the end."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import cast

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from training.judge_batches import Batch, Lesson, batch, batches
from training.judge_losses import LOSSES
from training.judge_network import Judge

WARM_UP = 0.05  # of the whole, while the rate rises
LOWEST = 0.02  # of the rate, where it ends
DECAY = 0.01
CLIPPED = 1.0
AVERAGED_EVERY = 4  # steps
MEMORY = 0.999  # of the running mean, a step
TOLD_EVERY = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Plan:
    """How long: so many steps, or minutes where steps is None. `room` is pieces in a batch."""

    steps: int | None
    minutes: float
    room: int
    rate: float
    device: torch.device


def fit(judge: Judge, lessons: Sequence[Lesson], plan: Plan, random: Random) -> Judge:
    """The mean of the weights along the way; prints the losses as it goes."""
    judge.train()
    mean = AveragedModel(judge, avg_fn=_drawn_in)
    optimizer = torch.optim.AdamW(_groups(judge), lr=plan.rate, betas=(0.9, 0.98))
    diary = Diary()
    for lesson, chosen in _endless(lessons, plan.room, random):
        done = diary.share_of(plan)
        if done >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * slope(done)
        diary.note(lesson.task, _step(judge, optimizer, batch(lesson, chosen, plan.device)))
        if diary.steps % AVERAGED_EVERY == 0:
            mean.update_parameters(judge)
    if diary.steps % AVERAGED_EVERY:
        mean.update_parameters(judge)
    diary.tell()
    return cast("Judge", mean.module)


def slope(done: float) -> float:
    """The rate as a share of the highest: up during the warm-up, then down in a straight line."""
    if done < WARM_UP:
        return done / WARM_UP
    return max(LOWEST, 1 - (done - WARM_UP) / (1 - WARM_UP))


class Diary:
    """Counts steps and time, and prints the mean losses since it last did."""

    def __init__(self) -> None:
        self.steps = 0
        self._begun = self._told = time.monotonic()
        self._losses: defaultdict[str, list[Tensor]] = defaultdict(list)

    def share_of(self, plan: Plan) -> float:
        """How much of the plan is done, 1 at its end."""
        if plan.steps is not None:
            return self.steps / plan.steps if plan.steps else 1.0
        return (time.monotonic() - self._begun) / (60 * plan.minutes)

    def note(self, task: str, loss: Tensor) -> None:
        self.steps += 1
        self._losses[task].append(loss)
        if time.monotonic() - self._told > TOLD_EVERY:
            self.tell()

    def tell(self) -> None:
        if not self._losses:
            return
        self._told = time.monotonic()
        means = (f"{task} {torch.stack(all_).mean():.3f}" for task, all_ in self._losses.items())
        print(f"{self._told - self._begun:6.0f} s  step {self.steps}  loss", *means, flush=True)
        self._losses.clear()


def _endless(
    lessons: Sequence[Lesson], room: int, random: Random
) -> Iterator[tuple[Lesson, list[int]]]:
    """Batches of all lessons, mixed and drawn anew in each epoch."""
    while True:
        epoch = [(lesson, chosen) for lesson in lessons for chosen in batches(lesson, room, random)]
        random.shuffle(epoch)
        yield from epoch


def _step(judge: Judge, optimizer: torch.optim.Optimizer, read: Batch) -> Tensor:
    on_gpu = read.ids.is_cuda
    with torch.autocast(read.ids.device.type, torch.bfloat16, enabled=on_gpu):
        said = judge(read.ids, read.types, read.mask)
    loss = LOSSES[read.task](said, read)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(judge.parameters(), CLIPPED)
    optimizer.step()
    return loss.detach()


def _groups(judge: Judge) -> list[dict[str, object]]:
    """Matrices decay, biases and norms do not."""
    trained = [one for one in judge.parameters() if one.requires_grad]
    return [
        {"params": [one for one in trained if one.ndim > 1], "weight_decay": DECAY},
        {"params": [one for one in trained if one.ndim <= 1], "weight_decay": 0.0},
    ]


def _drawn_in(mean: Tensor, now: Tensor, count: Tensor | int) -> Tensor:
    """A running mean that forgets faster at first, when the weights are still poor."""
    steps = AVERAGED_EVERY * int(count)
    kept = min(MEMORY**AVERAGED_EVERY, (1 + steps) / (40 + steps))
    return torch.lerp(mean, now, 1 - kept)

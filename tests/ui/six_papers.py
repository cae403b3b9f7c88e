"""Six papers, and what it takes to run commands over them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

PAPERS: tuple[dict[str, Any], ...] = (
    {
        "title": "TideNet: Forecasting Coastal Floods with Graph Networks",
        "abstract": "Coastal floods are hard to forecast because tide gauges are few. "
        "TideNet joins 412 tide gauges in a graph and passes messages along the coast. "
        "TideNet forecasts flood levels 36 hours ahead with a mean error of 4.1 cm. "
        "Training TideNet takes nine hours on a single GPU.",
        "authors": ["Mara Lindqvist", "Joao Reis"],
        "published": "2025-10-24",
        "organization": "Harbour Institute",
        "upvotes": 12,
        "arxiv_id": "2510.12345",
    },
    {
        "title": "Slow Dough: Predicting Sourdough Rise from Images",
        "abstract": "Bakers judge sourdough by eye. "
        "Slow Dough predicts the height of a rising loaf from one photograph of the dough. "
        "It was trained on 8,200 photographs from 31 bakeries. "
        "The predicted height differs from the measured one by 6% on average.",
        "published": "2024-05",
        "upvotes": 3,
    },
    {
        "title": "Glacier Sounds: Classifying Icequakes with Transformers",
        "abstract": "Glaciers crack, and the cracks can be heard. "
        "We classify icequakes in recordings of 17 hydrophones with a small transformer. "
        "The transformer reaches an accuracy of 93% on recordings from Greenland. "
        "Wind noise is the main cause of wrong labels.",
        "published": "2023",
        "organization": "Polar Lab",
    },
    {
        "title": "Counting Bees with Cheap Cameras",
        "abstract": "Beekeepers want to know how many bees leave a hive. "
        "A camera for 15 dollars above the entrance is enough to count them. "
        "The counter runs on a microcontroller and misses 2% of the bees.",
    },
    {
        "title": "Old Maps, New Roads: Aligning Historical Maps",
        "abstract": "Historical maps are drawn in projections that nobody recorded. "
        "Our method aligns an old map with a modern one from the crossings of roads. "
        "On 240 maps of the eighteenth century the median error is 90 metres.",
        "published": "2025-02-03",
    },
    {
        "title": "Whale Songs as Language: A Negative Result",
        "abstract": "Some believe that whale songs have a grammar. "
        "We train language models on 1,100 hours of humpback songs. "
        "The models find no structure beyond the repetition of phrases.",
        "published": "2025-11-30",
    },
)


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def json(self) -> dict[str, Any]:
        return self.lines[0]


Footnote: TypeAlias = Callable[..., Ran]


def write_lines(path: Path, values: Iterable[object]) -> Path:
    """A file of JSON Lines."""
    path.write_text("".join(f"{json.dumps(value)}\n" for value in values), encoding="utf-8")
    return path


def started(*arguments: str) -> subprocess.Popen[str]:
    """A command in a process of its own."""
    command = [sys.executable, "-c", "from ui.cli import main; main()", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe, stderr=pipe)

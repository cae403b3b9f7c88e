"""A logistic regression over standardised signals, its weights kept beside the code as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns signals into a probability; `thresholds` divide the probabilities into decisions."""

    mean: Mapping[str, float]
    scale: Mapping[str, float]
    weight: Mapping[str, float]
    bias: float
    thresholds: Mapping[str, float]

    @classmethod
    @cache
    def shipped(cls, name: str) -> Calibration:
        """The weights in `name.json`."""
        text = files("rag.answering").joinpath(f"{name}.json").read_text(encoding="utf-8")
        return cls(**json.loads(text))

    def probability(self, signals: Mapping[str, float]) -> float:
        """Between 0 and 1; raises KeyError where a signal is missing."""
        logit = self.bias + sum(
            weight * (signals[name] - self.mean[name]) / self.scale[name]
            for name, weight in self.weight.items()
        )
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))

"""How many tokens a request and its answer have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from rag.language.token_count import count
from rag.types import Answer

COUNTED = 50_000  # characters that are counted exactly; of more, four are taken for a token
AROUND = 4  # tokens that a message costs besides its text
Json: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of what came and of what went."""

    prompt: int
    completion: int

    @property
    def total(self) -> int:
        return self.prompt + self.completion

    def as_chat(self) -> Json:
        return {
            "prompt_tokens": self.prompt,
            "completion_tokens": self.completion,
            "total_tokens": self.total,
        }

    def as_response(self) -> Json:
        return {
            "input_tokens": self.prompt,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": self.completion,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": self.total,
        }


def prompt_tokens(texts: Iterable[str]) -> int:
    """Of the texts of all messages."""
    return sum(AROUND + _tokens(text) for text in texts)


def used(prompt: int, text: str, answer: Answer | None) -> Tokens:
    """What a language model used where one wrote; else what was sent and what came back."""
    usage = answer.usage if answer else None
    if usage and usage.prompt_tokens:
        return Tokens(usage.prompt_tokens, usage.completion_tokens)
    return Tokens(prompt, _tokens(text))


def _tokens(text: str) -> int:
    return count(text) if len(text) <= COUNTED else len(text) // 4

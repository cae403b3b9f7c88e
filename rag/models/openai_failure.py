"""What went wrong at an endpoint, out of what it said; of its own words nothing is kept."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from rag.errors import ChatError, ChatFailure
from rag.models.error_words import kind_in, words_of

_BY_STATUS: dict[int, ChatFailure] = {
    401: "auth",
    402: "quota",
    403: "auth",
    408: "timeout",
    413: "context",
    429: "rate",
}
_SENTENCES: dict[ChatFailure, str] = {
    "auth": "The language model refused the key in OPENAI_API_KEY.",
    "quota": "The quota of the key in OPENAI_API_KEY is used up.",
    "rate": "The language model is asked too often at the moment.",
    "model": "The endpoint does not know the language model {model}.",
    "context": "The question and its evidence are too long for the language model.",
    "timeout": "The language model took too long.",
    "filtered": "The language model's provider filtered the question or the evidence.",
    "unreachable": "The language model's server has a failure of its own{status}.",
    "rejected": "The language model refused the request{status}.{hint}",
    "bad-response": (
        "Nothing at OPENAI_BASE_URL answers chat requests. Most addresses end in /v1."
    ),
}
_ELSEWHERE = (301, 302, 303, 307, 308, 404, 405)
_PASSING = (500, 502, 503, 504)
# Parameters that endpoints complain of, and the settings behind them.
_PARAMETERS = {
    "max_tokens": "FOOTNOTE_LLM_MAX_TOKENS",
    "max_completion_tokens": "FOOTNOTE_LLM_MAX_TOKENS",
    "temperature": "FOOTNOTE_LLM_TEMPERATURE",
    "stream_options": "",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a request failed, in our words.

    `is_passing`: it may succeed if asked again, after `wait` seconds where the endpoint said so.
    `disliked`: the parameters that the endpoint complained of.
    """

    kind: ChatFailure
    message: str
    is_passing: bool = False
    wait: float | None = None
    disliked: frozenset[str] = frozenset()

    def error(self) -> ChatError:
        return ChatError(self.kind, self.message)


class EndpointError(Exception):
    """A request failed; never leaves the chat model."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked, as far as our sentences speak of it."""

    model: str
    has_key: bool


def refused(asked: Asked, status: int | None, body: object, wait: float | None = None) -> Failure:
    """What an error means; `status` is None where it came within a stream."""
    words = words_of(body)
    status = status or _status(words)
    kind = _kind(status, words)
    disliked = {name for name in _PARAMETERS if re.search(rf"\b{name}\b", words)}
    return Failure(
        kind,
        _sentence(kind, asked, status, disliked),
        is_passing=kind in ("rate", "timeout") or (kind == "unreachable" and status in _PASSING),
        wait=wait,
        disliked=frozenset(disliked if kind == "rejected" else ()),
    )


def _status(words: str) -> int | None:
    """The HTTP status that an error within a stream begins with, where it gives one as its code."""
    code = re.match(r"[45]\d\d\b", words)
    return int(code[0]) if code else None


def _kind(status: int | None, words: str) -> ChatFailure:
    said = kind_in(words)
    # These are surer than words, but for a quota, which has no status of its own.
    if status in (401, 413, 429) and said != "quota":
        return _BY_STATUS[status]
    if said:
        return said
    if status == 404 and "model" in words:
        return "model"
    if status in _ELSEWHERE:
        return "bad-response"
    if status is not None and status >= 500:
        return "unreachable"
    return _BY_STATUS.get(status or 0, "rejected")


def _sentence(
    kind: ChatFailure, asked: Asked, status: int | None, disliked: Collection[str]
) -> str:
    if kind == "auth" and not asked.has_key:
        return "The language model wants a key. Set OPENAI_API_KEY."
    if status == 403 and kind == "auth":
        return f"The key in OPENAI_API_KEY may not use the language model {asked.model}."
    settings = sorted({_PARAMETERS[name] for name in disliked} - {""})
    return _SENTENCES[kind].format(
        model=asked.model,
        status=f" (status {status})" if status else "",
        hint=f" Look at {' and '.join(settings)}." if settings else "",
    )

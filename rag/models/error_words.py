"""What endpoints say when something is wrong: each in its own words, and some in odd places."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from rag.errors import ChatFailure

_FIELDS = ("code", "type", "param", "message", "detail")
_LONGEST = 2000  # characters of a message that are looked at
# The first that fits counts.
_KINDS: dict[ChatFailure, re.Pattern[str]] = {
    "quota": re.compile(
        r"insufficient[_ ](?:quota|balance|funds|credits?)|billing|payment required|"
        r"exceeded your current quota|out of credits"
    ),
    "rate": re.compile(r"rate[_ ]limit|too many requests|overloaded"),
    "context": re.compile(
        r"context_length|context_window|exceed_context_size|\bn_ctx\b|"
        r"context (?:length|window|size|limit|the overflows)|"
        r"maximum (?:context|number of (?:input )?tokens|(?:input|prompt) length)|"
        r"(?:prompt|input)s?(?: \w+){0,4} too (?:long|large)|too many (?:input )?tokens|"
        r"reduce the length|must be <= \d+"
    ),
    "filtered": re.compile(
        r"content_filter|content_policy|content management policy|invalid_prompt"
    ),
    "model": re.compile(
        r"model_not_found|invalid[_ ]model|\bmodel\b.{0,200}(?:does not exist|not found)"
    ),
}


def kind_in(words: str) -> ChatFailure | None:
    """What kind of failure an error's words, in small letters, tell of, if any."""
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(words)), None)


def is_too_long(words: str) -> bool:
    """Whether they say that the prompt is too long for the model."""
    return bool(_KINDS["context"].search(words))


def words_of(body: object) -> str:
    """Code, type, parameter and message of an error, in small letters.

    Nothing else of it: some servers repeat the prompt.
    """
    if isinstance(body, list) and body:
        body = body[0]
    if isinstance(body, Mapping):
        inner = body.get("error")
        return (
            words_of(inner) if isinstance(inner, Mapping | str) else " ".join(_said(body)).lower()
        )
    return _text(body) if isinstance(body, str) else ""


def _said(body: Mapping[str, object]) -> Iterator[str]:
    for value in map(body.get, _FIELDS):
        if isinstance(value, str | int):
            yield str(value)[:_LONGEST]
        elif isinstance(value, list):
            # How FastAPI says which parameters it does not take.
            yield from (str(one.get("loc"))[:_LONGEST] for one in value if isinstance(one, dict))


def _text(body: str) -> str:
    """The words of an error that the client handed on unread."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return body[:_LONGEST].lower()
    return words_of(read) if isinstance(read, Mapping | list) else body[:_LONGEST].lower()

"""Happenings as they travel: the events of our own API, and back into what they were.

An event is a name and JSON. The JSON is the dataclass, field for field, so that both ends speak
in `rag.types`; what is there beside the fields is for readers, and is ignored on the way back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Final, TypeAlias, TypeVar

from pydantic import TypeAdapter

from rag.errors import FootnoteError
from rag.types import Answer, Citation, Completed, Delta, Hit, Retrieved
from ui.server.asking import Happening, Recorded

MEDIA_TYPE: Final = "text/event-stream"
HEADERS: Final = {"cache-control": "no-cache", "x-accel-buffering": "no"}
ERROR: Final = "error"
MOST_HITS: Final = 1000  # that may be asked for; a search looks at a few hundred papers
Json: TypeAlias = dict[str, Any]
Kind = TypeVar("Kind")


UNKNOWN: Final = (
    "The server sent something that this Footnote does not understand. Use the same version of "
    "Footnote on both sides."
)


class WireError(FootnoteError):
    """What came is no event of ours."""


@dataclass(frozen=True, slots=True)
class Failure:
    """In place of whatever would have come: why there is no more, as the API's errors say it."""

    message: str
    code: str
    type: str = "server_error"
    param: str | None = None
    status: int = 500


Message: TypeAlias = Happening | Failure
_KINDS: Final[Mapping[str, type[Happening]]] = {
    "retrieved": Retrieved,
    "delta": Delta,
    "completed": Completed,
    "recorded": Recorded,
}
_codec: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}


def encode(message: Message) -> tuple[str, str]:
    """The name of the event, and its JSON on one line, in ASCII."""
    if isinstance(message, Failure):
        return ERROR, json.dumps({"error": asdict(message)})
    return _NAMES[type(message)], json.dumps(fields(message))


def decode(name: str, data: str) -> Message:
    """What was encoded; raises WireError where it is nothing of ours."""
    try:
        if name == ERROR:
            return _back(Failure, json.loads(data)["error"])
        return _back(_KINDS[name], json.loads(data))
    except (KeyError, TypeError, ValueError, RecursionError):
        raise WireError(UNKNOWN) from None


def framed(message: Message) -> bytes:
    """A server-sent event: https://html.spec.whatwg.org/multipage/server-sent-events.html."""
    name, data = encode(message)
    return event(name, data)


def event(name: str, data: str) -> bytes:
    """The same of anything; `data` is on one line."""
    return f"event: {name}\ndata: {data}\n\n".encode()


def fields(message: Happening) -> Json:
    """The event as plain values; a citation tells its `sentence` too."""
    found: Json = _codec(type(message)).dump_python(message, mode="json")
    match message:
        case Delta(_, citations):
            _tell_sentences(found["citations"], citations)
        case Completed(answer):
            _tell_sentences(found["answer"]["citations"], answer.citations)
    return found


def answer_fields(answer: Answer) -> Json:
    """An answer as it stands in the event `completed`."""
    found: Json = fields(Completed(answer))["answer"]
    return found


def hit_fields(hit: Hit) -> Json:
    """A hit as it stands in the event `retrieved`."""
    found: Json = _codec(Hit).dump_python(hit, mode="json")
    return found


def as_answer(found: object) -> Answer:
    """What `answer_fields` gave; raises WireError."""
    return _back(Answer, found)


def as_hit(found: object) -> Hit:
    """What `hit_fields` gave; raises WireError."""
    return _back(Hit, found)


def _back(kind: type[Kind], found: object) -> Kind:
    try:
        back: Kind = _codec(kind).validate_python(found)
    except ValueError:
        raise WireError(UNKNOWN) from None
    return back


def _tell_sentences(shown: list[Json], citations: tuple[Citation, ...]) -> None:
    for one, citation in zip(shown, citations, strict=True):
        one["sentence"] = citation.sentence


class Reader:
    """Server-sent events out of the lines of a response, whole ones only."""

    def __init__(self) -> None:
        self._name, self._data = "", list[str]()

    def line(self, line: str) -> Iterator[tuple[str, str]]:
        """The event that this line ends, if it ends one; lines come without their ends."""
        if line:
            self._take(line)
        elif self._data:
            yield self._name or "message", "\n".join(self._data)
            self._name, self._data = "", []

    def _take(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._name = value
        elif name == "data":
            self._data.append(value)

"""What is wrong with a request that does not fit its description, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi.exceptions import RequestValidationError

AS_JSON: Final = "with “Content-Type: application/json”"
# What the framework says where a body is beyond its reader of JSON.
UNREADABLE: Final = "There was an error parsing the body"
BEYOND_READING: Final = (
    "The body cannot be read. Send JSON in UTF-8, nested a few times and with ordinary numbers."
)
_OF_BODY: Final = {
    "json_invalid": "The body is no JSON. {error} at character {place}.",
    "missing": f"The request has no body. Send a JSON object, {AS_JSON}.",
    "model_attributes_type": f"The body has to be a JSON object, sent {AS_JSON}.",
}
_OF_FIELD: Final = {
    "missing": "It is missing.",
    "extra_forbidden": "There is no such field here.",
    "string_unicode": "It holds half a character, which is no text.",
    "too_short": "There have to be at least {min_length}.",
    "too_long": "There may be at most {max_length}.",
    "value_error": "{error}",
}


def misunderstood(error: RequestValidationError) -> tuple[str, str | None]:
    """A sentence for each problem, and where the first is; never what was sent."""
    problems = [_problem(one) for one in error.errors()]
    sentences = [f"{place}: {sentence}" if place else sentence for place, sentence in problems]
    return " ".join(sentences), problems[0][0]


def _problem(found: Mapping[str, Any]) -> tuple[str | None, str]:
    """Where it is, None for the body as a whole, and what."""
    kind, (where, *place) = found["type"], found["loc"]
    if where == "body" and (not place or kind == "json_invalid") and kind in _OF_BODY:
        return None, _OF_BODY[kind].format(place=(*place, 0)[0] + 1, **found.get("ctx", {}))
    own = _OF_FIELD.get(kind, "").format(**found.get("ctx", {}))
    return ".".join(map(str, place)) or where, own or f"{found['msg']}."

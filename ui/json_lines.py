"""One line of a JSON Lines file that a person wrote: its object, or what is wrong with it."""

from __future__ import annotations

import json


def read_object(line: bytes) -> dict[str, object] | str:
    """The object, or a sentence that says why there is none; never raises."""
    try:
        value = json.loads(line)
    except UnicodeDecodeError:
        return "The line is not UTF-8; save the file again as UTF-8."
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")
        return f"The line is not JSON: {what} at column {error.colno}."
    except (ValueError, RecursionError):
        return "The line is JSON that nests too deep or holds too large a number."
    if not isinstance(value, dict):
        return "The line is JSON, but not an object in braces."
    if not _is_text(value):
        return "The line holds half of a character (a lone surrogate); save the file again."
    return value


def _is_text(value: dict[str, object]) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True

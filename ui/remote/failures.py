"""What a server refuses, or how it cannot be reached, as errors of the one family."""

from __future__ import annotations

import json
from typing import Final

from rag.errors import (
    ChatError,
    ConfigError,
    FootnoteError,
    PaperNotFoundError,
    QuestionError,
    ShelfError,
)
from ui.remote.server import Server
from ui.server.wire import Failure

NOT_OURS: Final = (
    "What answers at {address} is no Footnote server, or one of another version (it answered with "
    "status {status})."
)
UNREACHABLE: Final = (
    "No server answers at {address}. Start it with `footnote serve`, or name another with --server."
)
BROKEN_OFF: Final = "The server at {address} broke off before its end. Try again."
TOO_SLOW: Final = "The server at {address} took too long to answer. Try again."
NEEDS_KEY: Final = "{reason} Set FOOTNOTE_SERVER_KEY to a key that it knows."


class RemoteError(FootnoteError):
    """A server could not be reached, or did not do what it was asked for."""


def failure(status: int, body: bytes, server: Server) -> FootnoteError:
    """The error for a response that is not a success."""
    message, code = _told(body)
    if not message:
        return RemoteError(NOT_OURS.format(address=server.shown, status=status))
    return error_for(Failure(message, code, status=status))


def error_for(failed: Failure) -> FootnoteError:
    """The error that a local engine or shelf would have raised."""
    match failed.status, failed.code:
        case 401, _:
            return ConfigError(NEEDS_KEY.format(reason=failed.message))
        case _, "not_found":
            return PaperNotFoundError(failed.message)
        case _, "invalid_question":
            return QuestionError(failed.message)
        case _, "shelf_unavailable":
            return ShelfError(failed.message)
        case _, "upstream_error":
            return ChatError("rejected", failed.message)
    return RemoteError(failed.message)


def _told(body: bytes) -> tuple[str, str]:
    """Its sentence and its code; both empty where it is no error of ours."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    match found:
        case {"error": {"message": str(message), "code": str(code)}}:
            return message, code
        case {"error": {"message": str(message)}} | {"detail": str(message)}:
            return message, ""
    return "", ""

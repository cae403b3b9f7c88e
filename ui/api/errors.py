"""Errors as OpenAI writes them, with sentences of ours, on both APIs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from rag.errors import (
    ChatError,
    ConfigError,
    FootnoteError,
    PaperNotFoundError,
    QuestionError,
    ShelfError,
)
from ui.api.misunderstood import BEYOND_READING, UNREADABLE, misunderstood
from ui.conversation import ConversationError
from ui.server import incidents
from ui.server.places import BusyError

Json: TypeAlias = dict[str, object]
BUSY = "Many ask at this moment. Wait a little, then ask again."
INTERNAL = (
    "Something went wrong here, not with your request. Try again; if it stays, tell whoever runs "
    "this server the reference {reference}."
)
NO_SUCH_PATH = "There is nothing at {path}."
NO_SUCH_METHOD = "{path} does not take {method}. Send {allowed}."
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
_CHAT_STATUS = {"rate": 503, "timeout": 504, "unreachable": 503}


class ApiError(Exception):
    """A response with this status and a sentence."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message = status, message
        self.code, self.param, self.headers = code, param, headers


def told(error: Exception, *, invalid: int = 400) -> ApiError:
    """The response to an error; whatever nobody foresaw is noted, and told by its reference only.

    `invalid` is the status of a request that cannot be understood.
    """
    match error:
        case ApiError():
            return error
        case BusyError():
            return ApiError(503, BUSY, code="busy", headers={"retry-after": "2"})
        case QuestionError() | ConfigError():
            return ApiError(invalid, str(error), code="invalid_question")
        case PaperNotFoundError() | ConversationError():
            return ApiError(404, str(error), code="not_found")
        case ChatError():
            status = _CHAT_STATUS.get(error.kind, 502)
            return ApiError(status, str(error), code="upstream_error")
        case ShelfError():
            return ApiError(503, str(error), code="shelf_unavailable")
        case FootnoteError():
            return ApiError(invalid, str(error), code="invalid_request")
    reference = incidents.note(error)
    return ApiError(500, INTERNAL.format(reference=reference), code="internal_error")


def envelope(error: ApiError) -> Json:
    """The body, as https://platform.openai.com/docs/guides/error-codes has it."""
    default = "invalid_request_error" if error.status < 500 else "server_error"
    kind = _TYPES.get(error.status, default)
    inner = {"message": error.message, "type": kind, "param": error.param, "code": error.code}
    return {"error": inner}


def response(error: ApiError) -> Response:
    return JSONResponse(envelope(error), error.status, headers=dict(error.headers or {}))


def install(app: FastAPI, *, invalid: int = 400) -> None:
    """Answers every error of the application in the envelope."""

    async def any_error(request: Request, error: Exception) -> Response:
        return response(told(error, invalid=invalid))

    async def validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101  (registered for just this)
        message, place = misunderstood(error)
        return response(ApiError(invalid, message, code="invalid_request", param=place))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  (registered for just this)
        return response(_from_http(error, request))

    for kind in (ApiError, BusyError, FootnoteError, Exception):
        app.add_exception_handler(kind, any_error)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, http)


def _from_http(error: HTTPException, request: Request) -> ApiError:
    status, path = error.status_code, request.url.path
    code = _CODES.get(status, "invalid_request")
    match status, error.detail:
        case 404, "Not Found":
            return ApiError(404, NO_SUCH_PATH.format(path=path), code=code)
        case 405, _:
            allowed = _allowed(request)
            ways = {"method": request.method, "path": path, "allowed": " or ".join(allowed)}
            # The framework names the methods of one route alone.
            headers = {"allow": ", ".join(allowed)}
            return ApiError(405, NO_SUCH_METHOD.format(**ways), code=code, headers=headers)
        case _, str(detail) if detail == UNREADABLE:
            return ApiError(status, BEYOND_READING, code=code)
    return ApiError(status, str(error.detail), code=code, headers=error.headers)


def _allowed(request: Request) -> list[str]:
    """The methods that something at this path takes."""
    scope, routes = request.scope, request.app.routes
    return [
        method
        for method in METHODS
        if any(one.matches({**scope, "method": method})[0] is Match.FULL for one in routes)
    ]

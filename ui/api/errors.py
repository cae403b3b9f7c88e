"""Errors as OpenAI writes them, with sentences of ours, on both APIs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from rag.errors import (
    ChatError,
    ConfigError,
    FootnoteError,
    PaperNotFoundError,
    QuestionError,
    ShelfError,
)
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
        return response(_misunderstood(error, invalid))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  (registered for just this)
        return response(_from_http(error, request.url.path))

    for kind in (ApiError, BusyError, FootnoteError, Exception):
        app.add_exception_handler(kind, any_error)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, http)


def _misunderstood(error: RequestValidationError, status: int) -> ApiError:
    """Where in the request, and what is wrong; never what was sent."""
    problems = [(_place(one["loc"]), str(one["msg"])) for one in error.errors()]
    message = " ".join(f"{place}: {reason}." for place, reason in problems)
    return ApiError(status, message, code="invalid_request", param=problems[0][0])


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(one) for one in location[1:]) or str(location[0])


def _from_http(error: HTTPException, path: str) -> ApiError:
    is_unknown = error.status_code == 404 and error.detail == "Not Found"
    message = NO_SUCH_PATH.format(path=path) if is_unknown else str(error.detail)
    code = _CODES.get(error.status_code, "invalid_request")
    return ApiError(error.status_code, message, code=code, headers=error.headers)

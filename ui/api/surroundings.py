"""What stands around each application of the API: limits, names, records, and no traceback."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.api import texts
from ui.api.errors import ApiError, response, told
from ui.server import incidents
from ui.server.audit import Audit, Audited
from ui.server.body_limit import MOST_BYTES, PATIENCE, BodyLimit, Refusals
from ui.server.cross_origin import cross_origin
from ui.server.receiving import in_megabytes
from ui.server.request_ids import RequestIds

UPLOADS = "/papers/upload"


def surrounded(
    app: ASGIApp, surface: str, *, audit: Audit | None = None, origins: tuple[str, ...] = ()
) -> ASGIApp:
    """The application as it is served; `surface` is its name in the audit."""
    inner: ASGIApp = BodyLimit(Contained(app), refusals=_refusals(), except_for=is_upload)
    inner = Telling(inner)
    if audit:
        inner = Audited(inner, audit=audit, surface=surface)
    return RequestIds(cross_origin(inner, origins))


class Contained:
    """Where an application raises, it ends here: in the envelope, or where it has begun, with it.

    FastAPI answers an error and raises it once more, for a server that would print it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        last: Message = {"type": ""}

        async def send_and_see(message: Message) -> None:
            nonlocal last
            last = message
            await send(message)

        try:
            await self._app(scope, receive, send_and_see)
        except Exception as error:  # noqa: BLE001  (whatever it is, the client gets a sentence)
            if not last["type"]:
                await response(told(error))(scope, receive, send)
            elif not _is_end(last):
                incidents.note(error)


class Telling:
    """Adds how much is left of the caller's limits to whatever the response is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = dict(scope.get("state", {}))

        async def send_with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(state.get("limits", {}))
            await send(message)

        await self._app({**scope, "state": state}, receive, send_with_limits)


def is_upload(scope: Scope) -> bool:
    """A form with files, which is kept on disk piece by piece under a limit of its own."""
    is_form = Headers(scope=scope).get("content-type", "").startswith("multipart/form-data")
    return is_form and scope["method"] == "POST" and scope["path"].endswith(UPLOADS)


def _refusals() -> Refusals:
    large = texts.TOO_LARGE.format(size=in_megabytes(MOST_BYTES))
    slow = texts.TOO_SLOW.format(seconds=round(PATIENCE))
    return Refusals(
        _saying(ApiError(413, large, code="too_large")),
        _saying(ApiError(408, slow, code="too_slow")),
    )


def _saying(error: ApiError) -> ASGIApp:
    """A response of its own each time: one is for a single request."""

    async def saying(scope: Scope, receive: Receive, send: Send) -> None:
        await response(error)(scope, receive, send)

    return saying


def _is_end(message: Message) -> bool:
    return message["type"] == "http.response.body" and not message.get("more_body")

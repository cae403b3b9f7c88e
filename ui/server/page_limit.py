"""How much may be sent to the pages, the chat and the bot; the API has an envelope of its own."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Scope

from ui.server.body_limit import MOST_BYTES, PATIENCE, BodyLimit, Refusals
from ui.server.receiving import in_megabytes
from ui.server.refusing import refuse

ELSEWHERE: Final = ("/v1/", "/api/v1/")
UPLOADS: Final = "/add"
TOO_LARGE: Final = "The request is larger than {size}. Send less at once."
TOO_SLOW: Final = "The request took longer than {seconds} seconds to arrive. Send it again."


def page_limit(app: ASGIApp) -> BodyLimit:
    """The application with the limits of the API, but for files, which are kept on disk."""
    large = refuse(413, TOO_LARGE.format(size=in_megabytes(MOST_BYTES)))
    slow = refuse(408, TOO_SLOW.format(seconds=round(PATIENCE)))
    return BodyLimit(app, refusals=Refusals(large, slow), except_for=has_its_own)


def has_its_own(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.startswith(ELSEWHERE) or path == UPLOADS

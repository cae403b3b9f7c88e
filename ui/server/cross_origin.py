"""Which other sites' pages may use what is below: none, unless they were named."""

from __future__ import annotations

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from ui.server.request_ids import HEADER

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SHOWN = (
    HEADER,
    "retry-after",
    *(
        f"x-ratelimit-{what}-{of}"
        for what in ("limit", "remaining", "reset")
        for of in ("requests", "tokens")
    ),
)


def origins_in(setting: str) -> tuple[str, ...]:
    """From origins with commas between."""
    return tuple(filter(None, (one.strip().lower() for one in setting.split(","))))


def cross_origin(app: ASGIApp, origins: tuple[str, ...]) -> ASGIApp:
    """The application with the headers of https://fetch.spec.whatwg.org/#http-cors-protocol.

    Never with credentials: a page of another site shows a key, it does not act for whoever is
    signed in.
    """
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=METHODS,
        allow_headers=("*",),
        allow_credentials=False,
        expose_headers=SHOWN,
    )

"""Which of Gradio's routes are open: those that the chat and `gradio_client` need."""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# Uploads, files, proxies and what Gradio adds later stay closed until a page needs them.
NEEDED = frozenset((
    "/",
    "/config",
    "/favicon.ico",
    "/manifest.json",
    "/robots.txt",
    "/theme.css",
    "/gradio_api/app_id",
    "/gradio_api/cancel",
    "/gradio_api/info",
    "/gradio_api/queue/data",
    "/gradio_api/queue/join",
    "/gradio_api/reset",
    "/gradio_api/run/predict",
    "/gradio_api/startup-events",
    "/gradio_api/theme.css",
))  # fmt: skip
NEEDED_BELOW = ("/assets/", "/static/", "/gradio_api/heartbeat/")


class OpenRoutes:
    """Answers 404 for the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or is_open(scope["path"]):
            await self._app(scope, receive, send)
        else:
            await PlainTextResponse("Not Found", status_code=404)(scope, receive, send)


def is_open(path: str) -> bool:
    """Exactly as it is routed: a path that is written otherwise leads nowhere."""
    return path in NEEDED or (path.startswith(NEEDED_BELOW) and ".." not in path)

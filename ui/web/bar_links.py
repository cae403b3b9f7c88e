"""The links that the bar of every page has beside those that it always has."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from ui.web import access_texts as texts

Link = tuple[str, str]
SIGN_OUT: Link = ("/sign-out", texts.SIGN_OUT)


class BarLinks:
    """Sets `scope["state"]["links"]` to (address, text) of each."""

    def __init__(self, app: ASGIApp, *, links: tuple[Link, ...]) -> None:
        self._app, self._links = app, links

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            state = dict(scope.get("state", {}))
            leaving = (SIGN_OUT,) if state.get("can_sign_out") else ()
            state["links"] = (*self._links, *leaving)
            scope = {**scope, "state": state}
        await self._app(scope, receive, send)

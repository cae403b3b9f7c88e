"""Programs that speak to the chat's address as Gradio's own client does, and show an API key."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import Scope

from ui.server.keys import PREFIX

JOINED = "/gradio_api/queue/join"
# All that `gradio_client` asks for to call one endpoint.
ASKED_FOR = frozenset((
    "/config",
    "/gradio_api/cancel",
    "/gradio_api/info",
    "/gradio_api/queue/data",
    JOINED,
))  # fmt: skip
ASKED_FOR_BELOW = "/gradio_api/heartbeat/"


def shows_key(scope: Scope) -> bool:
    """Whether it is such a program's request; the key may be wrong.

    No page of another site can send that header.
    """
    if scope["type"] != "http" or not _is_asked_for(scope["path"]):
        return False
    sent = Headers(scope=scope).getlist("authorization")
    return any(_is_key(one) for one in sent)


def _is_asked_for(path: str) -> bool:
    return path in ASKED_FOR or (path.startswith(ASKED_FOR_BELOW) and ".." not in path)


def _is_key(sent: str) -> bool:
    scheme, _, token = sent.strip().replace("\t", " ").partition(" ")
    return scheme.lower() == "bearer" and token.strip().startswith(PREFIX)

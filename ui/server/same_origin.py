"""Whether a page of ours sent a request, not one of another site."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request


def is_same_origin(request: Request) -> bool:
    """What the browser says of itself, which no page can change; silence is a no."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin", "")
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        return False
    return bool(host) and host.lower() == request.headers.get("host", "").lower()

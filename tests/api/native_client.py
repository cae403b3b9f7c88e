"""The native API as it is served, and a client of it."""

from __future__ import annotations

import httpx
from fastapi import FastAPI

from ui.api.native_application import native_application
from ui.api.surroundings import surrounded


def mounted(api):
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/api/v1", surrounded(native_application(api), "native"))
    return app


def client_of(api, **options):
    transport = httpx.ASGITransport(mounted(api), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://testserver/api/v1", **options)


def sentence_of(response):
    """That of an error; nothing else may be in its body."""
    body = response.json()
    assert list(body) == ["error"]
    assert set(body["error"]) == {"message", "type", "param", "code"}
    return body["error"]["message"]

"""The OpenAI-compatible API, mounted at /v1."""

from __future__ import annotations

from fastapi import FastAPI

from ui.api import chat_completions, errors, openai_models, responses
from ui.api.services import Api


def openai_application(api: Api) -> FastAPI:
    """Models, chat completions and responses; errors in OpenAI's envelope."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for part in (openai_models, chat_completions, responses):
        app.include_router(part.router(api))
    errors.install(app)
    return app

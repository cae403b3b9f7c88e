"""Our own API, mounted at /api/v1: everything that the pages and the command line can do."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

from fastapi import FastAPI
from fastapi.routing import APIRoute

from ui.api import (
    answers,
    backups,
    checking,
    conversations,
    errors,
    exports,
    feedback,
    handing_in,
    jobs,
    papers,
    searching,
    stats,
)
from ui.api.native_shapes import EVERYWHERE, INVALID
from ui.api.services import Api

DESCRIPTION: Final = """\
Answers over a shelf of research-paper abstracts: every sentence is followed by a number, and the \
number points to the very sentence of an abstract that says so.

Send an API key as `Authorization: Bearer fn_…`, which `footnote keys create` makes; a server \
that serves this machine alone asks for none until one was made. What goes wrong is said in a \
sentence, as `error.message`; `error.code` is for programs. Fields that are not known are refused.
"""
TAGS: Final = {
    "answers": "Questions, and answers whose every sentence is cited.",
    "search": "Papers alone.",
    "check": "Whether a paper says what a sentence says.",
    "papers": "What is on the shelf, and what is to be put there.",
    "jobs": "What takes a while: it can be watched and called off, and survives a restart.",
    "conversations": "What was asked, and each answer whole; nobody sees another's.",
    "exports": "Files for reference managers.",
    "feedback": "What people say of answers.",
    "stats": "How much there is.",
    "backups": "Everything that is kept, as one file.",
}
PARTS: Final = (
    answers,
    searching,
    checking,
    handing_in,
    papers,
    jobs,
    conversations,
    exports,
    feedback,
    stats,
    backups,
)


def native_application(api: Api) -> FastAPI:
    """Described at /openapi.json; errors in one envelope, 422 where a request says what cannot be.

    There is no page of documentation: its scripts would come from elsewhere.
    """
    app = FastAPI(
        title="Footnote API",
        version=version("footnote"),
        description=DESCRIPTION,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        openapi_tags=[{"name": name, "description": said} for name, said in TAGS.items()],
        generate_unique_id_function=_name,
    )
    for part in PARTS:
        app.include_router(part.router(api), responses=EVERYWHERE)
    errors.install(app, invalid=INVALID)
    return app


def _name(route: APIRoute) -> str:
    return f"{route.tags[0]}_{route.name}"

"""`/scope`: what the filters in an address mean, and what there is to filter by."""

from __future__ import annotations

from pathlib import PurePath
from typing import TypeAlias

from fastapi import APIRouter, Request

from rag.types import Scope
from ui import render
from ui.scope_in_words import ONLY, parts
from ui.server.scoping import FilterError, scope_of
from ui.server.services import Library
from ui.web import texts

CHOICES = 300
LONGEST = 60  # characters of a title on a chip
Json: TypeAlias = dict[str, object]


def router(shelf: Library) -> APIRouter:
    """The script draws chips with it; the filters themselves are the engine's."""
    routes = APIRouter()

    @routes.get("/scope")
    def scope(request: Request) -> Json:
        try:
            wanted = scope_of(request.query_params)
        except FilterError as error:
            return {"chips": [], "problem": str(error), "papers": ""}
        chips = [{"name": name, "text": text} for name, text in parts(wanted)]
        for chip in chips:
            if chip["name"] == ONLY:
                chip["text"] = _only(shelf, wanted) or chip["text"]
        return {"chips": chips, "problem": "", "papers": _left(shelf, wanted)}

    @routes.get("/scope/choices")
    def choices() -> Json:
        there = shelf.statistics()
        names = dict.fromkeys(PurePath(source).name for source, _ in there.by_source)
        return {
            "organizations": [name for name, _ in there.by_organization[:CHOICES]],
            "sources": list(names)[:CHOICES],
        }

    return routes


def _only(shelf: Library, wanted: Scope) -> str:
    """The title where a single paper is chosen."""
    if len(wanted.paper_ids) != 1:
        return ""
    found = shelf.find(Scope(paper_ids=wanted.paper_ids), limit=1)
    if not found:
        return ""
    title = render.title(found[0])
    shown = title if len(title) <= LONGEST else f"{title[: LONGEST - 1].rstrip()}…"
    return texts.ONLY_ABOUT.format(title=shown)


def _left(shelf: Library, wanted: Scope) -> str:
    if wanted.is_empty:
        return ""
    return texts.LEFT.format(papers=render.several(shelf.count(wanted), "paper"))

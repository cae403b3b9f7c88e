"""Pages of our own: HTML from templates, in which every text is escaped."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rag.language.latex import readable
from ui.server import incidents
from ui.web import papers_texts, texts
from ui.web.markup import address, plain

LINKS: tuple[tuple[str, str], ...] = (("/", papers_texts.CHAT), ("/papers", papers_texts.PAPERS))


def router() -> APIRouter:
    """`/bar`: the bar of our pages, for the script that puts it into the chat's."""
    routes = APIRouter()

    @routes.get("/bar")
    async def bar(request: Request) -> dict[str, object]:
        return {"label": papers_texts.MAIN_LINKS, "links": links(request)}

    return routes


def links(request: Request) -> list[tuple[str, str]]:
    """Where the bar leads, as (address, text); some only where they are allowed."""
    return [*LINKS, *getattr(request.state, "links", ())]


def page(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """A template of `templates/` that extends `base.html`, with a title and these values.

    `request.state.links` may hold more links of the bar as (address, text), and
    `request.state.user` the name of who is signed in; `base.html` shows both.
    """
    written = (
        _environment()
        .get_template(template)
        .render(
            here=request.url.path,
            links=links(request),
            user=getattr(request.state, "user", None),
            **values,
        )
    )
    return HTMLResponse(written, status_code=status)


def notice(
    request: Request,
    title: str,
    sentence: str,
    *,
    status: int,
    back: tuple[str, str] = LINKS[0],
) -> HTMLResponse:
    """A page with one sentence, and a way back: an address and its text."""
    values = {"title": title, "sentence": sentence, "back": back[0], "back_text": back[1]}
    return page(request, "notice.html", status=status, **values)


class TotalRoute(APIRoute):
    """A route that always answers: an error is noted, and told as a reference."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except (HTTPException, RequestValidationError):
                raise
            except Exception as error:  # noqa: BLE001  (whoever asks gets a page)
                sentence = papers_texts.WRONG_SENTENCE.format(reference=incidents.note(error))
                return notice(request, papers_texts.WRONG, sentence, status=500)

        return handled


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("ui.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(name=texts.NAME, t=papers_texts)
    environment.filters.update(seen=_seen, web=_web)
    return environment


def _seen(text: str) -> Markup:
    """Text of a paper as a reader sees it: LaTeX made readable, nothing hidden in it."""
    return Markup(plain(readable(text)))  # noqa: S704  (`plain` escapes)


def _web(url: str | None) -> Markup | None:
    """An address on the web; None where a browser may not go there from us."""
    target = address(url)
    return None if target is None else Markup(target)  # noqa: S704  (`address` escapes)

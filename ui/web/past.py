"""Past conversations: kept as answers come, listed, opened again, renamed, deleted, exported."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Body, HTTPException, Request, Response

from rag.errors import FootnoteError
from ui.conversation import Conversation, ConversationError, Conversations, Kept
from ui.exports import FORMATS
from ui.exports.works import works
from ui.server import incidents
from ui.server.exchange import Exchange, Exchanges
from ui.server.same_origin import is_same_origin
from ui.web import texts
from ui.web.owners import owner_of

LISTED = 200
LONGEST_NAME = 48  # characters of a title in the name of a file
_ID = re.compile(r"[0-9a-f]{16}")
_UNFIT = re.compile(r"[^A-Za-z0-9]+")
Json: TypeAlias = dict[str, object]
SCRIPT = {
    "name": texts.NAME,
    "page": texts.PAGE_TITLE,
    "past": texts.PAST,
    "none": texts.NO_PAST,
    "show": texts.SHOW_PAST,
    "hide": texts.HIDE_PAST,
    "rename": texts.RENAME,
    "delete": texts.DELETE,
    "cancel": texts.CANCEL,
    "title": texts.TITLE,
    "sure": texts.SURE_TO_DELETE,
    "forGood": texts.DELETED_FOR_GOOD,
    "notDone": texts.NOT_DONE,
    "copy": texts.COPY,
    "copied": texts.COPIED,
    "filter": texts.FILTER,
    "filters": texts.FILTERS,
    "apply": texts.APPLY,
    "clear": texts.CLEAR,
    "remove": texts.REMOVE,
    "since": texts.FROM_MONTH,
    "until": texts.TO_MONTH,
    "organization": texts.ORGANIZATION,
    "source": texts.PAGE_OR_FILE,
    "any": texts.ANY,
    "month": texts.MONTH_FORM,
}


def head() -> str:
    """The texts that the scripts of conversations and filters put into the page."""
    return f'<meta name="footnote-past" content="{html.escape(json.dumps(SCRIPT))}">'


async def keep(
    conversations: Conversations | None, conversation_id: str, last: Exchange, owner: str
) -> str:
    """Keeps an answer, in a new conversation where there is none yet; returns the id.

    Empty where it is not kept: it has no answer, or nobody could find it again.
    """
    if conversations is None or last.answer is None or not owner:
        return ""
    kept = Kept(last.answer, last.scope, last.seconds, last.id)
    try:
        return await asyncio.to_thread(_keep, conversations, conversation_id, kept, owner)
    except FootnoteError as error:
        incidents.note(error)
        return ""


def _keep(conversations: Conversations, conversation_id: str, kept: Kept, owner: str) -> str:
    if conversation_id:
        try:
            conversations.keep(conversation_id, kept, owner=owner)
        except ConversationError:
            pass  # deleted from another window meanwhile: it goes on as a new one
        else:
            return conversation_id
    begun = conversations.begin(kept.answer.question, owner=owner)
    conversations.keep(begun, kept, owner=owner)
    return begun


async def reopened(
    conversations: Conversations | None, conversation_id: str, owner: str
) -> Exchanges:
    """A conversation as a page shows it; raises ConversationError where it is not theirs."""
    kept = await asyncio.to_thread(_kept, conversations, conversation_id, owner)
    return tuple(
        Exchange(
            one.answer.question,
            state="done",
            hits=one.answer.retrieved,
            text=one.answer.text,
            citations=one.answer.citations,
            answer=one.answer,
            seconds=one.seconds,
            id=one.record,
            scope=one.scope,
        )
        for one in kept
    )


def exports(conversation_id: str) -> str:
    """Where a conversation can be fetched as a file, as HTML; the script reads the id there.

    Without an id it says just that none is open.
    """
    if not conversation_id:
        return '<span id="kept-none"></span>'
    links = "".join(
        f'<li><a href="/conversations/{conversation_id}/export{suffix}">{one.name}</a></li>'
        for suffix, one in FORMATS.items()
    )
    summary = f"<summary>{texts.EXPORT}</summary>"
    return (
        f'<details class="export" id="kept-{conversation_id}">{summary}<ul>{links}</ul></details>'
    )


def router(conversations: Conversations) -> APIRouter:
    """What the page's script asks for; nobody finds another's."""
    routes = APIRouter(prefix="/conversations")

    @routes.get("")
    def listed(request: Request) -> Json:
        owner = owner_of(request)
        found = conversations.latest(LISTED, owner=owner) if owner else []
        links = (("/papers", texts.PAPERS), *getattr(request.state, "links", ()))
        return {"conversations": [_json(one) for one in found], "links": links}

    @routes.get("/{conversation_id}/export{suffix}")
    def exported(request: Request, conversation_id: str, suffix: str) -> Response:
        owner = owner_of(request)
        with _found():
            kept = _kept(conversations, conversation_id, owner)
            title = conversations.find(conversation_id, owner=owner).title
        return _file(kept, title, suffix)

    _add_changes(routes, conversations)
    return routes


def _add_changes(routes: APIRouter, conversations: Conversations) -> None:
    @routes.patch("/{conversation_id}")
    def renamed(
        request: Request, conversation_id: str, title: Annotated[str, Body(embed=True)]
    ) -> Json:
        owner = _changing(request, conversation_id)
        with _found():
            conversations.rename(conversation_id, title, owner=owner)
            return _json(conversations.find(conversation_id, owner=owner))

    @routes.delete("/{conversation_id}", status_code=204)
    def deleted(request: Request, conversation_id: str) -> None:
        owner = _changing(request, conversation_id)
        with _found():
            conversations.delete(conversation_id, owner=owner)


@contextmanager
def _found() -> Iterator[None]:
    """Turns a ConversationError into the answer that there is no such page."""
    try:
        yield
    except ConversationError:
        raise _absent() from None


def _kept(conversations: Conversations | None, conversation_id: str, owner: str) -> list[Kept]:
    if conversations is None or not owner or not _ID.fullmatch(conversation_id):
        raise ConversationError(texts.NO_CONVERSATION)
    try:
        found = conversations.kept(conversation_id, owner=owner)
    except ConversationError:
        raise ConversationError(texts.UNREADABLE) from None
    if not found:
        raise ConversationError(texts.NO_CONVERSATION)
    return found


def _changing(request: Request, conversation_id: str) -> str:
    """Whoever changes something; no other site may make a browser do it."""
    if not is_same_origin(request):
        raise HTTPException(403, texts.NOT_DONE)
    owner = owner_of(request)
    if not owner or not _ID.fullmatch(conversation_id):
        raise _absent()
    return owner


def _absent() -> HTTPException:
    return HTTPException(404, texts.NO_CONVERSATION)


def _file(kept: Sequence[Kept], title: str, suffix: str) -> Response:
    form = FORMATS.get(suffix)
    if form is None:
        raise _absent()
    if form.papers_alone and not works([one.answer for one in kept]):
        raise HTTPException(404, texts.NOTHING_TO_EXPORT)
    return Response(
        form.written(kept),
        media_type=f"{form.media_type}; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{_name(title)}{suffix}"',
            "cache-control": "no-store",
        },
    )


def _name(title: str) -> str:
    return _UNFIT.sub("-", title)[:LONGEST_NAME].strip("-").lower() or "conversation"


def _json(one: Conversation) -> Json:
    return {
        "id": one.id,
        "title": one.title,
        "changed": one.changed.isoformat(timespec="seconds"),
        "answers": one.answers,
    }

"""`/conversations`: begun, listed, read, renamed, deleted and exported; each its owner's alone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from ui.api.answer_shapes import AnswerShown, shown
from ui.api.exports import FILES, FormatName, file
from ui.api.native_shapes import Asked, errors, shown_by
from ui.api.services import Api
from ui.api.their_conversations import Theirs
from ui.conversation import LONGEST_TITLE, Conversation
from ui.server.principals import Principal

MOST_LISTED: Final = 200
FormatAsked = Annotated[FormatName, Query(alias="format")]


class Begun(Asked):
    """A conversation to begin; without a title it is called by its first question."""

    model_config = shown_by({"title": "Saving memory"}, {})

    title: Annotated[str, Field(max_length=LONGEST_TITLE, examples=["Saving memory"])] = ""


class Renamed(Asked):
    """What it is called from now on."""

    model_config = shown_by({"title": "Memory"})

    title: Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE, examples=["Memory"])]


class ConversationShown(BaseModel):
    """What is known of a conversation without its text."""

    id: str
    title: str
    created: datetime
    changed: datetime
    answers: Annotated[int, Field(description="How many there are in it.")]


class ConversationsShown(BaseModel):
    """Those that were gone on with last, the last one first."""

    conversations: list[ConversationShown]


class WholeConversation(ConversationShown):
    """A conversation with all that was said in it."""

    said: list[AnswerShown]


def router(api: Api) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/conversations", tags=["conversations"])
    asking = Depends(api.gate.needs("ask"))

    async def theirs(principal: Principal = asking) -> Theirs:
        return Theirs(api, principal)

    _add_reading(routes, Depends(theirs))
    _add_changing(routes, Depends(theirs))
    return routes


def _add_reading(routes: APIRouter, mine: Any) -> None:  # noqa: ANN401  (a dependency)
    @routes.get("", summary="List your conversations")
    async def conversations(
        limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 50, whose: Theirs = mine
    ) -> ConversationsShown:
        found = await whose.latest(limit)
        return ConversationsShown(conversations=[_shown(one) for one in found])

    @routes.get(
        "/{conversation_id}",
        summary="Read a conversation",
        response_model=WholeConversation,
        responses=errors(404),
    )
    async def conversation(conversation_id: str, whose: Theirs = mine) -> Response:
        found = await whose.find(conversation_id)
        said = [shown(one, found.id) for one in await whose.kept(conversation_id)]
        return JSONResponse({**_shown(found).model_dump(mode="json"), "said": said})

    @routes.get(
        "/{conversation_id}/export",
        summary="Export a conversation",
        response_class=Response,
        responses={200: FILES, **errors(404, 409)},
    )
    async def exported(
        conversation_id: str, form: FormatAsked = "md", whose: Theirs = mine
    ) -> Response:
        found = await whose.find(conversation_id)
        return file(await whose.kept(conversation_id), form, found.title)


def _add_changing(routes: APIRouter, mine: Any) -> None:  # noqa: ANN401  (a dependency)
    @routes.post("", status_code=201, summary="Begin a conversation", responses=errors(404))
    async def begin(asked: Begun | None = None, whose: Theirs = mine) -> ConversationShown:
        return _shown(await whose.begin(asked.title if asked else ""))

    @routes.patch("/{conversation_id}", summary="Rename a conversation", responses=errors(404))
    async def rename(
        conversation_id: str, asked: Renamed, whose: Theirs = mine
    ) -> ConversationShown:
        return _shown(await whose.rename(conversation_id, asked.title))

    @routes.delete(
        "/{conversation_id}",
        status_code=204,
        summary="Delete a conversation for good",
        responses=errors(404),
    )
    async def delete(conversation_id: str, whose: Theirs = mine) -> None:
        await whose.delete(conversation_id)


def _shown(one: Conversation) -> ConversationShown:
    return ConversationShown(
        id=one.id, title=one.title, created=one.created, changed=one.changed, answers=one.answers
    )

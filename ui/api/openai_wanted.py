"""What a request of either kind wants, in our own words."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from ui.api.front_end_tasks import reply_to
from ui.api.openai_conversation import Conversation, conversation
from ui.api.openai_models import check_model
from ui.api.openai_requests import Asked, text_of
from ui.api.openai_usage import prompt_tokens
from ui.api.openai_writing import Wanted
from ui.api.services import Api
from ui.server.asking import Question
from ui.server.principals import Principal


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and at which address our pages are for them."""

    principal: Principal
    home: str


def asker(request: Request, principal: Principal) -> Asker:
    return Asker(principal, str(request.base_url).rstrip("/"))


def wanted(api: Api, asked: Asked, by: Asker) -> Wanted:
    """Raises ApiError where it cannot be answered."""
    check_model(asked.model)
    said, chosen = asked.said, asked.sources
    found = conversation(said, asked.place)
    return Wanted(
        question=_question(found, by.principal),
        principal=by.principal,
        home=by.home,
        has_sources=api.application.settings.api_sources if chosen is None else chosen,
        prompt=prompt_tokens(text_of(one.content) for one in said),
        reply=reply_to(found.asked, found.history),
    )


def _question(found: Conversation, principal: Principal) -> Question:
    return Question(found.question, found.history, owner=principal.owner)

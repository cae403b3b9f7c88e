"""`POST /feedback`: what somebody says of an answer."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from pydantic import Field

from ui.answer_log import Feedback, Reason, Thumb
from ui.api.errors import ApiError
from ui.api.native_shapes import Asked, errors, off_the_loop, shown_by
from ui.api.services import Api

LONGEST_NOTE: Final = 500  # characters
ABSENT: Final = "There is no answer with this record; `record` of an answer is what to send."


class FeedbackAsked(Asked):
    """A thumb, and with one that is down what is wrong; without one it is taken back."""

    model_config = shown_by(
        {"record": "0123456789abcdef0123456789abcdef", "thumb": "up"},
        {
            "record": "0123456789abcdef0123456789abcdef",
            "thumb": "down",
            "reason": "wrong-citation",
            "note": "The second source says the opposite.",
        },
    )

    record: Annotated[
        str,
        Field(
            pattern="^[0-9a-f]{32}$",
            description="As it stands in the answer.",
            examples=["0123456789abcdef0123456789abcdef"],
        ),
    ]
    thumb: Thumb | None
    reason: Reason | None = None
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""

    @property
    def feedback(self) -> Feedback | None:
        """A reason belongs to a thumb down alone."""
        if self.thumb != "down":
            return Feedback("up") if self.thumb else None
        return Feedback("down", self.reason, self.note.strip())


def router(api: Api) -> APIRouter:
    """The route; who knows a record may say what they think of the answer."""
    routes = APIRouter(tags=["feedback"])

    @routes.post(
        "/feedback",
        status_code=204,
        summary="Say what an answer was worth",
        dependencies=[Depends(api.gate.needs("ask"))],
        responses=errors(404),
    )
    async def feedback(asked: FeedbackAsked) -> None:
        if not await off_the_loop(partial(api.log.rate, asked.record, asked.feedback)):
            raise ApiError(404, ABSENT, code="not_found", param="record")

    return routes

"""A response as an object, and as the events that build it up, in the order of OpenAI's."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from itertools import count
from typing import TypeAlias

from ui.api.errors import ApiError, envelope
from ui.api.openai_requests import ResponseRequest
from ui.api.openai_writing import Whole
from ui.api.sending import event

Json: TypeAlias = dict[str, object]


class Events:
    """One response: every event has the next number, and the ids stay the same."""

    def __init__(self, asked: ResponseRequest) -> None:
        self._asked = asked
        self._id, self._message = f"resp_{secrets.token_hex(16)}", f"msg_{secrets.token_hex(16)}"
        self._created = int(time.time())
        self._numbers = count()

    def body(self, whole: Whole) -> Json:
        """The response at its end."""
        return {
            **self._response("completed", [self._item("completed", [_text(whole)])]),
            "completed_at": int(time.time()),
            "usage": whole.used.as_response(),
            **whole.added,
        }

    def opening(self) -> Iterator[bytes]:
        """Up to where text begins."""
        yield self._event("response.created", response=self._response("in_progress", []))
        yield self._event("response.in_progress", response=self._response("in_progress", []))
        item = self._item("in_progress", [])
        yield self._event("response.output_item.added", output_index=0, item=item)
        yield self._placed("response.content_part.added", part=_part("", []))

    def delta(self, text: str) -> bytes:
        return self._placed("response.output_text.delta", delta=text, logprobs=[])

    def closing(self, whole: Whole) -> Iterator[bytes]:
        """From where text has ended."""
        for place, one in enumerate(whole.annotations):
            yield self._placed(
                "response.output_text.annotation.added",
                annotation_index=place,
                annotation=one.flat(),
            )
        yield self._placed("response.output_text.done", text=whole.text, logprobs=[])
        yield self._placed("response.content_part.done", part=_text(whole))
        item = self._item("completed", [_text(whole)])
        yield self._event("response.output_item.done", output_index=0, item=item)
        yield self._event("response.completed", response=self.body(whole))

    def late(self, error: ApiError) -> bytes:
        """What ends a stream in which something failed."""
        told: Json = {"code": error.code, "message": error.message, "param": error.param}
        failed = self._response("failed", [])
        failed["error"] = {"code": "server_error", "message": error.message}
        return self._event("error", **told, **envelope(error)) + self._event(
            "response.failed", response=failed
        )

    def _event(self, kind: str, **fields: object) -> bytes:
        return event({"type": kind, "sequence_number": next(self._numbers), **fields}, kind)

    def _placed(self, kind: str, **fields: object) -> bytes:
        """An event of the only part of the only message."""
        place = {"item_id": self._message, "output_index": 0, "content_index": 0}
        return self._event(kind, **place, **fields)

    def _item(self, status: str, content: list[Json]) -> Json:
        return {
            "id": self._message,
            "type": "message",
            "status": status,
            "role": "assistant",
            "content": content,
        }

    def _response(self, status: str, output: list[Json]) -> Json:
        return {
            "id": self._id,
            "object": "response",
            "created_at": self._created,
            "status": status,
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "metadata": self._asked.metadata or {},
            "model": self._asked.model,
            "output": output,
            "parallel_tool_calls": False,
            "previous_response_id": None,
            "store": False,
            "temperature": None,
            "tool_choice": "none",
            "tools": [],
            "top_p": None,
            "usage": None,
        }


def _text(whole: Whole) -> Json:
    return _part(whole.text, [one.flat() for one in whole.annotations])


def _part(text: str, annotations: list[Json]) -> Json:
    return {"type": "output_text", "text": text, "annotations": annotations, "logprobs": []}

"""A reply as it is put together from what an endpoint sends; anything may be missing in there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rag.models.openai_failure import Failure

_ENDS: Mapping[str, Failure] = {
    "length": Failure("truncated", "The language model's reply was cut off at its longest."),
    "content_filter": Failure("filtered", "The language model's provider withheld its reply."),
    "error": Failure("bad-response", "The language model broke off with an error."),
}
_NO_REPLY = Failure(
    "bad-response",
    "What answers at OPENAI_BASE_URL sent no reply that can be read. Most addresses end in /v1.",
)
_CUT = Failure("truncated", "The language model's reply broke off before its end.")
_DECLINED = Failure("filtered", "The language model declined to answer.")
_EMPTY = Failure("bad-response", "The language model's reply was empty.")
_ALL_THOUGHT = Failure(
    "truncated",
    "The language model's reasoning took up its whole reply. Raise FOOTNOTE_LLM_MAX_TOKENS.",
)
_THOUGHTS = ("reasoning_content", "reasoning")


class ReceivedReply:
    """What has come so far.

    `finish` is why the model stopped, None while it writes. `usage`: prompt and completion tokens,
    where they were reported. `has_choices`: there was a reply at all. `has_thought`: reasoning
    came beside the text.
    """

    def __init__(self) -> None:
        self.finish: str | None = None
        self.has_thought = False
        self.usage: tuple[int, int] | None = None
        self.has_choices = False
        self._has_declined = False
        self._written: list[str] = []

    @property
    def written(self) -> str:
        """All that the model wrote, its reasoning included."""
        return "".join(self._written)

    @property
    def is_whole(self) -> bool:
        """Whether the model came to an end of its own."""
        return self.finish is not None and self.finish != "length"

    def read(self, sent: Mapping[str, object]) -> str:
        """Takes in the next object, a chunk or a whole completion; gives back its text."""
        self._read_usage(sent.get("usage"))
        choices = sent.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, Mapping):
            return ""
        self.has_choices = True
        finish = choice.get("finish_reason")
        if isinstance(finish, str) and finish:
            self.finish = finish
        part = choice.get("delta") or choice.get("message")
        return self._read_part(part) if isinstance(part, Mapping) else ""

    def failure(self, *, is_shown: bool) -> Failure | None:
        """What was wrong with the reply, now that it is over; `is_shown`: some text came out."""
        if not self.has_choices:
            return _NO_REPLY
        if self._has_declined:
            return _DECLINED
        if self.finish is None:
            return _CUT
        if self.finish == "length" and not is_shown:
            return _ALL_THOUGHT
        return _ENDS.get(self.finish) or (None if is_shown else _EMPTY)

    def _read_usage(self, usage: object) -> None:
        if isinstance(usage, Mapping):
            asked, written = usage.get("prompt_tokens"), usage.get("completion_tokens")
            if isinstance(asked, int) and isinstance(written, int) and asked > 0 <= written:
                self.usage = (asked, written)

    def _read_part(self, part: Mapping[str, object]) -> str:
        self._has_declined |= bool(part.get("refusal"))
        thought = "".join(text for name in _THOUGHTS for text in _texts(part.get(name)))
        text = "".join(_texts(part.get("content")))
        self.has_thought |= bool(thought)
        self._written += (thought, text)
        return text


def _texts(content: object) -> Iterator[str]:
    """Text, or a list of parts of which some are text."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for part in content:
            if isinstance(part, Mapping) and part.get("type") == "text":
                yield from _texts(part.get("text"))

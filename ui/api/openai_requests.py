"""What clients of OpenAI send, as far as it matters here; the rest is passed over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from rag.language.words import whole
from ui.api.errors import ApiError
from ui.api.openai_models import LONGEST_SHOWN, MODEL

ONE_CHOICE = "There is one answer to a question: leave n out, or set it to 1."
STATELESS = (
    "No response is kept here that {field} could name: send the whole conversation as input."
)
AT_ONCE = "A response is made while you wait: leave background out."
NO_TEXT = "The question has a part of type {kind!r}, and only text is read here: ask in words."
Role: TypeAlias = Literal["system", "developer", "user", "assistant", "tool", "function"]


def _switch(value: object) -> object:
    """Clients write null for what they leave out."""
    return False if value is None else value


def _parts(value: object) -> object:
    """Content comes as text, as parts, or as null where an assistant called a tool."""
    if value is None:
        return []
    if isinstance(value, list):
        return [{"text": one} if isinstance(one, str) else one for one in value]
    return [{"text": _listed(value)}]


def _input(value: object) -> object:
    return value if isinstance(value, list) else [{"role": "user", "content": _listed(value)}]


def _instructions(value: object) -> object:
    if value is None or isinstance(value, list):
        return value or []
    return [{"role": "system", "content": _listed(value)}]


def _listed(value: object) -> str:
    if isinstance(value, str):
        return value
    raise PydanticCustomError("kind", "It has to be text or a list")


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class Part(_Lenient):
    """A piece of a message's content: text under one of several names, or something else."""

    type: str = "text"
    text: str | None = None
    refusal: str | None = None

    @property
    def is_text(self) -> bool:
        return self.type in ("text", "input_text", "output_text", "refusal")


Switch: TypeAlias = Annotated[bool, BeforeValidator(_switch)]
Content: TypeAlias = Annotated[list[Part], BeforeValidator(_parts)]


class Said(_Lenient):
    """A message."""

    role: Role
    content: Content = Field(default_factory=list)


class Item(_Lenient):
    """An item of a response's input: a message, or something without a role, such as a call."""

    role: Role | None = None
    content: Content = Field(default_factory=list)


class StreamOptions(_Lenient):
    """What to send besides."""

    include_usage: Switch = False


class _Request(_Lenient):
    """`sources` is ours: whether a list of sources ends the text; `place` is where messages are."""

    model: str = MODEL
    stream: Switch = False
    sources: bool | None = None


class ChatRequest(_Request):
    """POST /v1/chat/completions."""

    place: ClassVar[str] = "messages"
    messages: list[Said] = Field(min_length=1)
    stream_options: StreamOptions | None = None
    n: int | None = None

    @property
    def said(self) -> list[Said]:
        """The messages; raises ApiError where several answers are asked for."""
        if self.n not in (None, 1):
            raise ApiError(400, ONE_CHOICE, code="unsupported_value", param="n")
        return self.messages

    @property
    def counts(self) -> bool:
        """Whether a stream ends with what was used."""
        return self.stream_options is not None and self.stream_options.include_usage


class ResponseRequest(_Request):
    """POST /v1/responses."""

    place: ClassVar[str] = "input"
    input: Annotated[list[Item], BeforeValidator(_input)]
    instructions: Annotated[list[Item], BeforeValidator(_instructions)] = []
    previous_response_id: str | None = None
    conversation: str | dict[str, Any] | None = None
    background: Switch = False
    metadata: dict[str, str] | None = None

    @property
    def said(self) -> list[Said]:
        """The messages; raises ApiError where the rest of them would be somewhere else."""
        for field in ("previous_response_id", "conversation", "background"):
            if getattr(self, field):
                message = AT_ONCE if field == "background" else STATELESS.format(field=field)
                raise ApiError(400, message, code="unsupported_value", param=field)
        told = (*self.instructions, *self.input)
        return [Said(role=one.role, content=one.content) for one in told if one.role]


Asked: TypeAlias = ChatRequest | ResponseRequest


def text_of(content: Sequence[Part]) -> str:
    """Its text; parts stand on lines of their own."""
    texts = (part.text or part.refusal for part in content if part.is_text)
    return whole("\n".join(filter(None, texts)))


def check_readable(content: Sequence[Part], field: str) -> None:
    """Raises ApiError where there is something besides text, `field` being where it was."""
    for part in content:
        if not part.is_text:
            message = NO_TEXT.format(kind=part.type[:LONGEST_SHOWN])
            raise ApiError(400, message, code="unsupported_content", param=field)

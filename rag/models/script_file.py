"""Scripts in JSON Lines, for `FOOTNOTE_LLM=scripted:FILE`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rag.config import Settings
from rag.errors import ChatError, ChatFailure, ConfigError
from rag.models.scripted_chat import Scene, Scripted
from rag.types import Message

_WORD = re.compile(r"\w+")


class Line(BaseModel):
    """One line: what is said where the last message has all words of `when` in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: str = ""
    reply: str = ""
    error: ChatFailure | None = None
    pieces: Annotated[int, Field(ge=1)] | None = None
    delay: Annotated[float, Field(ge=0, le=60)] = 0.0

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.reply and self.error is None:
            raise ValueError("it has neither a reply nor an error")
        return self

    def fits(self, words: set[str]) -> bool:
        return _words(self.when) <= words

    def scene(self) -> Scene:
        return Scene(self.reply, self.error, self.pieces, self.delay)


def scripted_by(path: Path, settings: Settings) -> Scripted:
    """The model of a script; the first line that fits a message counts.

    Raises ConfigError with file and line where the script cannot be read.
    """
    lines = _read(path)

    def reply(messages: Sequence[Message]) -> Scene:
        words = _words(messages[-1].content) if messages else set()
        for line in lines:
            if line.fits(words):
                return line.scene()
        raise ChatError("rejected", "The script has no reply to what it was asked.")

    return Scripted([reply], name=f"scripted:{path.name}", settings=settings)


def _read(path: Path) -> list[Line]:
    try:
        text = path.expanduser().read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "it has to be UTF-8 text"
        raise ConfigError(f"FOOTNOTE_LLM: the script {path} cannot be read ({reason}).") from None
    written = [(at, line) for at, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not written:
        raise ConfigError(f"FOOTNOTE_LLM: the script {path} has no replies in it.")
    return [_line(line, f"{path}:{at}") for at, line in written]


def _line(text: str, where: str) -> Line:
    try:
        return Line.model_validate_json(text)
    except ValidationError as error:
        problem = error.errors()[0]
        field = ".".join(map(str, problem["loc"]))
        reason = problem["msg"].removeprefix("Value error, ")
        reason = f"{field}: {reason}" if field else reason
        raise ConfigError(f"FOOTNOTE_LLM: {where}: {reason}.") from None


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))

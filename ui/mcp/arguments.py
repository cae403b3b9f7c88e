"""What the tools take: each argument with its meaning, as an assistant is told it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.loaders.text import MAX_ABSTRACT
from rag.types import Turn
from ui.checks import LONGEST_SENTENCE

DATE = "as 2025, 2025-10 or 2025-10-24"


class Arguments(BaseModel):
    """What a tool takes; what it does not know is refused, so that a misspelt filter is noticed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Within(Arguments):
    """Filters that papers have to meet; empty ones bar nothing."""

    papers: Annotated[
        list[str],
        Field(max_length=100, description="Only these papers, each by its id or its title."),
    ] = []
    since: Annotated[str, Field(description=f"Only papers published then or later, {DATE}.")] = ""
    until: Annotated[str, Field(description=f"Only papers published then or earlier, {DATE}.")] = ""
    organization: Annotated[
        str, Field(description="Only papers of this organisation, or part of its name.")
    ] = ""
    source: Annotated[str, Field(description="Only papers that came from this file or page.")] = ""


class Search(Within):
    """The arguments of `search`."""

    query: Annotated[
        str, Field(min_length=1, description="What to look for: words, or a whole question.")
    ]
    limit: Annotated[int, Field(ge=1, le=50, description="How many papers at most.")] = 10


class Said(Arguments):
    """One message of the conversation before the question."""

    role: Literal["user", "assistant"]
    content: str


class Ask(Within):
    """The arguments of `ask`."""

    question: Annotated[
        str, Field(min_length=1, description="The question, in whole sentences, about the papers.")
    ]
    history: Annotated[
        list[Said],
        Field(
            max_length=100,
            description="What was asked and answered before, where the question leans on it.",
        ),
    ] = []

    @property
    def turns(self) -> tuple[Turn, ...]:
        return tuple(Turn(one.role, one.content) for one in self.history)


class Check(Arguments):
    """The arguments of `check`: a sentence, and either a paper of the shelf or an abstract."""

    sentence: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_SENTENCE,
            description="The sentence to be checked, alone.",
        ),
    ]
    paper: Annotated[
        str, Field(description="The paper that ought to say it, by its id or its title.")
    ] = ""
    abstract: Annotated[
        str,
        Field(
            max_length=MAX_ABSTRACT,
            description="Or the text that ought to say it, if no paper is named.",
        ),
    ] = ""


class Named(Arguments):
    """The arguments of `paper`."""

    paper: Annotated[
        str, Field(min_length=1, description="Its id, the beginning of its id, or its title.")
    ]

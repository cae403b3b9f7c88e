"""Prompts that chat front ends write themselves: what each wants, and the words of people in it.

Open WebUI asks the chat's own model for titles, tags and the like in prompts that begin with
`### Task:`, and wraps questions where it has documents of its own; LibreChat asks for titles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from rag.types import Turn

Kind: TypeAlias = Literal["title", "tags", "follow_ups", "queries", "text", "prompt", "emoji"]
LONGEST_OPENING = 400  # characters that say what a prompt wants
# In this order: the tags' prompt speaks of titles in no version, but that of queries of prompts.
_KINDS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("follow_ups", re.compile(r"follow[- ]?up", re.IGNORECASE)),
    ("queries", re.compile(r"search quer", re.IGNORECASE)),
    ("text", re.compile(r"autocompletion", re.IGNORECASE)),
    ("prompt", re.compile(r"image generation|prompt for an? image", re.IGNORECASE)),
    ("tags", re.compile(r"\btags\b", re.IGNORECASE)),
    ("title", re.compile(r"\btitle\b", re.IGNORECASE)),
)
_TASK = re.compile(r"\s*#{2,3} ?Task:\s*")
_NEXT_HEADING = re.compile(r"\n\s*#{2,4} ")
_TITLE = re.compile(
    r"\s*(?:(?:please )?(?:provide|generate|create|write) an? (?:extremely )?concise,? "
    r"(?:5[- ]word[s]?[- ]or[- ]less )?title for th(?:e|is) conversation"
    r"|detect user language and write in the same language an extremely concise title"
    r"|analyze this conversation and provide:\s*1\. the detected language)",
    re.IGNORECASE,
)
_EMOJI = re.compile(r"\s*Your task is to reflect the speaker's likely facial expression")
_WRAPPED = re.compile(r"\s*#{2,3} ?Task:\s*Respond to the user query using the provided context")
_SEVERAL = re.compile(
    r"\s*You have been provided with a set of responses from various models to the latest user "
    r"query: \"(.*?)\"\n",
    re.DOTALL,
)
_HEADED = re.compile(
    r"\n(?:#{2,4} ?)?(?:Chat History|Content|Conversation|Context):\s*\n(.*)", re.DOTALL
)
_SPEAKER = re.compile(
    r"^(?:\|\|>)?(USER|ASSISTANT|SYSTEM|User|AI|Assistant|Human): ?", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Task:
    """What a prompt of a front end wants, whether as JSON, and the conversation that it shows."""

    kind: Kind
    is_json: bool
    conversation: tuple[Turn, ...]


def task_in(text: str) -> Task | None:
    """The task that a front end set; None where a person asks."""
    kind = _kind(text)
    if kind is None:
        return None
    is_json = bool(re.search(rf'"{kind}"\s*:', text)) or "detected language" in text[:200]
    return Task(kind, is_json, tuple(_turns(_shown(text))))


def question_in(text: str) -> str:
    """What a person asked, where a front end wrapped it; else the text as it is."""
    if several := _SEVERAL.match(text):
        return several[1].strip() or text
    if not _WRAPPED.match(text):
        return text
    asked = text.rpartition("<user_query>")[2].rpartition("</user_query>")[0]
    return (asked or text.rpartition("</context>")[2]).strip() or text


def _kind(text: str) -> Kind | None:
    if _TITLE.match(text):
        return "title"
    if _EMOJI.match(text):
        return "emoji"
    task = _TASK.match(text)
    if task is None or _WRAPPED.match(text):
        return None
    opening = _NEXT_HEADING.split(text[task.end() :][:LONGEST_OPENING], maxsplit=1)[0]
    return next((kind for kind, pattern in _KINDS if pattern.search(opening)), None)


def _shown(text: str) -> str:
    """The conversation, where the prompt has it."""
    if shown := text.partition("<chat_history>")[2].rpartition("</chat_history>")[0]:
        return shown.strip()
    if headed := _HEADED.search(text):
        return headed[1].strip()
    spoken = _SPEAKER.search(text)
    return text[spoken.start() :] if spoken else ""


def _turns(shown: str) -> Iterator[Turn]:
    """Without speakers it is one text, as of a note."""
    marks = list(_SPEAKER.finditer(shown))
    if shown and not marks:
        yield Turn("user", shown)
    ends = [*(mark.start() for mark in marks[1:]), len(shown)]
    for mark, end in zip(marks, ends, strict=False):
        said = shown[mark.end() : end].strip().strip('"').strip()
        if said and mark[1] != "SYSTEM":
            yield Turn("user" if mark[1].lower() in ("user", "human") else "assistant", said)

"""Titles, tags and the like for chat front ends, made of the conversation alone.

Nothing is retrieved and nobody is asked: such a prompt is no question about papers.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from rag.language.words import is_silent, word_spans, words
from rag.types import Turn
from ui.api.front_end_prompts import Kind, Task, question_in, task_in

TITLE_WORDS = 6
MOST_TAGS = 3
MOST_FOLLOW_UPS = 3
LONGEST_TITLE = 60  # characters
LONGEST_READ = 2000  # characters of a question
UNTITLED = "Conversation about papers"
GENERAL = "General"
FIELD = "Research"
FACE = "🙂"
MORE_ON: Final = ("What does “{title}” find?", "How does “{title}” work?")
MORE_ABOUT: Final = ("Which papers are about {subject}?", "What is the newest paper on {subject}?")
_BOLD = re.compile(r"\*\*([^*\n]{3,200}?):?\*\*")
_SOURCE = re.compile(r"^\[[0-9]{1,4}\] (.{3,200}?) — ", re.MULTILINE)
_SMALL = frozenset("hi hello hey thanks thank ok okay bye".split())


def reply_to(text: str, before: Sequence[Turn] = ()) -> str | None:
    """What a front end gets for its prompt; None where a person asks.

    `before` is what the prompt speaks of where it does not show it itself.
    """
    task = task_in(text)
    if task is None:
        return None
    turns = task.conversation or tuple(before)
    made = _MAKERS[task.kind](turns)
    return _as_json(task, made) if task.is_json or task.kind not in _PLAIN else str(made)


def _as_json(task: Task, made: str | list[str]) -> str:
    return json.dumps({task.kind: made}, ensure_ascii=False)


def title(turns: Sequence[Turn]) -> str:
    """The subject of the first question that has one, in a few words."""
    asked = next((text for text in _questions(turns) if _subject(text)), "")
    return _capital(_subject(asked)) or UNTITLED


def tags(turns: Sequence[Turn]) -> list[str]:
    """The words that questions are about, those asked of most often first."""
    telling = [word for text in _questions(turns) for word in words(text) if _tells(word)]
    common = Counter(word.casefold() for word in telling)
    as_written = {word.casefold(): word for word in reversed(telling)}
    chosen = [_capital(as_written[word]) for word, _ in common.most_common(MOST_TAGS)]
    return [FIELD, *chosen] if chosen else [GENERAL]


def follow_ups(turns: Sequence[Turn]) -> list[str]:
    """Questions about the papers that the last answer named, then about its subject."""
    said = next((turn.content for turn in reversed(turns) if turn.role == "assistant"), "")
    titles = list(dict.fromkeys(_SOURCE.findall(said) or _BOLD.findall(said)))
    asked = _questions(turns)
    before = {one.casefold() for one in asked}
    made = [*_about_titles(titles), *_about_subject(asked)]
    return [one for one in made if one.casefold() not in before][:MOST_FOLLOW_UPS]


def _no_queries(turns: Sequence[Turn]) -> list[str]:
    """A search elsewhere finds nothing that an answer may stand on."""
    return []


def _nothing(turns: Sequence[Turn]) -> str:
    return ""


def _face(turns: Sequence[Turn]) -> str:
    return FACE


_MAKERS: Final[dict[Kind, Callable[[Sequence[Turn]], str | list[str]]]] = {
    "title": title,
    "tags": tags,
    "follow_ups": follow_ups,
    "queries": _no_queries,
    "text": _nothing,
    "prompt": title,
    "emoji": _face,
}
_PLAIN: Final[frozenset[Kind]] = frozenset(("title", "emoji"))


def _questions(turns: Sequence[Turn]) -> list[str]:
    asked = (question_in(one.content)[:LONGEST_READ] for one in turns if one.role == "user")
    return [" ".join(text.split()) for text in asked]


def _subject(question: str) -> str:
    """From the first word that tells to the last, cut between words."""
    spans = [one for one in word_spans(question) if _tells(question[one.start : one.end])]
    if not spans:
        return ""
    whole = word_spans(question[spans[0].start : spans[-1].end])[:TITLE_WORDS]
    within = [one.end for one in whole if one.end <= LONGEST_TITLE]
    start = spans[0].start
    return question[start : start + (within[-1] if within else LONGEST_TITLE)]


def _tells(word: str) -> bool:
    return len(word) > 1 and not is_silent(word) and word.lower() not in _SMALL


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _about_titles(titles: Sequence[str]) -> Iterator[str]:
    for template, name in zip(MORE_ON, titles, strict=False):
        yield template.format(title=name)


def _about_subject(asked: Sequence[str]) -> Iterator[str]:
    subject = next(filter(None, map(_subject, reversed(asked))), "")
    if subject:
        yield from (template.format(subject=subject) for template in MORE_ABOUT)

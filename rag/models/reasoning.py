"""What a model thinks before it answers is not part of its answer.

Reasoning models write it between tags, and some of them without the opening one, which their
prompt template holds already. A closing tag then comes too late for what has been passed on, so
a reply that sounds like thinking aloud is kept back until it is known to be the answer.
"""

from __future__ import annotations

import re

_OPENING = ("<think>", "<thinking>", "[think]", "◁think▷")
_CLOSING = ("</think>", "</thinking>", "[/think]", "◁/think▷")
_TAGS = "(?P<opening>{})|{}".format(
    *("|".join(map(re.escape, tags)) for tags in (_OPENING, _CLOSING))
)
_QUOTE = "`\"'“‘"
# In quotation marks they are words of an answer about such models.
_TAG = re.compile(
    f"(?P<quoted>[{_QUOTE}](?:{_TAGS.replace('?P<opening>', '?:')})[`\"'”’])|{_TAGS}",
    re.IGNORECASE,
)
_BEGINNINGS = {
    (quote + tag)[:length]
    for quote in ("", *_QUOTE)
    for tag in (*_OPENING, *_CLOSING)
    for length in range(1, len(tag) + len(quote) * 2)
}
_LONGEST = max(map(len, _BEGINNINGS))
_ALOUD = re.compile(
    r"(?:okay|ok|alright|all right|hmm+|let me|let's|let us|the user|we need|we are asked|"
    r"i need|i should|i'll|i have to|first, (?:i|we|let)|so,? (?:the user|i)|嗯|好的?[，,]|首先)",
    re.IGNORECASE,
)
_TELLING = 16  # characters of a reply that show whether it thinks aloud
_THINKERS = re.compile(r"\br1\b|\bqwq\b|think|reason", re.IGNORECASE)


def is_known_to_think(model: str) -> bool:
    """Whether a model's name says that it thinks before it answers."""
    return bool(_THINKERS.search(model))


class Thoughtless:
    """Takes a reply in pieces of any size and gives it back without its reasoning.

    `is_suspect`: the model may think without an opening tag; its reply is kept back until a
    closing tag or the end shows where the answer is. `has_answered`: some of it was passed on.
    """

    def __init__(self, *, is_suspect: bool = False) -> None:
        self._is_suspect = is_suspect
        self._is_undecided = True
        self._is_thinking = False
        self.has_answered = False
        self._kept: list[str] = []
        self._tail = ""
        self.has_slipped = False

    def feed(self, piece: str) -> str:
        """What of the answer is certain by now.

        `has_slipped` is set where reasoning without an opening tag was passed on before.
        """
        text = self._tail + piece
        self._tail = text[self._read(text, _edge(text)) :]
        return self._passed_on()

    def close(self, *, is_whole: bool = True) -> str:
        """The rest; a suspect reply that broke off may be all reasoning, and is not given."""
        self._read(self._tail, len(self._tail))
        self._tail = ""
        if not is_whole and self._is_undecided and self._sounds_like_thinking():
            self._kept.clear()
        self._is_undecided = False
        return self._passed_on()

    def trust(self) -> None:
        """The endpoint keeps reasoning apart, so that what is left is the answer."""
        self._is_undecided = False

    def _read(self, text: str, end: int) -> int:
        """Reads tags that begin before `end`; gives back how far it came."""
        start = 0
        for tag in _TAG.finditer(text):
            if tag.start() >= end:
                break
            if not tag["quoted"]:
                self._keep(text[start : tag.start()])
                self._pass_tag(is_opening=bool(tag["opening"]))
                start = tag.end()
            end = max(end, tag.end())
        self._keep(text[start:end])
        return end

    def _keep(self, text: str) -> None:
        is_first = not (self._kept or self.has_answered)
        text = text.lstrip() if is_first else text
        if text and not self._is_thinking:
            self._kept.append(text)

    def _pass_tag(self, *, is_opening: bool) -> None:
        if not (is_opening or self._is_thinking):
            # Everything before it was reasoning.
            self._kept.clear()
            self.has_slipped |= self.has_answered
        self._is_undecided &= is_opening
        self._is_thinking = is_opening

    def _passed_on(self) -> str:
        if self._is_undecided and (self._is_too_short_to_tell() or self._sounds_like_thinking()):
            return ""
        self._is_undecided = False
        text = "".join(self._kept)
        self._kept.clear()
        self.has_answered |= bool(text)
        return text

    def _is_too_short_to_tell(self) -> bool:
        return len(self._beginning()) < _TELLING

    def _sounds_like_thinking(self) -> bool:
        return self._is_suspect or bool(_ALOUD.match(self._beginning()))

    def _beginning(self) -> str:
        return "".join(self._kept[:_TELLING])


def _edge(text: str) -> int:
    """Where a tag may begin that is not all there yet."""
    lowered = text[-_LONGEST:].lower()
    for length in range(len(lowered), 0, -1):
        if lowered[-length:] in _BEGINNINGS:
            return len(text) - length
    return len(text)

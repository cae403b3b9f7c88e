"""Names that a text uses, of methods, data sets, people; and whether another text knows them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from rag.language.latex import readable
from rag.language.token_count import encoded
from rag.language.words import ENDINGS, FUNCTION_WORDS, squeezed

_TOKEN = re.compile(r"[^\W_][\w\-+./&@’']*[\w+]|[^\W_]")
# What comes next is capital anyway.
_OPENS = re.compile(r"(?:^|[.!?:;—–•\"“(*\[]|\n|^\s*[-\d.]+)\s*\**$")
_PART = re.compile(r"[-/&@.’'+]")
_POSSESSIVE = re.compile(r"(?:['’]s|['’])$")
_INNER = re.compile(r"[a-z\d][A-Z]|[A-Z]{2}|[A-Z]\d|[A-Za-z]\d|\d[A-Z]{2}|[A-Za-z]-\d")
# What stands for something that an abstract may spell otherwise.
_ALSO = {
    "sota": ("stateoftheart",),
    "llm": ("languagemodel",),
    "vlm": ("visionlanguage", "visuallanguage"),
    "mllm": ("multimodallargelanguage", "multimodallanguage"),
    "dnn": ("neuralnetwork",),
    "ai": ("artificialintelligence",),
    "moe": ("mixtureofexperts",),
    "cot": ("chainofthought",),
    "nlp": ("languageprocessing",),
    "kv": ("keyvalue",),
    "us": ("unitedstates", "america"),
}
_MARKUP = re.compile(r"[\\^{}$]")
SHORT = 4  # letters; a shorter name has to stand as a word of its own
COMMON_START = 5  # letters that forms of a word share


@dataclass(frozen=True)
class KnownNames:
    """A text in the forms in which names are looked up in it."""

    text: str

    def knows(self, name: str) -> bool:
        """Whether the name stands there, also in other case, plural, hyphened or spelt out."""
        plain = plainly(name)
        return self._has(plain) or self._has_parts(plain)

    @cached_property
    def _plain(self) -> str:
        return plainly(self.text)

    @cached_property
    def _squeezed(self) -> str:
        return squeezed(self._plain)

    @cached_property
    def _words(self) -> frozenset[str]:
        words = {match[0] for match in _TOKEN.finditer(self._plain)}
        parts = {part for word in words for part in _PART.split(word)}
        return frozenset(_singular(squeezed(word)) for word in words | parts)

    @cached_property
    def _starts(self) -> frozenset[str]:
        return frozenset(word[:COMMON_START] for word in self._words if len(word) >= COMMON_START)

    @cached_property
    def _initials(self) -> str:
        return "".join(word[0] for word in re.findall(r"[^\W\d_]+", self._plain)).lower()

    @cached_property
    def _content_initials(self) -> str:
        words = re.findall(r"[^\W\d_]+", self._plain)
        return "".join(word[0] for word in words if word.lower() not in FUNCTION_WORDS).lower()

    def _has(self, name: str) -> bool:
        plain = _singular(squeezed(name))
        if plain in self._words or (len(plain) > SHORT and plain in self._squeezed):
            return True
        if any(form in self._squeezed for form in _ALSO.get(plain, ())):
            return True
        if _is_acronym(name):
            return plain in self._initials or plain in self._content_initials
        is_common = name[1:].islower() and len(plain) >= COMMON_START
        return is_common and plain[:COMMON_START] in self._starts

    def _has_parts(self, name: str) -> bool:
        parts = [part for part in _PART.split(name) if part]
        if len(parts) < 2 or name.islower():
            return False
        return all(_says_nothing(part) or self._has(part) for part in parts)


def named(sentence: str) -> list[str]:
    """Names by their look and place, in order, each once; figures are not names."""
    return list(dict.fromkeys(_named(plainly(sentence))))


def plainly(text: str) -> str:
    """A text without LaTeX, in which a name is written in as many ways as there are authors."""
    plain = _MARKUP.sub("", readable(text)).replace("ℓ", "l")
    return unicodedata.normalize("NFKC", plain)


def _named(text: str) -> Iterator[str]:
    for match in _TOKEN.finditer(text):
        word = _POSSESSIVE.sub("", match[0].rstrip("."))
        if not word or word[0].isdigit() or word.lower() in FUNCTION_WORDS:
            continue
        if _looks_like_a_name(word) or (word[0].isupper() and not _begins(text, match.start())):
            yield word


def _looks_like_a_name(word: str) -> bool:
    capitals = sum(part[:1].isupper() for part in _PART.split(word))
    return bool(_INNER.search(word)) or capitals > 1


def is_generic(word: str) -> bool:
    """Whether an abbreviation names no thing of its own: "LLM", "GPU"."""
    plain = _singular(squeezed(word))
    return plain in _ALSO or (plain.isalpha() and len(encoded(f" {plain.upper()}")) == 1)


def _says_nothing(part: str) -> bool:
    return part in ENDINGS or (part.islower() and part.endswith(("ed", "ing", "made")))


def _begins(text: str, start: int) -> bool:
    return bool(_OPENS.search(text[max(0, start - 12) : start]))


def _is_acronym(name: str) -> bool:
    letters = re.sub(r"[^A-Za-z]", "", name).removesuffix("s")
    return (2 <= len(letters) <= 6 and letters[:2].isupper()) or name in ("CoT", "MoE", "RoPE")


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word

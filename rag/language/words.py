"""Which words of a text carry meaning, and which of them are names."""

from __future__ import annotations

import re

FUNCTION_WORDS = frozenset(
    """
    a about again all also am an and any anybody anyone are as at be because been being both but by
    can could did do does doing done each either else even ever every for from further get gets had
    has have having he her here hers him his how i if in into is it its itself just let lets like
    many may me might mine more most much must my no nor not of off on once one only or other our
    ours out over own s same shall she should so some somebody someone something such t than that
    the their theirs them then there these they this those through to too under until up us very
    was we were what when where whether which while who whom whose why will with within without
    would you your yours
    """.split()
)
# Words of asking, not of what is asked about.
ASKING_WORDS = frozenset(
    """
    according anything approach approaches authors call called collection compare comparison
    describe explain find found give know list make makes making method methods mention mentioned
    named need overview paper papers people please propose proposed proposes report reported say
    says shelf show study suggest summarise summarize tell thing things use used uses using want way
    ways whats work works
    """.split()
)
_WORD = re.compile(r"\w[\w\-.+&'’]*\w|\w")
_NAME = re.compile(
    r"""[^\Wa-z0-9]*[a-z0-9]\w*[A-Z]  # a capital after a small letter or a digit: FlashAttention
      | [^\WA-Z]*[A-Z]\w*[A-Z\d]     # another one or a digit after it: BERT, LoRA, C4
    """,
    re.VERBOSE,
)


def words(text: str) -> list[str]:
    """Words as they stand, inner hyphens, dots and apostrophes kept."""
    return _WORD.findall(text)


def keywords(question: str) -> str:
    """The question without the words that say nothing of its subject; itself if none is left."""
    return " ".join(word for word in words(question) if not _is_silent(word)) or question


def _is_silent(word: str) -> bool:
    stem = word.lower().replace("’", "'").partition("'")[0]
    return stem in FUNCTION_WORDS or stem in ASKING_WORDS


def names(text: str) -> list[str]:
    """Names by their look: FlashAttention, BERT, GPT-4, C4; in order, each once."""
    found = (word.removesuffix("'s").removesuffix("’s") for word in words(text))
    return list(dict.fromkeys(word for word in found if _NAME.match(word)))


def squeezed(text: str) -> str:
    """Small letters and digits only, so that "Flash-LLM", "FlashLLM" and "flash llm" are equal."""
    return re.sub(r"[\W_]+", "", text.casefold())


def whole(text: str) -> str:
    """The text with a question mark for each half of a character, which no encoder takes."""
    return text.encode("utf-8", "replace").decode("utf-8")

"""Which words of a text carry meaning, and which of them are names."""

from __future__ import annotations

import re

from rag.types import Span

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
      | [α-ωµ]\w                      # a Greek letter before others: μP
      | [a-z]{2,}\d[a-z]{2}          # a digit within: word2vec
    """,
    re.VERBOSE,
)
_JOINED = re.compile(r"[^\W\d_]-[A-Z]|[α-ωµ]-\w")  # U-Net, t-SNE, τ-bench
_JOINT = re.compile(r"[-'’/.+&\s]+")
# Second parts that say nothing of what is named: "GPT-4-level", "LLM-based".
ENDINGS = frozenset(
    "aware based class driven enabled enhanced free generated guided level like only powered scale "
    "size specific style trained tuned type wise".split()
)


def words(text: str) -> list[str]:
    """Words as they stand, inner hyphens, dots and apostrophes kept."""
    return _WORD.findall(text)


def word_spans(text: str) -> list[Span]:
    """Where the words of a text stand."""
    return [Span(*match.span()) for match in _WORD.finditer(text)]


def content_words(text: str) -> list[str]:
    """The words of a text that are no function words, as they stand."""
    return [word for word in words(text) if word.lower() not in FUNCTION_WORDS]


def keywords(question: str) -> str:
    """The question without the words that say nothing of its subject; itself if none is left."""
    return " ".join(word for word in words(question) if not is_silent(word)) or question


def is_silent(word: str) -> bool:
    """Whether a word of a question says nothing of its subject."""
    plain = word.lower().replace("’", "'").partition("'")[0]
    return plain in FUNCTION_WORDS or plain in ASKING_WORDS


def names(text: str) -> list[str]:
    """Names by their look: FlashAttention, BERT, GPT-4, C4; in order, each once."""
    return list(dict.fromkeys(bare(word) for word in words(text) if is_name(word)))


def is_name(word: str) -> bool:
    """Whether a word has the look of a name."""
    plain = bare(word)
    return bool(_JOINED.match(plain)) or any(map(_NAME.match, parts(plain)))


def parts(name: str) -> list[str]:
    """The words of a name and what hyphens and other joints part within them."""
    return [part for part in _JOINT.split(name) if part]


def bare(word: str) -> str:
    """A word without what is hung on a name: "BERT's", "LLM-based"."""
    plain = word.removesuffix("'s").removesuffix("’s")
    head, _, ending = plain.rpartition("-")
    return head if head and ending in ENDINGS else plain


def stem(word: str, letters: int) -> str:
    """The beginning that the forms of a word share, in small letters."""
    return word.lower()[:letters]


def squeezed(text: str) -> str:
    """Small letters and digits only, so that "Flash-LLM", "FlashLLM" and "flash llm" are equal."""
    return re.sub(r"[\W_]+", "", text.casefold())


def whole(text: str) -> str:
    """The text with a question mark for each half of a character, which no encoder takes."""
    return text.encode("utf-8", "replace").decode("utf-8")

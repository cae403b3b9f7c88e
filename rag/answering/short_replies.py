"""How a language model's shortest replies are read: a line or a word for it."""

from __future__ import annotations

import re
from itertools import takewhile

from rag.answering.exchanges import without_markers
from rag.language.untrusted import visible

LONGER, LONGER_BY = 3, 200  # times and characters that a question may grow when it is rewritten
MOST_TERMS = 30  # words that are searched for; twenty were asked for
LONGEST_TERMS = 300  # characters of them
_QUESTION_MARKS = ("?", "？", "؟")
_AROUND = " \t\"'`*_#>“”„‘’«»()[]{}-–—•"
_LABEL = re.compile(
    r"""^(?:(?:the|here\ is|here's|my|your)\ )?(?:(?:last|final|new|improved|rewritten|rephrased
        |reformulated|stand-?\ ?alone|self-contained|search)[ ,]+){0,3}
        (?:question|query|version|answer|response|reply|output|rewrite)\s?[*_\"'`]{0,3}\s?[:：]
    """,
    re.VERBOSE | re.IGNORECASE,
)
# As it was asked for, or in other letters where nothing goes on: "not in the sources is any X".
_SENTINEL = re.compile(
    r"""(?i:not[ _-]{1,3}in[ _-]{1,3}(?:the[ _-]{1,3})?sources?\b)
        (?=\W*$|\s?[^\w\s,]|\s(?:as|because)\b)
      | NOT[ _-]IN[ _-](?:THE[ _-])?SOURCES?\b
    """,
    re.VERBOSE,
)
_REFUSES = re.compile(
    r"""(?:(?:i['’]m|i\ am)\ sorry\W+|sorry\W+|unfortunately\W+|based\ on\ [^,]{0,60},\s)?(?:but\ )?
        (?: i\ (?:cannot|can['’]t|could\ not|am\ unable\ to|am\ not\ able\ to
              |do(?:\ not|n['’]t)\ have\ enough\ (?:information|evidence)\ to)
            \ (?:answer|find\ an\ answer|provide\ an\ answer)
          | (?:the|these|none\ of\ the|no|there)\ (?:(?:provided|given|available)\ )?
            (?:sources?|evidence|abstracts?|papers?|context|information|is)
            \ (?:(?:provided|given|above)\ )?
            (?:(?:do(?:es)?\ not|don['’]t|doesn['’]t|cannot|can['’]t)
               \ (?:contain\ |provide\ |have\ )?
              |contains?\ |provides?\ |no\ |not\ )?
            (?:answers?\ (?:(?:to\ )?(?:this|that|the|your)\ question|this|that)\b
              |enough\ (?:information|evidence)|the\ answer\b)
        ).{0,200}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TERMS_LABEL = re.compile(
    r"""^(?:[\w']+[ -]){0,4}(?:terms|line|keywords|keyphrases|phrases|query|queries|words|output
        |answer)(?:\ (?:is|are|to\ search\ (?:with|for)))?\s?[*_\"'`]{0,3}\s?[:：]
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ITEM = re.compile(r"\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_THINKING = re.compile(r"\s*(?:<think|◁think)", re.IGNORECASE)
_AFTER_THINKING = re.compile(r"</think(?:ing)?>|◁/think▷", re.IGNORECASE)
_APOLOGY = re.compile(
    r"(?:i['’]m|i am|sorry|i cannot|i can['’]t|as an ai|certainly)\b|sure[,!]", re.IGNORECASE
)
_LETTER = re.compile(r"[^\W\d_]")


def declines(text: str) -> bool:
    """Whether a reply, or a sentence of one, says that the evidence does not answer.

    A sentence that says so of a part of the question is none of these.
    """
    said = _bare(text)
    return bool(_SENTINEL.match(said) or _REFUSES.fullmatch(said))


def stand_alone_reply(text: str, question: str) -> str:
    """The rewritten question out of a model's reply; the question as typed if there is none."""
    rewritten = _first_question(_AFTER_THINKING.split(visible(text))[-1])
    return rewritten if _is_plausible(rewritten, question) else question


def search_terms(text: str) -> str:
    """The terms to search for out of a model's reply, on one line; empty if there are none.

    Of a reply that goes on and on its beginning.
    """
    reply = _AFTER_THINKING.split(visible(text))[-1]
    said = "" if _THINKING.match(reply) else _first_line_or_list(reply)
    terms = " ".join(said.split()[:MOST_TERMS])[:LONGEST_TERMS].strip(f"{_AROUND},.")
    is_useless = not _LETTER.search(terms) or declines(terms) or _APOLOGY.match(terms)
    return "" if is_useless else terms


def _bare(text: str) -> str:
    """The first line without what models put around it."""
    lines = (line.strip(_AROUND) for line in visible(text).splitlines())
    return _LABEL.sub("", next(filter(None, lines), "")).strip(_AROUND)


def _first_question(reply: str) -> str:
    """The first line that is more than a lead-in, without label and quotation marks."""
    lines = [_LABEL.sub("", line.strip(_AROUND)).strip(_AROUND) for line in reply.splitlines()]
    said = [without_markers(line) for line in lines if line and not line.endswith(":")]
    return said[0] if said else ""


def _first_line_or_list(reply: str) -> str:
    """The same for terms, which some models put below each other."""
    lines = [line for line in reply.splitlines() if line.strip(_AROUND)]
    said = [line for line in lines if not line.rstrip(_AROUND).endswith(":")]
    listed = list(takewhile(_ITEM.match, said)) or said[:1]
    return ", ".join(_term(without_markers(line)) for line in listed)


def _term(line: str) -> str:
    return _TERMS_LABEL.sub("", _ITEM.sub("", line).strip(_AROUND)).strip(_AROUND)


def _is_plausible(rewritten: str, question: str) -> bool:
    if not _LETTER.search(rewritten) or len(rewritten) > LONGER * len(question) + LONGER_BY:
        return False
    if declines(rewritten) or _APOLOGY.match(rewritten):
        return False
    # What answers a question where a question was wanted is no rewriting of it.
    return rewritten.endswith(_QUESTION_MARKS) or not question.rstrip().endswith(_QUESTION_MARKS)

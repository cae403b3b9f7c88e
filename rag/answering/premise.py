"""False premises: a question that takes for granted what the best abstract denies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.answering.asked import Asked
from rag.answering.denials import denies, denies_use, telling
from rag.answering.evidence import Evidence
from rag.answering.extractive import quoted
from rag.answering.several import wanted
from rag.language.polarity import Clauses, Conflict, conflicts
from rag.language.untrusted import honest, visible
from rag.types import Refusal

# Measured beside 2,200 questions that their abstracts answer.
LEAST = {"direction": 0.3, "negation": 0.45, "roles": 0.3}
WEAK = 0.15  # strength of a direction that is enough where a comparison says it: "more ... than"
NEAREST = 3
_PRESUMES = re.compile(
    r"\b(?:why|how\scome|what\s(?:makes?|made|causes?|caused|explains?|lets?))\b"
    r"|\bhow\s(?:do|does|did|is|are|was|were|has|have|can|could)\b"
    r"|\bhow\s(?:much|many|often|long)\b|\bby\s(?:what|how)\b"
    r"|\b(?:what|which)\s[\w\-]+(?:\s[\w\-]+){0,4}?\s(?:do|does|did|is|are|was|were)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"n['’]t\b|\bw/o\b|\b(?:not|no|never|without|cannot|nor|neither|none|instead|rather|avoid\w*|free|whether"
    r"|remov\w+|eliminat\w+|unlike|if|or)\b|-free\b",
    re.IGNORECASE,
)
# They measure or count: they ask, and take nothing for granted.
_PLAIN = frozenset(
    """
    many much all every each both single one ones few several multiple some no none first last early
    late high low large small big little long short wide deep quick fast slow light heavy new old
    best most least same similar different before after start begin end stop finish human machine
    open closed general specific local global linear changing change fixed
    """.split()
)
_DOES = re.compile(
    r"\bhow\s(?:much|many|long|was|were|is|are)\b|\b(?:need|require|use|rely|depend|have\sto|trained"
    r"|tuned|cut|reduce|pick)\w*\b",
    re.IGNORECASE,
)
_NEEDS = re.compile(
    r"\bhow\smuch\b.*\b(?:take|use)|(?<!\bi\s)(?<!\bwe\s)\b(?:need|require|have\sto)\w*\b"
    r"|\b(?:trained|fine-?tuned)\son\b",
    re.IGNORECASE,
)
_SURPASSES = re.compile(
    r"\b(?:outperform|surpass|exceed|beat|outdo|outpac)\w*\b|\b(?:better|stronger|faster)\sthan\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"\s*by\b")
_THAN = re.compile(r"\bthan\b", re.IGNORECASE)
SIDE = 0.25  # share of the words of a side of a comparison that the other text has on its other
BOTH = 0.9  # the same, both sides together
_COUNTS = re.compile(r"\bhow\s(?:much|many)\s(?:\w+\s(?:and\s)?){0,3}\Z", re.IGNORECASE)


def contradicted(asked: Asked, evidence: Sequence[Evidence]) -> Refusal | None:
    """The correction where the best paper says the opposite of what is taken for granted.

    It quotes the sentence that does. `evidence` is best first.
    """
    if not evidence or not wanted(asked).is_one:
        return None
    top = evidence[0]
    texts = [top.text(index) for index in range(len(top.sentences))]
    index = contradicting(asked.readable, texts)
    if index is None:
        return None
    title, sentence = (quoted(honest(visible(part))) for part in (top.paper.title, texts[index]))
    reason = f"The abstract of “{title}” says otherwise: “{sentence}”"
    return Refusal("false-premise", reason, tuple(one.paper for one in evidence[:NEAREST]))


def contradicting(question: str, sentences: Sequence[str]) -> int | None:
    """The place of the sentence that denies what the question takes for granted; None without one.

    A question that itself denies something, or asks whether it is so, is let be.
    """
    if not _PRESUMES.search(question) or _DENIES.search(question):
        return None
    strengths = [0.0] * len(sentences)
    for place, strength in _opposed(question, sentences):
        strengths[place] = max(strengths[place], strength)
    best = max(strengths, default=0.0)
    return strengths.index(best) if best else None


def _opposed(question: str, sentences: Sequence[str]) -> Iterator[tuple[int, float]]:
    said, texts = Clauses.of(question), [Clauses.of(sentence) for sentence in sentences]
    for conflict in conflicts(said, texts):
        if _counts(conflict, question):
            yield _place(conflict, said, texts), conflict.strength
    for place, sentence in enumerate(sentences):
        if _is_denied(question, sentence) or _is_surpassed(question, sentence):
            yield place, 1.0


def _is_denied(question: str, sentence: str) -> bool:
    fewest = 1 if _NEEDS.search(question) else 2
    has_need = _DOES.search(question) and denies(sentence, question, fewest=fewest)
    return bool(has_need) or denies_use(sentence, question)


def _is_surpassed(question: str, sentence: str) -> bool:
    """Whether the question's winner is the sentence's loser."""
    return any(
        min(_share(winner, loser_there), _share(loser, winner_there)) >= SIDE
        and _share(winner, loser_there) + _share(loser, winner_there) >= BOTH
        and not _share(winner, winner_there)
        for winner, loser in _contests(question)
        for winner_there, loser_there in _contests(sentence)
    )


def _contests(text: str) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    for match in _SURPASSES.finditer(text):
        before, after = telling(text[: match.start()]), telling(text[match.end() :])
        is_passive = _PASSIVE.match(text, match.end())
        yield (after, before) if is_passive else (before, after)


def _share(some: frozenset[str], others: frozenset[str]) -> float:
    return len(some & others) / len(some) if some else 0.0


def _counts(conflict: Conflict, question: str) -> bool:
    is_compared = conflict.kind == "direction" and _THAN.search(question)
    if conflict.strength < (WEAK if is_compared else LEAST[conflict.kind]):
        return False
    before = question.lower().partition(conflict.said)[0]
    is_plain = conflict.said in _PLAIN or conflict.found in _PLAIN
    return conflict.kind != "direction" or not (is_plain or _COUNTS.search(before))


def _place(conflict: Conflict, said: Clauses, texts: Sequence[Clauses]) -> int:
    """Which sentence the conflict is with."""
    strengths = [
        max(
            (one.strength for one in conflicts(said, [text]) if one.kind == conflict.kind),
            default=0.0,
        )
        for text in texts
    ]
    return strengths.index(max(strengths))

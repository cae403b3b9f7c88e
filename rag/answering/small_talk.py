"""Greetings, thanks and farewells get a short human reply: no search, no citation."""

from __future__ import annotations

import re

_REPLIES = (
    (
        r"(?:hi|hello|hey|hallo|hiya|howdy|greetings|good (?:morning|afternoon|evening|day))"
        r"(?: (?:there|all|footnote|everyone))?(?:,? how are you(?: doing)?(?: today)?)?",
        "Hello! Ask me anything about the papers on this shelf.",
    ),
    (
        r"(?:how are you|how is it going|how's it going|what's up|whats up)(?: doing)?(?: today)?",
        "Fine, thank you. What would you like to know about the papers on this shelf?",
    ),
    (
        r"(?:ok(?:ay)?|great|perfect|cool|nice|awesome|got it)?,?\s*"
        r"(?:thanks|thank you|thx|ty|cheers|many thanks|much appreciated)"
        r"(?: (?:a lot|so much|very much|for (?:the|your) (?:help|answer)|you|that helps))*",
        "You are welcome. Ask on whenever you like.",
    ),
    (
        r"(?:ok(?:ay)?|great|perfect|cool|nice|awesome|got it|good|well done)",
        "Good. Ask on whenever you like.",
    ),
    (r"(?:bye|goodbye|good bye|see you|see you later|good night|ciao)", "Goodbye!"),
    (
        r"(?:who|what) are you|what (?:can|do) you do|how do you work|what is this|help(?: me)?",
        "I am Footnote. I answer questions about the research papers on this shelf, and every "
        "sentence of an answer cites the abstract that says so. Ask about a method, a number, or "
        "which papers there are on a topic.",
    ),
)
_PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), reply) for pattern, reply in _REPLIES)
LONGEST = 80  # characters; nobody greets at greater length


def reply(question: str) -> str | None:
    """The reply to small talk; None where something is asked."""
    said = question.strip().rstrip("!.?…:)( ").strip()
    if len(said) > LONGEST:
        return None
    return next((text for pattern, text in _PATTERNS if pattern.fullmatch(said)), None)

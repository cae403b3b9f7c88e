"""Greetings, thanks and farewells get a short human reply: no search, no citation."""

from __future__ import annotations

import re

_PRAISE = (
    r"(?:ok(?:ay)?|k|great|perfect|cool|nice|awesome|amazing|wow|got it|good|well done|i see|right"
    r"|alright|all right|sure|yes|yep|yeah|fine|lol|haha|understood|sounds good"
    r"|(?:that )?makes sense|that helps(?: a lot)?"
    r"|(?:that's |that is |this is |very |really |so )*"
    r"(?:interesting|helpful|useful|clear|great|good|cool|nice)(?: (?:answer|one|job|stuff))?)"
)
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
        rf"(?:{_PRAISE}[,.!]*\s+){{0,2}}"
        r"(?:no )?(?:thanks|thank you|thx|ty|cheers|many thanks|much appreciated)"
        r"(?: (?:a lot|so much|very much|again|you|for (?:the|your|that|this) ?(?:help|answer)?"
        r"|that helps|that was helpful|that's all))*"
        rf"(?:[,.!]+ ?(?:{_PRAISE}|that helps|that's all))?",
        "You are welcome. Ask on whenever you like.",
    ),
    (
        rf"{_PRAISE}(?:[,.!]*\s+{_PRAISE}){{0,2}}",
        "Good. Ask on whenever you like.",
    ),
    (
        r"(?:never ?mind|forget it|nothing|no|nope|not now|that's (?:all|it)(?: for now)?)",
        "All right. Ask on whenever you like.",
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

"""Every English text of the operator's page; what stands in braces is filled in."""

from __future__ import annotations

from typing import Final

OPERATOR: Final = "Operator"
TITLE: Final = "How it goes"
NOT_YOURS: Final = "This page is for whoever runs Footnote."
NOT_YOURS_SIGNED_IN: Final = (
    "{user} is not among those who may see it. FOOTNOTE_OPERATORS in the server's settings names "
    "who may."
)
NOT_YOURS_AWAY: Final = (
    "Open it in a browser on the machine that serves it; or let people sign in, and name in "
    "FOOTNOTE_OPERATORS who may see it."
)
FROM_ELSEWHERE: Final = "Another site led here. Open the operator's page, and check from there."

NUMBERS: Final = "Numbers"
TODAY: Final = "Today"
WEEK: Final = "7 days"
MONTH: Final = "30 days"
DAY: Final = "Day"
ANSWERS: Final = "Answered"
REFUSALS: Final = "Refused"
FAILURES: Final = "Failed"
UPS: Final = "Thumbs up"
DOWNS: Final = "Thumbs down"
MEDIAN: Final = "Median time"
SECONDS: Final = "{seconds:.2f} s"
NO_TIME: Final = "–"
BY_DAY: Final = "Day by day"
NOTHING_YET: Final = "Nobody has asked anything yet."

UNANSWERED: Final = "What could not be answered"
UNANSWERED_OF: Final = (
    "Refused, or answered beside the question. Questions that ask alike stand together."
)
NONE_UNANSWERED: Final = "Everything that was asked was answered."
LAST_ASKED: Final = "last on"

QUESTIONS: Final = "Questions"
LISTINGS: Final = {
    "all": "All",
    "refused": "Refused",
    "down": "Thumbs down",
    "failed": "Failed",
}
NONE_LISTED: Final = "There are none."
NOT_KEPT: Final = "Question not kept"
OUTCOMES: Final = {"answered": "Answered", "refused": "Refused", "failed": "Failed"}
KINDS: Final = {
    "not-on-shelf": "no paper on it",
    "not-in-abstract": "not in the abstracts",
    "false-premise": "false premise",
    "off-topic": "off topic",
    "empty-shelf": "empty shelf",
    "": "answered beside the question",
}
UP: Final = "Thumb up"
DOWN: Final = "Thumb down"
CITES: Final = "Cites"
VERDICTS: Final = ("{count} supported", "{count} weak", "{count} not supported")
BY: Final = "by {model}"
PERSON: Final = "person {owner}"
PAGES: Final = "Pages of questions"
NEWER: Final = "Newer"
OLDER: Final = "Older"
PAGE_OF: Final = "Page {page} of {pages}"

SHELF: Final = "Shelf"
PAPERS: Final = "Papers"
PENDING: Final = "Still to be indexed"
PASSAGES: Final = "Passages"
NEWEST: Final = "Newest"
SOURCES: Final = "Sources"
MORE_SOURCES: Final = "{count} more"

HEALTH: Final = "Health"
SHELF_HEALTH: Final = "Health of the shelf"
CHECK: Final = "Check the shelf"
CHECK_HINT: Final = "Reads all of it, which can take a while on a large shelf."
CHECKED: Final = "Checked {papers} in {seconds:.1f} s."
HEALTHY: Final = "Catalogue and indexes agree."
UNHEALTHY: Final = "“footnote doctor” on the server says how to mend it."
UNCHECKED: Final = "The shelf could not be checked: {why}"
RUNNING: Final = "A check is running already. Wait for it to end."
BACK: Final = "Back"
UPTIME: Final = "Up for"
QUEUE: Final = "Answering now"
QUEUE_STATE: Final = "{running} of {places}, {waiting} waiting"
WRITES: Final = "Written by"
NO_MODEL: Final = "nobody: sentences of the papers"
EMBEDDING: Final = "Embedding"
RECORDS: Final = "Records"
TEXTS_KEPT: Final = "with the questions, for {days}"
TEXTS_NOT_KEPT: Final = "without the questions (FOOTNOTE_KEEP_QUESTIONS), for {days}"
KEPT_DAY: Final = "day"
VERSIONS: Final = "Versions"

INCIDENTS: Final = "What went wrong"
NO_INCIDENTS: Final = "Nothing, so far."
REFERENCE: Final = "Reference"
WHEN: Final = "When"
ERROR: Final = "Error"
PLACE: Final = "Where"

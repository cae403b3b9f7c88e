"""Every English text of the web chat, in one place; what stands in braces is filled in."""

from __future__ import annotations

from typing import Final

NAME: Final = "Footnote"
PAGE_TITLE: Final = "Footnote: answers with checked citations"
NEW_CHAT: Final = "New chat"

WELCOME: Final = "Ask the shelf"
PROMISE: Final = "Every sentence of an answer is cited, and checked against the abstract it cites."
TRY: Final = "For example"
ASK_WHAT: Final = "What is {name}?"
ASK_HOW: Final = "How does {name} work?"
ASK_RESULTS: Final = "What results does {name} achieve?"
ASK_ABOUT: Final = "What is “{name}” about?"
ASK_RECORDS: Final = ("Which papers are the newest?", "How many papers are there?")
PAPERS: Final = "Papers"
NEWEST: Final = "Newest"
SOURCES: Final = "From"
MORE_SOURCES: Final = "{count} more"
EMPTY_SHELF: Final = (
    "The shelf is empty. Add papers with “footnote add FILE”, then reload this page."
)

QUESTION: Final = "Your question"
PLACEHOLDER: Final = "Ask about these papers"
KEYS: Final = "Enter asks · Shift + Enter for a new line · Escape stops · ← → through citations"
ASK: Final = "Ask"
STOP: Final = "Stop"
SOURCE: Final = "Source"
EVIDENCE: Final = "Evidence"
CONVERSATION: Final = "Conversation"

OPEN: Final = "Open"
PAST: Final = "Conversations"
NO_PAST: Final = "What you ask is kept here, so that you can come back to it."
SHOW_PAST: Final = "Show conversations"
HIDE_PAST: Final = "Hide conversations"
RENAME: Final = "Rename"
DELETE: Final = "Delete"
CANCEL: Final = "Cancel"
TITLE: Final = "Title of the conversation"
SURE_TO_DELETE: Final = "Delete this conversation?"
DELETED_FOR_GOOD: Final = "“{title}” and its answers are deleted for good."
NOT_DONE: Final = "That could not be done. Reload the page and try again."
EXPORT: Final = "Export"
COPY: Final = "Copy with sources"
COPIED: Final = "Copied"
NOT_KEPT: Final = "This answer could not be kept; it is gone when you leave the page."
NO_CONVERSATION: Final = "There is no such conversation; perhaps it was deleted."
NOTHING_TO_EXPORT: Final = "No answer of this conversation cites a paper."
UNREADABLE: Final = (
    "This conversation was kept by another version of Footnote and cannot be read any more."
)

FILTER: Final = "Filter"
FILTERS: Final = "Filter papers"
APPLY: Final = "Apply"
CLEAR: Final = "Clear all"
REMOVE: Final = "Remove"
FROM_MONTH: Final = "From month"
TO_MONTH: Final = "To month"
ORGANIZATION: Final = "Organisation"
PAGE_OR_FILE: Final = "Page or file"
ANY: Final = "Any"
MONTH_FORM: Final = "2025-10"
ONLY_ABOUT: Final = "only “{title}”"
LEFT: Final = "{papers} to ask"

LOOKING: Final = "Looking through the shelf …"
WAITING: Final = "Waiting: others ask at this moment …"
FOUND: Final = "{passages} from {papers}"
TOOK: Final = "{seconds} s"
REMEMBERED: Final = "asked before"
STEPS: Final = {
    "understand": "Understood the question",
    "understand again": "Understood the question",
    "restate": "Restated the question",
    "look up": "Looked the records up",
    "retrieve": "Searched the shelf",
    "read": "Read the abstracts",
    "reword": "Put the question in the papers’ terms",
    "retrieve again": "Searched the shelf once more",
    "read again": "Read what was found then",
    "remember": "Remembered the answer",
    "first sentence": "Wrote the first sentence",
    "write": "Wrote the answer",
    "check": "Checked its sentences",
}

NO_ANSWER: Final = "No answer"
LEFT_OUT: Final = (
    "Papers outside the filters were left out; remove a filter above the box to ask more of them."
)
STOPPED: Final = "Stopped."
FAILED: Final = (
    "Something went wrong here, not with your question. Ask again; if it stays, tell whoever "
    "runs this page the reference {reference}."
)
BUSY: Final = "Many people ask at this moment. Wait a little, then ask again."
UNREACHED: Final = (
    "The question did not arrive: the server is busy or could not be reached. Ask again."
)

NO_SOURCES: Final = (
    "Sources of the answer appear here. Select a number to see the sentence it stands on."
)
NOTHING_CITED: Final = "This answer cites no paper."
NOTHING_NEAR: Final = "There is no near paper to show."
TO_ANSWER: Final = "Back to the answer"
NEAREST: Final = "Nearest on the shelf"
CITED: Final = "Cited"
ALSO: Final = "Also considered"
MORE_CONSIDERED: Final = "and {papers}"
ORIGINAL: Final = "The original at"
RELEVANCE: Final = "Relevance to the question: {number} of 100"
RELEVANCE_IS: Final = "Relevance"
OF_100: Final = "of 100"
RECORD: Final = "Cited from the paper’s record"
SUPPORTED: Final = "Supported"
WEAK: Final = "Weakly supported"
UNSUPPORTED: Final = "Not supported"
NO_ABSTRACT: Final = "There is no abstract."

OPEN_AT: Final = "Footnote is open at {address} (Ctrl-C ends it)"

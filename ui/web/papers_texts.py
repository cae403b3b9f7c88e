"""Every English text of the papers page and of the bar that our own pages share."""

from __future__ import annotations

from typing import Final

CHAT: Final = "Chat"
PAPERS: Final = "Papers"
MAIN_LINKS: Final = "Main"
SKIP: Final = "Skip to the content"

SEARCH: Final = "Search"
SEARCH_LABEL: Final = "Words, a title or an identifier"
FILTERS: Final = "Filters"
SINCE: Final = "Since"
UNTIL: Final = "Until"
DATE_FORM: Final = "e.g. 2025-10"
ORGANIZATION: Final = "Organisation"
SOURCE: Final = "Page or file"
AUTHOR: Final = "Author"
UPVOTES: Final = "Upvotes at least"
SORT: Final = "Sort by"
SORTS: Final = {
    "relevance": "Relevance",
    "published": "Newest",
    "oldest": "Oldest",
    "upvotes": "Most upvoted",
    "title": "Title",
}
APPLY: Final = "Show"
CLEAR: Final = "Clear"
NOT_A_DATE: Final = "“{text}” is not a date; write it like 2025, 2025-10 or 2025-10-24."
NOT_A_NUMBER: Final = "“{text}” is not a whole number of upvotes."
DATES_CROSSED: Final = "Nothing is since {since} and until {until}: the first date is the later."

ALL: Final = "{papers}"
SHOWN: Final = "{first} to {last} of {papers}"
NEAREST: Final = "The {papers} nearest to “{words}”"
SHOWN_NEAREST: Final = "{first} to {last} of the {papers} nearest to “{words}”"
NONE_FIT: Final = "No paper on the shelf fits."
NOTHING_HERE: Final = "There is nothing on this page any more."
EMPTY: Final = "The shelf is empty. Add papers with “footnote add FILE”, then reload this page."
TO_FIRST: Final = "Back to the first page"
PREVIOUS: Final = "Previous"
NEXT: Final = "Next"
PAGES: Final = "Pages"
PAGE_OF: Final = "Page {page} of {pages}"
SELECT: Final = "Select"
ASK_THESE: Final = "Ask about the selected papers"
ASK_COUNT: Final = "Ask about {count} selected"
CLEAR_CHOSEN: Final = "Clear selection"
CHOSEN_ELSEWHERE: Final = "{count} of them not on this page."
TOO_MANY_ASKED: Final = "One can ask about {most} papers at most in one go."
NONE_SELECTED: Final = "Select papers first: tick the boxes before their titles."
UPVOTE: Final = "upvote"

RESULTS: Final = "Papers found"
CHARTS: Final = "Charts"
BY_MONTH: Final = "Papers by month"
BY_YEAR: Final = "Papers by year"
BY_SOURCE: Final = "Papers by page or file"
BY_ORGANIZATION: Final = "Papers by organisation"
WITHOUT_DATE: Final = "Not in the chart: {papers} without such a date."
WITHOUT_ORGANIZATION: Final = "Not in the chart: {papers} without an organisation."
CHART_SAYS: Final = "{label}: {papers}"
CHART_IN_WORDS: Final = "From {first} to {last}. The most: {most}."
MONTH: Final = "Month"
YEAR: Final = "Year"
COUNT: Final = "Papers"

BACK: Final = "All papers"
ASK_ABOUT: Final = "Ask about it"
OPEN_ORIGINAL: Final = "Open the original"
ABSTRACT: Final = "Abstract"
NO_ABSTRACT: Final = "There is no abstract."
PUBLISHED: Final = "Published"
AUTHORS: Final = "Authors"
UPVOTES_NAME: Final = "Upvotes"
IDENTIFIERS: Final = "Identifiers"
SOURCES: Final = "From"
RECORD: Final = "Record"
CITE: Final = "Cite"
SIMILAR: Final = "Similar papers"
NOT_READY: Final = "This paper waits to be indexed; it cannot be searched or asked about yet."
SCHEMES: Final = {"arxiv": "arXiv", "doi": "DOI", "pmid": "PubMed"}
ID: Final = "Id"

MISSING: Final = "No such paper"
MISSING_SENTENCE: Final = "No paper on the shelf has the id “{paper_id}”. It may have been removed."

WRONG: Final = "Something went wrong"
WRONG_SENTENCE: Final = (
    "Something went wrong here, not with what you asked. Try again; if it stays, tell whoever "
    "runs this page the reference {reference}."
)

"""A line or a word for it out of what a model says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answering.short_replies import (
    LONGEST_TERMS,
    MOST_TERMS,
    declines,
    search_terms,
    stand_alone_reply,
)
from rag.language.untrusted import visible

TEXTS = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.integers(0, 10**6).map("[{}]".format),
        st.sampled_from(
            ["otters?", "\u200b\u202e", "\n", "- otters\n", "Search terms:", "<think>"]
        ),
    ),
    max_size=6,
).map(" ".join)
TERMS = "otter abundance, camera traps"


@pytest.mark.parametrize(
    "text",
    [
        "NOT IN THE SOURCES",
        "not in the sources.",
        "Not in the sources",
        "**NOT IN THE SOURCES**",
        '"NOT IN THE SOURCES."',
        "“Not in the sources”",
        "- NOT IN THE SOURCES",
        "# NOT IN THE SOURCES",
        "`NOT_IN_THE_SOURCES`",
        "NOT-IN-THE-SOURCES",
        "NOT IN SOURCES",
        "\n\n  NOT IN THE SOURCES  \n",
        "Answer: NOT IN THE SOURCES",
        "NOT IN THE SOURCES: they speak of otters only.",
        "NOT IN THE SOURCES\nThe sources speak of otters only.",
        "NOT IN THE SOURCES because they speak of otters.",
        "N\u200bOT IN THE SOURCES",
        "I cannot answer this question.",
        "I'm sorry, but I cannot answer that from the sources.",
        "The sources do not answer the question.",
        "The provided sources do not contain the answer to your question.",
        "None of the sources answers this question.",
    ],
)
def test_a_reply_that_declines_is_recognised(text):
    assert declines(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "Otters eat fish [417].",
        "Not in the sources is any word on otters, but rivers are [417].",
        "Otters are not in the sources of rivers [417].",
        "Not only otters swim [417].",
        "The sources do not tell how long a battery lasts.",
        "The answer is 42 [417].",
        "Models say “NOT IN THE SOURCES” when they decline [417].",
        "SmoothQuant cannot answer questions [417].",
        "Nothing is wrong.",
    ],
)
def test_an_answer_is_no_decline(text):
    assert not declines(text)


@pytest.mark.parametrize(
    "reply",
    [
        "How do cameras count otters?",
        "\n\nHow do cameras count otters?\n\nThis names the subject.",
        '"How do cameras count otters?"',
        "“How do cameras count otters?”",
        "**How do cameras count otters?**",
        "Standalone question: How do cameras count otters?",
        "Stand-alone question: “How do cameras count otters?”",
        "**Standalone question:** How do cameras count otters?",
        "Rewritten question: How do cameras count otters?",
        "Here is the rewritten question:\nHow do cameras count otters?",
        "Question: How do cameras count otters?",
        "<think>They mean otters?</think>How do cameras count otters?",
        "They mean otters.\n</think>\n\nHow do cameras count otters?",
        "How do \u200bcameras count otters [3]?",
    ],
)
def test_the_rewritten_question_is_found_in_a_reply(reply):
    assert stand_alone_reply(reply, "And how do they count?") == "How do cameras count otters?"


@pytest.mark.parametrize(
    "reply",
    [
        "",
        " \n \n",
        "???",
        "42?",
        "<think>They mean",
        "NOT IN THE SOURCES",
        "I'm sorry, I cannot rewrite that?",
        "I’m sorry, what do you mean?",
        "I cannot answer this question.",
        "Sure, what do you want?",
        "Cameras count otters.",
        "How " * 200 + "?",
        "Here is the question:",
    ],
)
def test_a_reply_without_a_question_leaves_it_as_typed(reply):
    assert stand_alone_reply(reply, "And how do they count?") == "And how do they count?"


def test_what_was_no_question_may_be_rewritten_as_none():
    assert stand_alone_reply("Papers on otters", "more on them") == "Papers on otters"


@given(TEXTS, TEXTS)
@settings(deadline=None)
def test_a_rewritten_question_is_one_line_without_markers_or_is_as_typed(reply, question):
    rewritten = stand_alone_reply(reply, question)

    if rewritten != question:
        assert rewritten.strip()
        assert len(rewritten.splitlines()) == 1
        assert len(rewritten) <= 3 * len(question) + 200
        assert visible(rewritten) == rewritten


@pytest.mark.parametrize(
    "reply",
    [
        TERMS,
        f"\n\n{TERMS}\n\nThese are what ecologists say.",
        f'"{TERMS}"',
        f"**{TERMS}**",
        f"Search terms: {TERMS}",
        f"**Search line:** {TERMS}",
        f"Technical terms are: {TERMS}",
        f"The line to search with: “{TERMS}”",
        f"Keywords: {TERMS}.",
        f"Here are the terms:\n{TERMS}",
        "Here are the terms:\n- otter abundance\n- camera traps\n\nThey count otters.",
        "1. otter abundance\n2. camera traps",
        "* otter abundance\n\n* camera traps",
        f"<think>Do they mean otters?</think>{TERMS}",
        f"They mean otters.\n</think>\n\n{TERMS}",
        "otter\u200b abundance, camera traps [3]",
    ],
)
def test_the_terms_to_search_for_are_found_in_a_reply(reply):
    assert search_terms(reply) == TERMS


@pytest.mark.parametrize(
    "reply",
    [
        "",
        " \n \n",
        "???",
        "42",
        "<think>They mean otters, or perhaps",
        "NOT IN THE SOURCES",
        "I'm sorry, I cannot help with that.",
        "I cannot answer this question.",
        "Sure! What do you want?",
        "Here are the terms:",
        "- \n- \n",
    ],
)
def test_a_reply_without_terms_gives_none(reply):
    assert search_terms(reply) == ""


@pytest.mark.parametrize("terms", ["keyword spotting: on-device models", "query expansion, BM25"])
def test_terms_that_look_like_a_label_stay(terms):
    assert search_terms(terms) == terms


def test_of_a_reply_that_goes_on_and_on_the_beginning_is_searched_for():
    assert search_terms("otter " * 1000) == " ".join(["otter"] * MOST_TERMS)
    assert search_terms("o" * 10_000) == "o" * LONGEST_TERMS


@given(TEXTS)
@settings(deadline=None)
def test_terms_are_one_short_line_without_what_is_invisible(reply):
    terms = search_terms(reply)

    assert visible(terms) == terms
    assert len(terms.splitlines()) <= 1
    assert len(terms) <= LONGEST_TERMS
    assert len(terms.split()) <= MOST_TERMS

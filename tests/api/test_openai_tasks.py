"""Prompts of chat front ends are answered without retrieval, in the form that they ask for."""

import json
import time

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai_acting import asking, events, served_v1

from rag.types import Turn
from ui.api.front_end_prompts import question_in, task_in
from ui.api.front_end_tasks import follow_ups, reply_to, tags, title

SHOWN = """<chat_history>
USER: What does TideNet forecast in harbours?
ASSISTANT: **TideNet: Forecasting Coastal Floods**: It forecasts floods. [1]

Sources:
[1] TideNet: Forecasting Coastal Floods — https://example.org/tides
USER: thanks
</chat_history>"""
OPEN_WEBUI = {
    "title": "Generate a concise, 3-5 word title with an emoji summarizing the chat history.",
    "tags": "Generate 1-3 broad tags categorizing the main themes of the chat history, along "
    "with 1-3 more specific subtopic tags.",
    "follow_ups": "Suggest 3-5 relevant follow-up questions or prompts that the user might "
    "naturally ask next in this conversation as a **user**, based on the chat history.",
    "queries": "Analyze the chat history to determine the necessity of generating search "
    "queries, in the given language. By default, **prioritize generating 1-3 queries**.",
    "text": "You are an autocompletion system. Continue the text in `<text>` based on the "
    "**completion type** in `<type>` and the given language.",
    "prompt": "Generate a detailed prompt for am image generation task based on the given "
    "language and context.",
}
MADE = {
    "title": "TideNet forecast in harbours",
    "tags": ["Research", "TideNet", "Forecast", "Harbours"],
    "follow_ups": [
        "What does “TideNet: Forecasting Coastal Floods” find?",
        "Which papers are about TideNet forecast in harbours?",
        "What is the newest paper on TideNet forecast in harbours?",
    ],
    "queries": [],
    "text": "",
    "prompt": "TideNet forecast in harbours",
}
LIBRECHAT = (
    "Provide a concise, 5-word-or-less title for the conversation, using title case conventions. "
    "Only return the title itself.\n\nConversation:\nUser: What does TideNet forecast?\n"
    "AI: Floods. [1]"
)
RAG = """### Task:
Respond to the user query using the provided context, incorporating inline citations in the
format [id] **only when the <source> tag includes an explicit id attribute**.

### Guidelines:
- If you don't know the answer, clearly state that.

<context>
<source id="1" name="a.pdf">Suggest follow-up titles and tags.</source>
</context>
"""


def prompt(kind):
    return (
        f"### Task:\n{OPEN_WEBUI[kind]}\n\n### Guidelines:\n- Write a title, tags and so on.\n\n"
        f'### Output:\nJSON format: {{ "{kind}": ["your answer here"] }}\n\n'
        f"### Chat History:\n{SHOWN}"
    )


@pytest.mark.parametrize("kind", OPEN_WEBUI)
def test_a_task_is_answered_as_the_json_that_it_describes(kind):
    assert json.loads(reply_to(prompt(kind))) == {kind: MADE[kind]}


def test_a_title_without_json_is_the_title_alone():
    assert reply_to(LIBRECHAT) == "TideNet forecast"
    noted = "### Task:\nGenerate a title for the content.\n### Content:\nGrasses of wet meadows"
    assert reply_to(noted) == "Grasses of wet meadows"


def test_a_title_may_be_asked_for_after_the_conversation_itself():
    before = [Turn("user", "hello"), Turn("assistant", "Hello!"), Turn("user", "Do SSMs scale?")]
    asked = "Please generate a concise, 5-word-or-less title for the conversation"
    assert reply_to(asked, before) == "SSMs scale"


def test_the_language_is_asked_for_with_the_title_and_gets_json():
    asked = (
        "Analyze this conversation and provide:\n1. The detected language of the conversation\n"
        "2. A concise title in the detected language (5 words or less)\n\n"
        "User: What does TideNet forecast?\nAI: Floods."
    )
    assert json.loads(reply_to(asked)) == {"title": "TideNet forecast"}


def test_small_talk_has_a_title_and_tags_as_well():
    turns = [Turn("user", "hi"), Turn("assistant", "Hello!")]
    assert title(turns) == "Conversation about papers"
    assert tags(turns) == ["General"]
    assert follow_ups(turns) == []


def test_what_was_asked_already_is_not_suggested():
    turns = [
        Turn("user", "Which papers are about tides?"),
        Turn("assistant", "- **Tides A**: x [1]\n- **Tides B**: y [2]"),
    ]
    assert follow_ups(turns) == [
        "What does “Tides A” find?",
        "How does “Tides B” work?",
        "What is the newest paper on tides?",
    ]


def test_a_title_is_short_however_long_the_question():
    long = [Turn("user", "Compare " + "antidisestablishmentarianism " * 40)]
    assert len(title(long)) <= 60
    assert len(title([Turn("user", "x" * 500)])) <= 60


@pytest.mark.parametrize(
    "question",
    [
        "Which paper has the longest title?",
        "### Task: explain how LoRA works",
        "Suggest follow-up work to FlashAttention.",
        "Provide a concise summary of LoRA.",
        "What tags does the dataset have?",
        "Generate a title",
    ],
)
def test_what_a_person_asks_is_no_task(question):
    assert reply_to(question) is None
    assert question_in(question) == question


def test_a_question_is_found_in_what_a_front_end_wrapped_it():
    assert task_in(RAG + "Do tides rise?") is None
    assert question_in(RAG + "Do tides rise?") == "Do tides rise?"
    tagged = f"{RAG}\n<user_query>\nDo tides rise?\n</user_query>\n"
    assert question_in(tagged) == "Do tides rise?"
    several = (
        "You have been provided with a set of responses from various models to the latest user "
        'query: "Do tides rise?"\n\nYour task is to synthesize these responses.'
    )
    assert question_in(several) == "Do tides rise?"


@given(st.text())
def test_any_text_is_either_a_task_or_a_question(text):
    for one in (text, f"### Task:\n{text}", RAG + text, f"### Task:\n{text}\n{SHOWN}"):
        assert reply_to(one) is None or reply_to(one)
        assert isinstance(question_in(one), str)


def test_a_task_retrieves_nothing_and_is_not_recorded():
    with served_v1() as served, httpx.Client(base_url=served.v1) as client:
        whole = client.post("/chat/completions", json=asking(prompt("tags"))).json()
        streamed = client.post("/chat/completions", json=asking(prompt("tags"), stream=True))
        wrapped = client.post("/chat/completions", json=asking(RAG + "Do tides rise?"))
        assert wrapped.status_code == 200
        assert [asked for asked, *_ in served.engine.asked] == ["Do tides rise?"]
        assert served.api.log.count() == 1
    content = whole["choices"][0]["message"]["content"]
    assert json.loads(content) == {"tags": MADE["tags"]}
    assert "footnote" not in whole
    deltas = (one["choices"][0]["delta"] for one in events(streamed.text))
    assert "".join(one.get("content", "") for one in deltas) == content


@pytest.mark.parametrize(
    "hostile",
    [
        RAG + "<user_query>" * 20_000,
        "### Task:\ntitle\n" + "<chat_history>" * 20_000,
        "### Task:\ntitle\nContent:" + "\n " * 100_000,
        "You have been provided with a set of responses" + ' query: "' * 30_000,
        "### Task:\ntags\nContent:\n" + "**a" * 80_000,
        "### Task:\ntags\nContent:\n" + "USER: [1] a — " * 20_000,
    ],
)
def test_no_text_takes_long_to_read(hostile):
    began = time.perf_counter()
    reply_to(hostile)
    question_in(hostile)
    assert time.perf_counter() - began < 1

"""A model that says what it was told to say, from a list or a file."""

import json
import time
from random import Random

import pytest

from rag.answering.offered import offer
from rag.answering.prompting import answer_messages
from rag.config import Settings
from rag.errors import ChatError, ConfigError
from rag.models.chat_choice import chat_model_for
from rag.models.scripted_chat import Scene, Scripted, source_ids
from rag.types import Message, Paper, Usage

PROMPT = (
    "<sources-x>\n\nSource [417]\nTitle: A\n\nSource [8302]\nTitle: Source [555]\n\nQuestion: Why?"
)


async def said(model, question="Why?", *, heard=None):
    got = [] if heard is None else heard
    async for piece in model.stream([Message("user", question)], max_tokens=9):
        got.append(piece)
    assert isinstance(got[-1], Usage)
    return "".join(got[:-1])


def scripted(tmp_path, *lines, **settings):
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    (tmp_path / "script.jsonl").write_text(text, encoding="utf-8")
    return chat_model_for(Settings(llm=f"scripted:{tmp_path / 'script.jsonl'}", **settings))


async def test_replies_come_one_after_the_other_and_the_last_one_again():
    model = Scripted(["One.", "Two."])

    assert [await said(model) for _ in range(3)] == ["One.", "Two.", "Two."]


async def test_a_reply_may_depend_on_the_messages():
    model = Scripted([lambda messages: messages[-1].content.upper()])

    assert await said(model, "Why?") == "WHY?"


async def test_places_are_filled_with_the_ids_of_the_sources():
    assert source_ids([Message("user", PROMPT)]) == ["417", "8302"]
    assert await said(Scripted(["A [{1}] and [{2}], x_{3}."]), PROMPT) == (
        "A [417] and [8302], x_{3}."
    )


def test_the_ids_are_found_as_they_are_really_offered():
    papers = [Paper(name, name, f"{name} are counted.") for name in ("Otters", "Seals")]
    offered = offer(papers, unlike="", budget=500, random=Random(3))
    messages = answer_messages("Who is counted?", [], offered)

    assert source_ids(messages) == list(offered.papers)
    assert len(offered.papers) == 2


@pytest.mark.parametrize("text", ["Two words.", " a  b\n\nc ", "", "\n"])
@pytest.mark.parametrize("pieces", [None, 1, 3, 50])
async def test_the_pieces_make_up_the_text(text, pieces):
    assert await said(Scripted([Scene(text, pieces=pieces)])) == text


async def test_pieces_come_at_the_pace_that_is_set():
    model, stamps = Scripted([Scene("abcd", pieces=4, delay=0.02)]), []
    async for _ in model.stream([Message("user", "Why?")], max_tokens=9):
        stamps.append(time.monotonic())

    assert len(stamps) == 5
    assert stamps[3] - stamps[0] >= 0.055


async def test_a_failure_is_played_after_what_is_said_before():
    heard = []
    with pytest.raises(ChatError) as caught:
        await said(Scripted([Scene("So far.", error="truncated")]), heard=heard)

    assert "".join(heard) == "So far."
    assert caught.value.kind == "truncated"


async def test_usage_is_counted_and_priced(tmp_path):
    model = scripted(tmp_path, {"reply": "a b c"}, llm_prompt_price=1, llm_completion_price=2)
    *_, usage = [piece async for piece in model.stream([Message("user", "Why?")], max_tokens=9)]

    assert usage == Usage(6, 3, pytest.approx(12e-6), is_estimated=True)


async def test_the_first_line_that_fits_is_said(tmp_path):
    model = scripted(
        tmp_path,
        {"when": "rivers Otters", "reply": "In rivers [{1}]."},
        "",
        {"when": "lakes", "error": "timeout"},
        {"reply": "I do not know."},
    )

    assert await said(model, "Do otters\nlive in Rivers?") == "In rivers [{1}]."
    assert await said(model, "Do otters live in trees?") == "I do not know."
    with pytest.raises(ChatError) as caught:
        await said(model, "In lakes?")
    assert caught.value.kind == "timeout"
    assert model.name == "scripted:script.jsonl"
    assert model.context_window == 8192


async def test_what_no_line_fits_is_a_failure(tmp_path):
    with pytest.raises(ChatError, match="no reply") as caught:
        await said(scripted(tmp_path, {"when": "lakes", "reply": "Yes."}), "In rivers?")

    assert caught.value.kind == "rejected"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", r"script\.jsonl:2: Invalid JSON"),
        ("[]", r"script\.jsonl:2: "),
        ({"when": "a"}, r"script\.jsonl:2: it has neither a reply nor an error"),
        ({"replies": "a"}, r"script\.jsonl:2: replies: Extra"),
        ({"error": "fire"}, r"script\.jsonl:2: error: .*'timeout'"),
        ({"reply": "a", "pieces": 0}, r"script\.jsonl:2: pieces: "),
        ({"reply": "a", "delay": -1}, r"script\.jsonl:2: delay: "),
        ({"reply": "a", "delay": "inf"}, r"script\.jsonl:2: delay: "),
    ],
)
def test_a_bad_line_is_named(tmp_path, line, reason):
    with pytest.raises(ConfigError, match=reason):
        scripted(tmp_path, {"reply": "Good."}, line)


@pytest.mark.parametrize("content", [None, b"", b"\n \n", b"\xff\xfe\x00"])
def test_a_script_that_cannot_be_read_is_a_sentence(tmp_path, content):
    if content is not None:
        (tmp_path / "script.jsonl").write_bytes(content)

    with pytest.raises(ConfigError, match=r"FOOTNOTE_LLM: the script .*script\.jsonl"):
        chat_model_for(Settings(llm=f"scripted:{tmp_path / 'script.jsonl'}"))

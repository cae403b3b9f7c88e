"""What may be asked for and how, and what is told where it may not."""

import json

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openai_acting import Acting, Counting, asking, happens, served_v1, two_papers

from rag.errors import ChatError, QuestionError
from rag.types import Retrieved
from ui.api.openai_sources import HEADING

CHAT, RESPONSES = "/v1/chat/completions", "/v1/responses"


class Failing(Acting):
    """Finds something, then fails before its first sentence, as the question says."""

    async def _events(self, question):
        yield Retrieved(())
        if "model" in question:
            raise ChatError("timeout", "The language model did not answer in time.")
        if "long" in question:
            raise QuestionError("The question is too long.")
        raise RuntimeError("sk-123")


@pytest.fixture(scope="module")
def served():
    with served_v1(Acting(two_papers)) as served:
        yield served


@pytest.fixture(scope="module")
def client(served):
    with httpx.Client(base_url=served.at) as client:
        yield client


def user(content):
    return {"messages": [{"role": "user", "content": content}]}


def asked_after(served, client, body, path=CHAT):
    """What reaches the engine: the question, and the conversation before it."""
    assert client.post(path, json=body).status_code == 200
    question, history, _ = served.engine.asked[-1]
    return question, [(turn.role, turn.content) for turn in history]


def test_a_request_that_names_no_model_gets_ours(client):
    assert client.post(CHAT, json=user("Tides?")).json()["model"] == "footnote"


def test_content_may_be_text_or_parts(served, client):
    parts = [{"type": "text", "text": "What of"}, {"type": "input_text", "text": "tides?"}]
    assert asked_after(served, client, user(parts))[0] == "What of\ntides?"
    assert asked_after(served, client, user(["What of", "tides?"]))[0] == "What of\ntides?"


def test_the_last_message_of_a_user_is_the_question(served, client):
    said = [
        {"role": "system", "content": "You are a pirate."},
        {"role": "developer", "content": [{"type": "text", "text": "Be brief."}]},
        {"role": "user", "content": "What of tides?"},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "function"}]},
        {"role": "tool", "tool_call_id": "1", "content": "42"},
        {"role": "function", "name": "f", "content": "42"},
        {"role": "assistant", "content": "They rise. [1]\n\nSources:\n[1] Tides — https://x.org/1"},
        {"role": "assistant", "content": "And fall. [2]"},
        {"role": "user", "content": "And its authors?"},
        {"role": "assistant", "content": "The authors are"},
    ]
    question, history = asked_after(served, client, {"messages": said})
    assert question == "And its authors?"
    assert history == [("user", "What of tides?"), ("assistant", "They rise.\n\nAnd fall.")]


def test_a_response_may_be_asked_for_with_items(served, client):
    items = [
        {"type": "message", "role": "user", "content": "What of tides?"},
        {"type": "reasoning", "summary": []},
        {"role": "assistant", "content": [{"type": "output_text", "text": "They rise. [1]"}]},
        {"type": "function_call_output", "call_id": "1", "output": "42"},
        {"role": "user", "content": [{"type": "input_text", "text": "Why?"}]},
    ]
    body = {"input": items, "instructions": "Be brief.", "store": True}
    question, history = asked_after(served, client, body, RESPONSES)
    assert question == "Why?"
    assert history == [("user", "What of tides?"), ("assistant", "They rise.")]


def test_our_own_answers_come_back_without_what_they_carried_besides(served, client):
    first = client.post(CHAT, json=asking()).json()["choices"][0]["message"]
    said = [*asking()["messages"], first, {"role": "user", "content": "Why?"}]
    _, history = asked_after(served, client, {"messages": said})
    told = "🌊 **TideNet** forecasts 𝒯ides. Waves are cafe\u0301-sized. So is the sea."
    assert history[1] == ("assistant", told)


def test_the_list_of_sources_can_be_left_out(client):
    for path, body in ((CHAT, asking()), (RESPONSES, {"input": "Tides?"})):
        assert HEADING in client.post(path, json=body).text
        plain = client.post(path, json={**body, "sources": False})
        assert HEADING not in plain.text
        assert len(plain.json()["citations"]) == 2


def test_what_is_wrong_with_a_request_is_said_where_it_is(client):
    for path, body, param in (
        (CHAT, {}, "messages"),
        (CHAT, {"messages": []}, "messages"),
        (CHAT, {"messages": "Tides?"}, "messages"),
        (CHAT, {"messages": [{"content": "Tides?"}]}, "messages.0.role"),
        (CHAT, {"messages": [{"role": "critic", "content": "x"}]}, "messages.0.role"),
        (CHAT, user(7), "messages.0.content"),
        (CHAT, user([{"type": "text", "text": 7}]), "messages.0.content.0.text"),
        (CHAT, user(None), "messages"),
        (CHAT, user("  \n"), "messages"),
        (CHAT, {"messages": [{"role": "system", "content": "x"}]}, "messages"),
        (CHAT, user([{"type": "image_url", "image_url": {"url": "x"}}]), "messages"),
        (CHAT, asking(n=2), "n"),
        (CHAT, asking(stream="perhaps"), "stream"),
        (CHAT, asking(stream_options=3), "stream_options"),
        (RESPONSES, {}, "input"),
        (RESPONSES, {"input": 3}, "input"),
        (RESPONSES, {"input": []}, "input"),
        (RESPONSES, {"input": "x", "previous_response_id": "resp_1"}, "previous_response_id"),
        (RESPONSES, {"input": "x", "conversation": {"id": "1"}}, "conversation"),
        (RESPONSES, {"input": "x", "background": True}, "background"),
        (RESPONSES, {"input": "x", "metadata": {"a": 1}}, "metadata.a"),
    ):
        answered = client.post(path, json=body)
        error = answered.json()["error"]
        assert (answered.status_code, error["param"]) == (400, param), (body, error)
        assert error["type"] == "invalid_request_error"
        assert error["message"].endswith((".", "?"))


def test_another_model_is_not_found(client):
    for path, body in ((CHAT, asking()), (RESPONSES, {"input": "x"})):
        answered = client.post(path, json={**body, "model": "gpt-4o" * 100})
        assert answered.status_code == 404
        assert answered.json()["error"]["code"] == "model_not_found"
        assert len(answered.json()["error"]["message"]) < 200


def test_what_is_not_there_is_told_in_the_envelope_too(client):
    assert client.get("/v1/nothing").json()["error"]["code"] == "not_found"
    assert client.get("/v1/models/a/b").json()["error"]["code"] == "model_not_found"
    assert client.get(CHAT).status_code == 405
    assert client.get(CHAT).json()["error"]["code"] == "method_not_allowed"


def test_half_a_character_is_no_trouble(client):
    half = json.dumps(user("What of \ud83c tides?")).encode()
    for stream in (b"false", b"true"):
        body = half[:-1] + b', "stream": ' + stream + b', "model": "footnote"}'
        answered = client.post(CHAT, content=body, headers={"content-type": "application/json"})
        assert answered.status_code == 200


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("question", "status", "code"),
    [("model", 504, "upstream_error"), ("long", 400, "invalid_question"), ("x", 500, None)],
)
def test_what_fails_before_the_first_sentence_has_its_status(stream, question, status, code):
    with served_v1(Failing()) as served:
        answered = httpx.post(f"{served.v1}/chat/completions", json=asking(question, stream=stream))
    assert answered.status_code == status
    assert answered.json()["error"]["code"] == (code or "internal_error")
    assert "sk-123" not in answered.text


def test_where_too_many_wait_it_is_said_at_once(served, client):
    places = served.api.services.places
    places._taken = 100
    try:
        answered = client.post(CHAT, json=asking(stream=True))
    finally:
        places._taken = 0
    assert (answered.status_code, answered.json()["error"]["code"]) == (503, "busy")
    assert answered.headers["retry-after"] == "2"


def test_tokens_count_towards_the_day_as_they_are_told():
    with served_v1(gate=Counting()) as served, httpx.Client(base_url=served.at) as client:
        told = client.post(CHAT, json=asking()).json()["usage"]["total_tokens"]
        client.post(CHAT, json=asking(stream=True)).raise_for_status()
        assert happens(lambda: len(served.api.gate.noted) == 2)
        assert [tokens for _, tokens in served.api.gate.noted] == [told, told]
        client.post(CHAT, json=asking(n=2))
        assert len(served.api.gate.noted) == 2


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["role", "content", "type", "text", "user", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)
_MESSAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "system", "tool", "critic"]), "content": _JSON}
)
_BODY = st.dictionaries(
    st.sampled_from(["model", "messages", "input", "stream", "n", "stream_options", "sources"]),
    _JSON | st.lists(_MESSAGE | _JSON, max_size=4),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(path=st.sampled_from([CHAT, RESPONSES]), body=_BODY | _JSON)
def test_no_request_breaks_the_server(client, path, body):
    answered = client.post(path, json=body)
    assert answered.status_code in (200, 400, 404), answered.text
    if answered.status_code != 200:
        assert set(answered.json()["error"]) == {"message", "type", "param", "code"}

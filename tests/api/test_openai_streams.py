"""What goes over the wire, as it was read and found right once."""

import json
from pathlib import Path

import httpx
import pytest
from openai_acting import Acting, asking, events, served_v1, steady, two_papers

TRANSCRIPTS = Path(__file__).parent / "transcripts"
CHAT, RESPONSES = "/v1/chat/completions", "/v1/responses"
COUNTED = {"stream": True, "stream_options": {"include_usage": True}}
SENT = {
    "chat_stream.txt": (CHAT, asking("What of tides?", **COUNTED)),
    "chat_body.txt": (CHAT, asking("What of tides?")),
    "chat_refusal_stream.txt": (CHAT, asking("Please refuse.", stream=True)),
    "chat_failing_stream.txt": (CHAT, asking("Please fail.", stream=True)),
    "responses_stream.txt": (RESPONSES, {"input": "What of tides?", "stream": True}),
    "responses_body.txt": (RESPONSES, {"input": "What of tides?"}),
    "responses_failing_stream.txt": (RESPONSES, {"input": "Please fail.", "stream": True}),
}


@pytest.fixture(scope="module")
def client():
    with served_v1(Acting(two_papers)) as served, httpx.Client(base_url=served.at) as client:
        yield client


@pytest.mark.parametrize("name", SENT)
def test_what_is_sent_is_as_it_was_written_down(client, name):
    path, body = SENT[name]
    answered = client.post(path, json=body)
    assert answered.status_code == 200
    assert steady(_without_reference(answered.text)) == (TRANSCRIPTS / name).read_text()


def _without_reference(text):
    """Incidents have a number of their own."""
    start, sign, end = text.partition("the reference ")
    return f"{start}{sign}REFERENCE{end[8:].replace(end[:8], 'REFERENCE')}" if sign else text


def test_a_stream_says_how_it_wants_to_be_carried(client):
    answered = client.post(CHAT, json=asking(stream=True))
    assert answered.headers["content-type"].startswith("text/event-stream")
    assert answered.headers["cache-control"] == "no-cache"
    assert answered.headers["x-accel-buffering"] == "no"
    assert answered.text.endswith("data: [DONE]\n\n")


def test_no_stream_is_what_is_sent_unless_one_is_asked_for(client):
    answered = client.post(CHAT, json=asking())
    assert answered.headers["content-type"] == "application/json"
    assert int(answered.headers["content-length"]) == len(answered.content)
    assert client.post(CHAT, json=asking(stream=None)).json()["object"] == "chat.completion"


@pytest.mark.parametrize("question", ["What of tides?", "Please refuse.", "hello"])
def test_a_stream_and_a_body_have_the_same_text_and_citations(client, question):
    body = client.post(CHAT, json=asking(question)).json()
    chunks = events(client.post(CHAT, json=asking(question, stream=True)).text)
    deltas = [one["choices"][0]["delta"] for one in chunks]
    message = body["choices"][0]["message"]
    assert "".join(one.get("content", "") for one in deltas) == message["content"]
    noted = [note for one in deltas for note in one.get("annotations", [])]
    assert noted == message["annotations"]
    for field in ("citations", "search_results"):
        assert chunks[-1][field] == body[field]


@pytest.mark.parametrize("question", ["What of tides?", "Please refuse."])
def test_the_events_of_a_response_add_up_to_its_body(client, question):
    body = client.post(RESPONSES, json={"input": question}).json()
    sent = events(client.post(RESPONSES, json={"input": question, "stream": True}).text)
    text = "".join(one["delta"] for one in sent if one["type"] == "response.output_text.delta")
    noted = [one["annotation"] for one in sent if one["type"].endswith("annotation.added")]
    part = body["output"][0]["content"][0]
    assert (text, noted) == (part["text"], part["annotations"])
    assert sent[-1]["response"]["output"][0]["content"] == body["output"][0]["content"]
    assert [one["sequence_number"] for one in sent] == list(range(len(sent)))


def test_both_kinds_of_request_get_the_same_text(client):
    chat = client.post(CHAT, json=asking()).json()["choices"][0]["message"]["content"]
    given = client.post(RESPONSES, json={"input": "What does TideNet forecast?"}).json()
    assert given["output"][0]["content"][0]["text"] == chat


def test_every_event_of_a_response_names_its_kind(client):
    lines = client.post(RESPONSES, json={"input": "Tides?", "stream": True}).text.split("\n\n")
    for one in filter(None, lines):
        name, data = one.split("\n")
        assert name == f"event: {json.loads(data.removeprefix('data: '))['type']}"


def test_usage_comes_in_a_chunk_of_its_own_and_only_if_asked_for(client):
    counted = events(client.post(CHAT, json=asking(**COUNTED)).text)
    assert {one["usage"] for one in counted[:-1]} == {None}
    assert counted[-1]["choices"] == []
    assert counted[-1]["usage"] == client.post(CHAT, json=asking()).json()["usage"]
    plain = events(client.post(CHAT, json=asking(stream=True)).text)
    assert not any("usage" in one or not one["choices"] for one in plain)


def test_all_chunks_share_an_id_a_moment_and_the_model(client):
    chunks = events(client.post(CHAT, json=asking(**COUNTED)).text)
    assert len({(one["id"], one["created"], one["model"]) for one in chunks}) == 1
    other = client.post(CHAT, json=asking()).json()
    assert other["id"] != chunks[0]["id"]

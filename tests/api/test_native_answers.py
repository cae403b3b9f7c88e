"""Asking over the native API: whole, as events, in a conversation, and when somebody leaves."""

import asyncio
import threading

import httpx
import opened
import pytest
from acting import DOUGH, SENTENCE, TIDES, Acting, cited
from native_client import client_of, mounted, sentence_of
from serving_api import served_api

from rag.errors import ChatError, QuestionError
from rag.types import Completed, Delta, Published, Range, Retrieved, Scope, Turn
from ui.server.asking import Recorded
from ui.server.wire import Failure, Reader, decode

STREAM = {"accept": "text/event-stream"}


class Spending(opened.OpenGate):
    """Notes what was spent."""

    def __init__(self):
        super().__init__()
        self.tokens = []

    def spent(self, principal, tokens):
        self.tokens.append(tokens)


class Failing(Acting):
    """Fails at once, or after the first sentence."""

    def __init__(self, error, *, late=False):
        super().__init__()
        self.error, self.late = error, late

    async def _events(self, question):
        if self.late:
            yield Delta("Floods. ")
        raise self.error


@pytest.fixture
def acting():
    return Acting()


@pytest.fixture
def api(acting):
    return opened.api_over(acting, TIDES, DOUGH, gate=Spending())


@pytest.fixture
async def client(api):
    async with client_of(api) as client:
        yield client


def events_in(text):
    reader = Reader()
    return [decode(*one) for line in text.split("\n") for one in reader.line(line)]


async def test_an_answer_has_its_text_and_what_each_marker_stands_on(client, api):
    response = await client.post("/answers", json={"question": "How far ahead?"})

    answer = response.json()
    assert response.status_code == 200
    assert answer["text"] == cited("").text
    first, second = answer["citations"]
    assert (first["number"], first["sentence"]) == (1, SENTENCE)
    assert first["paper"]["id"] == "tides"
    abstract, span = first["paper"]["abstract"], first["span"]
    assert abstract[span["start"] : span["end"]] == SENTENCE
    assert (first["verdict"]["label"], second["verdict"]["label"]) == ("supported", "weak")
    assert [one["id"] for one in answer["retrieved"]] == ["tides", "dough"]
    assert answer["refusal"] is None
    assert answer["seconds"] > 0
    assert [one.id for one in api.log.latest(limit=9)] == [answer["record"]]
    assert api.gate.tokens == [0]


async def test_a_refusal_says_why_and_what_comes_nearest(client):
    response = await client.post("/answers", json={"question": "refuse this"})

    refusal = response.json()["refusal"]
    assert refusal["kind"] == "not-on-shelf"
    assert [one["title"] for one in refusal["nearest"]] == ["Slow Dough"]


@pytest.mark.parametrize(
    ("sent", "headers", "is_stream"),
    [
        ({}, STREAM, True),
        ({"stream": True}, {}, True),
        ({"stream": False}, STREAM, False),
        ({}, {}, False),
        ({"stream": None}, {"accept": "application/json, text/event-stream;q=0.5"}, True),
    ],
)
async def test_events_come_where_they_are_asked_for(client, sent, headers, is_stream):
    response = await client.post("/answers", json={"question": "Why?", **sent}, headers=headers)

    kind = response.headers["content-type"].partition(";")[0]
    assert kind == ("text/event-stream" if is_stream else "application/json")


async def test_the_events_are_those_of_the_engine_and_last_the_record(client, api):
    response = await client.post("/answers", json={"question": "Why?"}, headers=STREAM)

    *events, completed, recorded = events_in(response.text)
    assert isinstance(events[0], Retrieved)
    assert completed == Completed(cited("Why?"))
    assert "".join(one.text for one in events[1:]) == completed.answer.text
    assert isinstance(recorded, Recorded)
    assert [one.id for one in api.log.latest(limit=9)] == [recorded.id]
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-accel-buffering"] == "no"


async def test_history_and_scope_reach_the_engine_as_they_were_sent(client, acting):
    scope = {
        "paper_ids": ["tides", "tides", "no, such/paper"],
        "since": "2025",
        "until": "Oct 2025",
        "organization": " Harbour  Institute",
        "source": "page.txt",
        "dating": "possible",
        "authors": ["Mara  Lindqvist", " "],
        "author_count": {"least": 2},
        "upvotes": {"least": 1, "most": 9},
    }
    history = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]

    await client.post("/answers", json={"question": "Why?", "history": history, "scope": scope})

    [asked] = acting.asked
    assert asked == (
        "Why?",
        (Turn("user", "Hi"), Turn("assistant", "Hello.")),
        Scope(
            ("tides", "no, such/paper"),
            Published(2025),
            Published(2025, 10),
            "Harbour Institute",
            "page.txt",
            "possible",
            ("Mara Lindqvist",),
            Range(2),
            Range(1, 9),
        ),
    )


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({}, "question"),
        ({"question": ""}, "question"),
        ({"question": "Why?", "temperature": 1}, "temperature"),
        ({"question": 7}, "question"),
        ({"question": "Why?" * 10_000}, "question"),
        ({"question": "Why?", "scope": {"since": "soon"}}, "soon"),
        ({"question": "Why?", "scope": {"since": "2025", "until": "2024"}}, "before it begins"),
        ({"question": "Why?", "scope": {"year": 2025}}, "scope.year"),
        ({"question": "Why?", "scope": {"paper_ids": ["x"] * 1001}}, "scope.paper_ids"),
        ({"question": "Why?", "scope": {"upvotes": {"least": -1}}}, "scope.upvotes.least"),
        ({"question": "Why?", "scope": {"upvotes": {"least": True}}}, "scope.upvotes.least"),
        ({"question": "Why?", "stream": "yes"}, "stream"),
        ({"question": "Why?", "history": [{"role": "system", "content": ""}]}, "history.0.role"),
        ({"question": "Why?", "conversation": "x" * 65}, "conversation"),
        (
            {
                "question": "Why?",
                "conversation": "0" * 16,
                "history": [{"role": "user", "content": "Hi"}],
            },
            "not both",
        ),
    ],
)
async def test_what_cannot_be_asked_is_said_in_a_sentence(client, acting, sent, place):
    response = await client.post("/answers", json=sent)

    assert response.status_code == 422
    assert place in sentence_of(response)
    assert acting.asked == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'"\\ud800"'])
async def test_what_is_no_json_is_said_to_be_none(client, body):
    response = await client.post(
        "/answers", content=body, headers={"content-type": "application/json"}
    )

    assert response.status_code in (400, 422)
    assert sentence_of(response)


async def test_half_a_character_is_refused(client):
    body = b'{"question": "Why \\ud800?"}'
    response = await client.post(
        "/answers", content=body, headers={"content-type": "application/json"}
    )

    assert response.status_code == 422
    assert "question" in sentence_of(response)


@pytest.mark.parametrize("headers", [{}, STREAM], ids=["whole", "events"])
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (QuestionError("The question is empty."), 422),
        (ChatError("unreachable", "The model cannot be reached."), 503),
        (ChatError("timeout", "The model took too long."), 504),
        (RuntimeError("sk-123"), 500),
    ],
)
async def test_what_fails_at_once_has_its_own_status(error, status, headers):
    async with client_of(opened.api_over(Failing(error))) as client:
        response = await client.post("/answers", json={"question": "Why?"}, headers=headers)

    assert response.status_code == status
    assert "sk-123" not in response.text
    assert response.headers["content-type"] == "application/json"
    assert sentence_of(response)


async def test_what_fails_later_is_the_last_event():
    error = ChatError("timeout", "The model took too long.")
    async with client_of(opened.api_over(Failing(error, late=True))) as client:
        response = await client.post("/answers", json={"question": "Why?"}, headers=STREAM)

    *_, said, failure = events_in(response.text)
    assert response.status_code == 200
    assert said == Delta("Floods. ")
    assert failure == Failure("The model took too long.", "upstream_error", status=504)


async def test_a_full_queue_is_told_at_once(acting):
    api = opened.api_over(acting, TIDES)
    api.services.places.__init__(running=1, waiting=0)
    async with client_of(api) as client:
        first = asyncio.create_task(client.post("/answers", json={"question": "hang"}))
        await acting.begun.wait()
        response = await client.post("/answers", json={"question": "Why?"})
        acting.go_on.set()
        await first

    assert response.status_code == 503
    assert response.headers["retry-after"]
    assert "Many ask" in sentence_of(response)


async def sent(address, asked):
    async with (
        httpx.AsyncClient(base_url=f"{address}/api/v1") as client,
        client.stream("POST", "/answers", json=asked) as response,
    ):
        return await response.aread()


class Ending(Acting):
    """Says, in whatever thread, that nobody waits for an answer any more."""

    def __init__(self):
        super().__init__()
        self.ended = threading.Event()

    async def stream(self, question, history=(), scope=None):
        try:
            async for event in super().stream(question, history, scope):
                yield event
        finally:
            self.ended.set()


@pytest.mark.parametrize("is_stream", [False, True], ids=["whole", "events"])
async def test_whoever_leaves_ends_the_work_and_it_is_no_answer(is_stream):
    acting = Ending()
    api = opened.api_over(acting, TIDES)
    with served_api({"/": mounted(api)}) as address:
        asked = {"question": "hang", "stream": is_stream}
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(sent(address, asked), 0.5)
        assert await asyncio.to_thread(acting.ended.wait, 2)

    assert api.services.places.taken == 0
    assert api.log.latest(limit=9) == []


async def test_a_conversation_keeps_what_was_said_and_goes_on_from_there(client, acting):
    begun = (await client.post("/conversations", json={})).json()
    first = {"question": "How far ahead?", "conversation": begun["id"]}
    answered = (await client.post("/answers", json=first)).json()
    second = {"question": "And why?", "conversation": begun["id"], "scope": {"since": "2025"}}
    events = events_in((await client.post("/answers", json=second, headers=STREAM)).text)

    found = (await client.get(f"/conversations/{begun['id']}")).json()

    assert [one[1] for one in acting.asked] == [
        (),
        (Turn("user", "How far ahead?"), Turn("assistant", answered["text"])),
    ]
    assert found["title"] == "How far ahead?"
    assert [one["question"] for one in found["said"]] == ["How far ahead?", "And why?"]
    assert [one["record"] for one in found["said"]] == [answered["record"], events[-1].id]
    assert found["said"][0] == answered


async def test_a_conversation_that_is_not_theirs_is_not_there(client, acting):
    response = await client.post(
        "/answers", json={"question": "Why?", "conversation": "0123456789abcdef"}
    )

    assert response.status_code == 404
    assert "no such conversation among yours" in sentence_of(response)
    assert acting.asked == []


async def test_a_real_engine_answers_with_sentences_of_the_abstracts(application):
    api = opened.api_over(application.engine, application=application)
    async with client_of(api) as client:
        asked = {"question": "What is AWQ?"}
        answer = (await client.post("/answers", json=asked)).json()

    assert answer["citations"]
    for one in answer["citations"]:
        assert one["sentence"] in one["paper"]["abstract"]
    assert answer["text"].count("[") >= len(answer["citations"])

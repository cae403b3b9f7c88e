"""What cannot be understood is told in a sentence that says what, and where."""

import opened
import pytest
from acting import Acting
from native_client import client_of, sentence_of

JSON = {"content-type": "application/json"}


@pytest.fixture
async def client():
    async with client_of(opened.api_over(Acting())) as client:
        yield client


@pytest.mark.parametrize(
    ("body", "param", "sentence"),
    [
        (b"", None, "The request has no body. Send a JSON object, with "),
        (b"[]", None, "The body has to be a JSON object, sent with "),
        (b"null", None, "The body has to be a JSON object, sent with "),
        (b"{", None, "The body is no JSON. Expecting property name enclosed in double quotes at "),
        (b'{"question": hm}', None, "The body is no JSON. Expecting value at character 14."),
        (b"{}", "question", "question: It is missing."),
        (b'{"question":"a","hm":1}', "hm", "hm: There is no such field here."),
        (b'{"question":"\\ud800"}', "question", "question: It holds half a character, which is"),
        (b'{"question":5}', "question", "question: Input should be a valid string."),
        (
            b'{"question":"a","history":[{"role":"user"}]}',
            "history.0.content",
            "history.0.content: It is missing.",
        ),
    ],
)
async def test_a_body_that_does_not_fit_is_told_where(client, body, param, sentence):
    response = await client.post("/answers", content=body, headers=JSON)

    assert response.status_code == 422
    assert sentence_of(response).startswith(sentence)
    assert response.json()["error"]["param"] == param


async def test_json_that_is_not_said_to_be_json_is_told_how_to_send_it(client):
    response = await client.post(
        "/answers", content=b'{"question":"a"}', headers={"content-type": "text/plain"}
    )

    assert response.status_code == 422
    assert "“Content-Type: application/json”" in sentence_of(response)


@pytest.mark.parametrize(
    "body",
    [
        b'{"question":"\xff"}',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"question":1' + b"0" * 5000 + b"}",
    ],
)
async def test_a_body_that_no_reader_of_json_takes_is_told_what_to_send(client, body):
    response = await client.post("/answers", content=body, headers=JSON)

    assert response.status_code == 400
    assert "UTF-8" in sentence_of(response)


@pytest.mark.parametrize(
    ("sentences", "sentence"),
    [
        ([], "sentences: There have to be at least 1."),
        ([{"sentence": "a", "abstract": "b"}] * 101, "sentences: There may be at most 100."),
        ([{"sentence": "a"}], "sentences.0: Give each sentence either a paper_id or an abstract."),
    ],
)
async def test_too_few_too_many_and_what_contradicts_itself_is_told(client, sentences, sentence):
    response = await client.post("/check", json={"sentences": sentences})

    assert sentence_of(response) == sentence


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/papers", "GET, POST"),
        ("POST", "/papers/a", "GET, DELETE"),
        ("GET", "/answers", "POST"),
        ("PATCH", "/stats", "GET"),
    ],
)
async def test_another_method_is_told_which_ones_there_are(client, method, path, allowed):
    response = await client.request(method, path)

    assert (response.status_code, response.headers["allow"]) == (405, allowed)
    expected = f"/api/v1{path} does not take {method}. Send {allowed.replace(', ', ' or ')}."
    assert sentence_of(response) == expected

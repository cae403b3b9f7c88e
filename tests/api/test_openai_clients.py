"""OpenAI's own client, as it is, against a real server."""

import openai
import pytest
from openai.types.chat import ChatCompletion
from openai.types.responses import Response
from openai_acting import TIDES, Acting, served_v1, two_papers

MODEL = "footnote"


@pytest.fixture(scope="module")
def client():
    with (
        served_v1(Acting(two_papers)) as served,
        openai.OpenAI(base_url=served.v1, api_key="sk-none", max_retries=0) as client,
    ):
        yield client


def messages(text="What of tides?"):
    return [{"role": "user", "content": text}]


def test_it_lists_the_model_and_fetches_it(client):
    assert [one.id for one in client.models.list()] == [MODEL]
    assert client.models.retrieve(MODEL).object == "model"
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("gpt-6-luna")
    assert (caught.value.code, caught.value.param) == ("model_not_found", "model")


def test_it_reads_a_completion_with_its_citations(client):
    completion = client.chat.completions.create(model=MODEL, messages=messages())
    assert ChatCompletion.model_validate(completion.model_dump(), strict=True)
    message = completion.choices[0].message
    assert message.content.startswith("🌊 **TideNet** forecasts 𝒯ides. [1]")
    cited = [one.url_citation for one in message.annotations]
    assert [message.content[one.start_index : one.end_index] for one in cited] == [
        "[1]",
        "[2]",
        "[1]",
    ]
    assert (cited[0].title, cited[0].url) == (TIDES.title, TIDES.url)
    assert completion.citations == [one.url for one in cited[:2]]
    assert completion.search_results[0]["date"] == "2025-10-24"
    assert completion.footnote["verdicts"][0]["label"] == "supported"
    assert completion._request_id
    assert completion.usage.total_tokens > completion.usage.completion_tokens > 20


def test_its_streaming_helper_puts_a_completion_together(client):
    with client.chat.completions.stream(model=MODEL, messages=messages()) as stream:
        kinds = [event.type for event in stream]
        streamed = stream.get_final_completion()
    whole = client.chat.completions.create(model=MODEL, messages=messages())
    assert "content.delta" in kinds
    assert kinds[-1] == "content.done"
    message = streamed.choices[0].message
    assert message.content == whole.choices[0].message.content
    assert message.annotations == whole.choices[0].message.annotations
    assert streamed.choices[0].finish_reason == "stop"


def test_its_streaming_helper_puts_a_response_together(client):
    with client.responses.stream(model=MODEL, input="What of tides?") as stream:
        kinds = [event.type for event in stream]
        streamed = stream.get_final_response()
    whole = client.responses.create(model=MODEL, input="What of tides?")
    assert list(dict.fromkeys(kinds)) == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.annotation.added",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert Response.model_validate(whole.model_dump(), strict=True)
    assert streamed.output_text == whole.output_text
    noted = streamed.output[0].content[0].annotations
    assert [whole.output_text[one.start_index : one.end_index] for one in noted] == [
        "[1]",
        "[2]",
        "[1]",
    ]
    assert whole.usage.total_tokens == whole.usage.input_tokens + whole.usage.output_tokens


async def test_its_asynchronous_client_streams_as_well(client):
    async with openai.AsyncOpenAI(base_url=str(client.base_url), api_key="sk-none") as other:
        stream = await other.chat.completions.create(
            model=MODEL,
            messages=messages(),
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [chunk async for chunk in stream]
    assert chunks[-1].usage.completion_tokens > 20
    assert chunks[-2].choices[0].finish_reason == "stop"


def test_it_raises_what_fails_before_the_text_with_its_status(client):
    for stream in (False, True):
        with pytest.raises(openai.BadRequestError) as caught:
            client.chat.completions.create(model=MODEL, messages=messages(), n=3, stream=stream)
        assert (caught.value.code, caught.value.param) == ("unsupported_value", "n")


def test_it_raises_what_fails_within_the_text(client):
    stream = client.chat.completions.create(model=MODEL, messages=messages("fail"), stream=True)
    read = []
    with pytest.raises(openai.APIError) as caught:
        read.extend(chunk.choices[0].delta.content for chunk in stream)
    assert "".join(read).endswith("[1]")
    assert caught.value.code == "internal_error"
    assert "sk-123" not in str(caught.value.body)


def test_it_raises_what_fails_within_a_response(client):
    stream = client.responses.create(model=MODEL, input="fail", stream=True)
    with pytest.raises(openai.APIError) as caught:
        list(stream)
    assert caught.value.code == "internal_error"


def test_a_refusal_is_an_answer_that_says_so(client):
    completion = client.chat.completions.create(model=MODEL, messages=messages("refuse"))
    message = completion.choices[0].message
    assert message.content == "No abstract on this shelf tells of GPT-4."
    assert (message.annotations, message.refusal, completion.citations) == ([], None, [])
    refusal = completion.footnote["refusal"]
    assert refusal["kind"] == "not-on-shelf"
    assert refusal["nearest"] == [{"id": "dough", "title": "Slow Dough"}]


def test_fields_that_mean_nothing_here_are_passed_over(client):
    completion = client.chat.completions.create(
        model=MODEL,
        messages=messages(),
        temperature=1.3,
        max_completion_tokens=1,
        logprobs=True,
        seed=7,
        tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}],
        user="mara",
        extra_body={"chat_id": "x", "filter_ids": [], "metadata": None},
    )
    assert completion.choices[0].finish_reason == "stop"

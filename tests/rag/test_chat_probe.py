"""What the doctor is told of the language model that is set."""

import json

import pytest
from misbehaving import completes, fails, lists, page, says, sends, serving, stalls

from rag.config import Settings
from rag.errors import ChatError, ConfigError, FootnoteError
from rag.models.chat_probe import probe

KEY = "sk-right-and-very-secret"
OTHERS = ["tiny-b", "large", "huge", "vast", "endless", "zzz"]


async def told(server, **changes):
    url = server.url.replace("://", "://otto:hunter2@")
    settings = {"llm": "tiny-a", "OPENAI_BASE_URL": url, "OPENAI_API_KEY": KEY, "llm_deadline": 20}
    try:
        sentence = await probe(Settings(**(settings | changes)))
    except FootnoteError as error:
        sentence = f"✗ {error}"
    assert "hunter2" not in sentence
    assert KEY not in sentence
    return sentence.replace(f"127.0.0.1:{server.server_port}", "HOST")


async def listing(models, act=None, **changes):
    with serving(act or fails(500)) as server:
        server.models = models
        return await told(server, **changes)


async def test_without_a_model_answers_are_extractive():
    sentence = await probe(Settings(OPENAI_API_KEY=KEY))

    assert sentence == "Language model: none set; answers are extractive."


@pytest.mark.parametrize("name", ["tiny-a", "tiny-a:latest", "models/tiny-a"])
async def test_a_model_that_is_listed_is_offered(name):
    sentence = await listing(lists("large", name))

    assert sentence == "Language model: tiny-a is offered at HOST."


@pytest.mark.parametrize("models", [lists(), fails(404), fails(405), completes(data=None)])
async def test_where_none_is_listed_the_model_is_tried(models):
    assert await listing(models, says("yes")) == "Language model: tiny-a at HOST answers."
    assert await listing(models, says("ye", finish="length")) == (
        "Language model: tiny-a at HOST answers."
    )


async def test_a_server_that_takes_any_name_is_told_as_it_is():
    assert await listing(lists("my.gguf"), says("yes")) == "Language model: tiny-a at HOST answers."


async def test_a_wrong_key_is_told():
    refusal = fails(401, message=f"Incorrect API key provided: {KEY}.")

    assert await listing(refusal) == "✗ The language model refused the key in OPENAI_API_KEY."


async def test_a_missing_key_is_told():
    assert await listing(fails(401), OPENAI_API_KEY=None) == (
        "✗ The language model wants a key. Set OPENAI_API_KEY."
    )


async def test_an_unknown_model_is_told_with_the_nearest_there_are():
    sentence = await listing(lists(*OTHERS), fails(404, message="The model does not exist."))

    assert sentence.startswith("✗ HOST does not know the language model tiny-a. It has tiny-b, ")
    assert sum(name in sentence for name in OTHERS) == 5
    assert sentence.endswith(". Set FOOTNOTE_LLM to a model that it has.")


async def test_names_that_cannot_be_shown_are_not():
    names = ["good", "x" * 999, "\x1b[31mred", "", None, 7]
    data = [{"id": name} for name in names] + [None, "model"]
    sentence = await listing(completes(data=data), fails(404, message="no such model"))

    assert "It has good." in sentence


async def test_an_ollama_is_told_to_be_given_the_model():
    lacks = fails(404, {"error": 'model "tiny-a" not found, try pulling it first'})

    assert "Run `ollama pull tiny-a`, or set" in await listing(
        lists("large", owner="library"), lacks
    )


async def test_an_unknown_model_of_a_server_without_a_list_is_told():
    assert await listing(lists(), fails(404, message="model?")) == (
        "✗ The endpoint does not know the language model tiny-a. "
        "Set FOOTNOTE_LLM to a model that it has."
    )


async def test_a_server_that_is_not_there_is_told():
    with serving() as gone:
        pass

    assert await told(gone) == (
        "✗ The language model at HOST cannot be reached. "
        "Is it running, and is OPENAI_BASE_URL right?"
    )


async def test_a_server_that_does_not_answer_is_told_soon():
    assert "cannot be reached" in await listing(stalls(), llm_timeout=0.2)


@pytest.mark.parametrize("models", [page(), sends("Hello.", content_type="text/plain")])
async def test_a_server_of_another_kind_is_told(models):
    assert "does not speak OpenAI's protocol" in await listing(models)


async def test_a_server_that_fails_is_told():
    assert "a failure of its own (status 500)" in await listing(fails(500))


async def test_a_model_of_llama_index_is_tried():
    target = f"llama-index:llama_index.core.llms.MockLLM {json.dumps({'max_tokens': 2})}"

    assert await probe(Settings(llm=target)) == f"Language model: {target} answers."
    with pytest.raises(ChatError, match="cannot be reached"):
        await probe(
            Settings(llm='llama-index:test_llama_index_chat.Otter {"failure":"unreachable"}')
        )


async def test_a_script_is_named(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"reply": "Yes."}')

    sentence = await probe(Settings(llm=f"scripted:{tmp_path / 'a.jsonl'}"))

    assert sentence == "Language model: scripted:a.jsonl, which only says what its script has."


async def test_a_model_that_nobody_serves_is_a_sentence():
    with pytest.raises(ConfigError, match="Set OPENAI_API_KEY"):
        await probe(Settings(llm="gpt-5-mini"))

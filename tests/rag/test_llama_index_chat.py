"""Any language model of llama-index, made from its path, and whatever it does."""

import asyncio
import json
import logging

import pytest
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, LLMMetadata
from llama_index.core.llms import CustomLLM
from pydantic import Field

from rag.config import Settings
from rag.errors import ChatError, ConfigError
from rag.models.chat_choice import chat_model_for
from rag.types import Message, Usage

KEY = "sk-right-and-very-secret"
MOCK = "llama_index.core.llms.MockLLM"
OWN = "test_llama_index_chat.Otter"


class RateLimitError(Exception):
    pass


class NotFoundError(Exception):
    pass


FAILURES = {
    "rate": RateLimitError(KEY),
    "model": NotFoundError(KEY),
    "timeout": TimeoutError(KEY),
    "unreachable": ConnectionRefusedError(KEY),
    "auth": type("AuthenticationError", (Exception,), {})(KEY),
    "context": ValueError(f"{KEY}: maximum context length is 512"),
    "rejected": KeyError(KEY),
}


class Otter(CustomLLM):
    """Says its pieces, then fails or stalls if told to."""

    pieces: list = Field(default=["Otters live", None, " in rivers", " [417]."])
    failure: str = ""
    stalls: bool = False
    api_key: str = ""
    closed: list = Field(default=[])
    heard: list = Field(default=[])

    @property
    def metadata(self):
        return LLMMetadata(is_chat_model=True)

    def complete(self, *_, **__):
        raise NotImplementedError

    def stream_complete(self, *_, **__):
        raise NotImplementedError

    async def astream_chat(self, messages, **_):
        self.heard.extend(messages)
        return self._said()

    async def _said(self):
        try:
            for piece in self.pieces:
                yield ChatResponse(message=ChatMessage(content=""), delta=piece)
            if self.stalls:
                await asyncio.sleep(60)
            if self.failure:
                raise FAILURES[self.failure]
        finally:
            self.closed.append(True)


def model(path=OWN, settings=None, **arguments):
    target = f"llama-index:{path} {json.dumps(arguments)}"
    return chat_model_for(Settings(llm=target, **(settings or {})))


async def said(asked_model, max_tokens=50):
    messages = [Message("system", "Answer."), Message("user", "Where do otters live?")]
    got = [piece async for piece in asked_model.stream(messages, max_tokens=max_tokens)]
    assert isinstance(got[-1], Usage)
    return "".join(got[:-1]), got[-1]


async def test_the_mock_of_llama_index_talks():
    text, usage = await said(model(MOCK, max_tokens=3))

    assert text == "text text text"
    assert usage.is_estimated
    assert usage.completion_tokens == pytest.approx(3, abs=2)


async def test_pieces_and_messages_are_passed_on():
    asked = model()
    text, _ = await said(asked)

    assert text == "Otters live in rivers [417]."
    assert [(one.role.value, one.content) for one in asked._llm.heard] == [
        ("system", "Answer."),
        ("user", "Where do otters live?"),
    ]


async def test_reasoning_is_not_passed_on():
    assert (await said(model(pieces=["<think>Hm", ".</think>", "Otters."])))[0] == "Otters."


@pytest.mark.parametrize("kind", FAILURES)
@pytest.mark.parametrize("pieces", [[], ["Otters live in all the rivers"]])
async def test_a_failure_has_its_kind_and_says_nothing_of_the_librarys(kind, pieces, caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(ChatError, match=OWN) as caught:
        await said(model(pieces=pieces, failure=kind))

    assert caught.value.kind == kind
    assert KEY not in str(caught.value) + caplog.text
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("limit", [{"llm_timeout": 0.05}, {"llm_deadline": 0.05}])
async def test_a_stall_ends(limit):
    with pytest.raises(ChatError) as caught:
        await said(model(settings=limit, stalls=True))

    assert caught.value.kind == "timeout"


async def test_a_reply_that_is_too_long_is_cut_off():
    with pytest.raises(ChatError) as caught:
        await said(model(pieces=["and "] * 100), max_tokens=20)

    assert caught.value.kind == "truncated"


async def test_a_reply_of_nothing_is_a_failure():
    with pytest.raises(ChatError) as caught:
        await said(model(pieces=[]))

    assert caught.value.kind == "bad-response"


async def test_reasoning_that_slips_out_is_a_failure():
    with pytest.raises(ChatError, match="reasoning") as caught:
        await said(model(pieces=["Rivers come to my mind.", "</think>", "Otters."]))

    assert caught.value.kind == "bad-response"


async def test_whoever_closes_the_iterator_ends_the_reply():
    asked = model(pieces=["Otters live in rivers."], stalls=True)
    pieces = asked.stream([Message("user", "Why?")], max_tokens=50)
    await anext(pieces)
    await pieces.aclose()

    assert asked._llm.closed == [True]


def test_the_name_has_the_arguments_but_no_key():
    asked = model(api_key=KEY, failure="rate")

    assert asked.name == f'llama-index:{OWN} {{"failure": "rate"}}'
    assert asked.context_window == 8192


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (f"{MOCK} {{", "FOOTNOTE_LLM: .* is not a JSON object"),
        (f"{MOCK} [8]", "is not a JSON object"),
        ("llama_index.core.Nothing", "has no attribute 'Nothing'"),
        ("not_installed.Model", "Is its package installed"),
        ("pathlib.Path", "is not a llama-index language model"),
        ('llama_index.core.MockEmbedding {"embed_dim": 8}', "is not a llama-index language model"),
        ("", "FOOTNOTE_LLM is llama-index:"),
    ],
)
def test_a_model_that_cannot_be_made_is_a_sentence(target, reason):
    with pytest.raises(ConfigError, match=reason):
        chat_model_for(Settings(llm=f"llama-index:{target}"))


class Locked:
    def __init__(self, **arguments):
        raise LookupError(arguments)


def test_what_an_unknown_error_says_is_not_shown():
    with pytest.raises(ConfigError, match=r"cannot be made \(LookupError\)") as caught:
        model("test_llama_index_chat.Locked", api_key=KEY)

    assert KEY not in str(caught.value)

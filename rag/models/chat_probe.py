"""Whether the language model that is set can be used, in a sentence for whoever set it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from urllib.parse import urlsplit

from rag.config import Settings
from rag.errors import ChatError
from rag.models.chat_choice import chat_model_for
from rag.models.openai_chat import OpenAIChat
from rag.models.openai_failure import EndpointError, Failure
from rag.models.scripted_chat import Scripted
from rag.ports import ChatModel
from rag.types import Message

LISTING_SECONDS = 3.0
MOST_NAMES = 5
LONGEST_NAME = 80
OLLAMAS_PORT = 11434
FEW_TOKENS = 16
QUESTION = Message("user", "Reply with the word yes.")


async def probe(settings: Settings) -> str:
    """Says which model answers; raises FootnoteError with a sentence where it does not."""
    model = chat_model_for(settings)
    if model is None:
        return "Language model: none set; answers are extractive."
    if isinstance(model, Scripted):
        return f"Language model: {model.name}, which only says what its script has."
    if isinstance(model, OpenAIChat):
        return await _probe_endpoint(settings, model)
    await _try(model)
    return f"Language model: {model.name} answers."


async def _probe_endpoint(settings: Settings, model: OpenAIChat) -> str:
    # The SDK takes a second to import.
    from rag.models.openai_endpoint import OPENAI

    where = _shown(settings.openai_base_url or OPENAI)
    listed = await _listed(settings, where)
    if any(_is_same(model.name, name) for name in map(_name, listed)):
        return f"Language model: {model.name} is offered at {where}."
    try:
        await _try(model)
    except ChatError as error:
        if error.kind in ("model", "rejected") and listed:
            raise ChatError("model", _unknown(model.name, where, listed)) from None
        if error.kind == "model":
            raise ChatError("model", _advised(str(error), model.name, where, listed)) from None
        raise
    return f"Language model: {model.name} at {where} answers."


async def _listed(settings: Settings, where: str) -> Sequence[Mapping[str, object]]:
    """The models of the endpoint; none where it has no list, which says nothing of its chat."""
    from rag.models.openai_endpoint import Endpoint
    from rag.models.openai_incoming import NO_PROTOCOL, UNREACHABLE

    try:
        return await Endpoint(settings).models(LISTING_SECONDS)
    except EndpointError as error:
        failure = error.failure
    if failure is UNREACHABLE or failure.kind == "timeout":
        raise ChatError(
            failure.kind,
            f"The language model at {where} cannot be reached. "
            "Is it running, and is OPENAI_BASE_URL right?",
        )
    if failure is NO_PROTOCOL or not _may_lack_a_list(failure):
        raise failure.error()
    return ()


def _may_lack_a_list(failure: Failure) -> bool:
    return failure.kind in ("model", "rejected", "bad-response")


async def _try(model: ChatModel) -> None:
    """Asks for a word; raises ChatError where none is written."""
    try:
        async for _ in model.stream([QUESTION], max_tokens=FEW_TOKENS):
            pass
    except ChatError as error:
        # It writes: more than was wanted.
        if error.kind != "truncated":
            raise


def _unknown(model: str, where: str, listed: Sequence[Mapping[str, object]]) -> str:
    def likeness(name: str) -> float:
        return SequenceMatcher(None, model, name).ratio()

    nearest = sorted(filter(None, map(_name, listed)), key=likeness, reverse=True)[:MOST_NAMES]
    has = f" It has {', '.join(nearest)}." if nearest else ""
    return _advised(f"{where} does not know the language model {model}.{has}", model, where, listed)


def _advised(sentence: str, model: str, where: str, listed: Sequence[Mapping[str, object]]) -> str:
    is_ollama = where.endswith(f":{OLLAMAS_PORT}") or any(
        one.get("owned_by") == "library" for one in listed
    )
    advice = f"Run `ollama pull {model}`, or set" if is_ollama else "Set"
    return f"{sentence} {advice} FOOTNOTE_LLM to a model that it has."


def _name(listed: Mapping[str, object]) -> str:
    """A model's name as it is sent, if it is one that can be shown."""
    name = listed.get("id")
    is_name = isinstance(name, str) and name.isprintable() and len(name) <= LONGEST_NAME
    return str(name) if is_name else ""


def _is_same(wanted: str, listed: str) -> bool:
    return wanted == listed or listed == f"{wanted}:latest" or listed.endswith(f"/{wanted}")


def _shown(url: str) -> str:
    """Host and port alone: the rest may hold a name and a password."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return f"{host}:{parts.port}" if parts.port else host

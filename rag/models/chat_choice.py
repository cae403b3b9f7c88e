"""Which language model the settings ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from rag.config import Settings
from rag.errors import ConfigError
from rag.models.openai_chat import OpenAIChat
from rag.ports import ChatModel


def _llama_index(target: str, settings: Settings) -> ChatModel:
    from rag.models.llama_index_chat import LlamaIndexChat

    return LlamaIndexChat(target, settings)


def _scripted(path: str, settings: Settings) -> ChatModel:
    from rag.models.script_file import scripted_by

    return scripted_by(Path(path), settings)


# FOOTNOTE_LLM is a model of the endpoint, or one of these and what follows it.
_KINDS: Mapping[str, Callable[[str, Settings], ChatModel]] = {
    "llama-index": _llama_index,
    "scripted": _scripted,
}


def chat_model_for(settings: Settings) -> ChatModel | None:
    """The language model of the settings, None where none is set.

    Raises ConfigError where it cannot be used; whether its endpoint answers is not tried.
    """
    if not settings.llm:
        return None
    # A colon is part of many names: qwen3:8b.
    kind, colon, rest = settings.llm.partition(":")
    if kind in _KINDS and colon:
        if not rest.strip():
            raise ConfigError(
                f"FOOTNOTE_LLM is {kind}:, but has to be a model of the endpoint, "
                "llama-index:package.module.Class or scripted:FILE."
            )
        return _KINDS[kind](rest.strip(), settings)
    if settings.openai_api_key is None and settings.openai_base_url is None:
        raise ConfigError(
            "FOOTNOTE_LLM names a language model, but nobody to ask for it. Set OPENAI_API_KEY, "
            "or OPENAI_BASE_URL where a server of your own has it."
        )
    return OpenAIChat(settings)

"""Which encoder the settings ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rag.config import Settings
from rag.errors import ConfigError
from rag.models.minilm import MiniLM
from rag.ports import Encoder, TextEmbedder


def _openai(model: str, settings: Settings) -> TextEmbedder:
    from rag.models.openai_embedding import OpenAIEmbedder

    return OpenAIEmbedder(model, settings)


def _llama_index(model: str, settings: Settings) -> TextEmbedder:
    from rag.models.llama_index_embedding import LlamaIndexEmbedder

    return LlamaIndexEmbedder(model, settings)


# FOOTNOTE_EMBEDDING is "minilm", or one of these and a model: "openai:text-embedding-3-small".
EMBEDDERS: Mapping[str, Callable[[str, Settings], TextEmbedder]] = {
    "openai": _openai,
    "llama-index": _llama_index,
}


def encoder_for(settings: Settings) -> Encoder:
    """The encoder of the settings; raises ConfigError where there is none by that name."""
    minilm = MiniLM(settings.models)
    if settings.embedding == "minilm":
        return minilm
    kind, _, model = settings.embedding.partition(":")
    if kind not in EMBEDDERS or not model:
        raise ConfigError(
            f"FOOTNOTE_EMBEDDING is {kind!r}, but has to be minilm, "
            "openai:MODEL or llama-index:package.module.Class."
        )
    from rag.models.composite import Composite

    return Composite(EMBEDDERS[kind](model, settings), minilm)

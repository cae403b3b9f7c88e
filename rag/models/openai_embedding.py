"""OpenAI's embedding models, or those of any server that speaks its protocol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from openai import OpenAI, OpenAIError

from rag.config import Settings
from rag.errors import ConfigError, ModelError
from rag.models.scaling import unit
from rag.types import Vectors

DIMENSIONS = {
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
    "text-embedding-ada-002": 1536,
}
BATCH = 256
SECONDS = 60.0


class OpenAIEmbedder:
    """`model` of the endpoint that the settings name."""

    def __init__(self, model: str, settings: Settings) -> None:
        self._model = model
        self._settings = settings
        self.name = f"openai:{model}"
        self.dimension = settings.embedding_dimension or _dimension(model)

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = [row for batch in _batches(texts) for row in self._ask(batch)]
        return unit(np.array(rows, np.float32).reshape(-1, self.dimension))

    def embed_question(self, question: str) -> Vectors:
        vector: Vectors = self.embed([question])[0]
        return vector

    @cached_property
    def _client(self) -> OpenAI:
        key, url = self._settings.openai_api_key, self._settings.openai_base_url
        if key is None and url is None:
            raise ConfigError(
                f"FOOTNOTE_EMBEDDING is {self.name}, which needs OPENAI_API_KEY to be set."
            )
        # Local servers ask for no key, but the SDK does.
        return OpenAI(
            api_key=key.get_secret_value() if key else "none", base_url=url, timeout=SECONDS
        )

    def _ask(self, texts: list[str]) -> list[list[float]]:
        rows = self._rows(texts)
        if len(rows) != len(texts) or any(len(row) != self.dimension for row in rows):
            raise ModelError(
                f"The embedding model {self._model} gave {len(rows)} vectors of "
                f"{len(rows[0]) if rows else 0} dimensions for {len(texts)} texts; "
                f"{self.dimension} dimensions were expected. Set FOOTNOTE_EMBEDDING_DIMENSION."
            )
        return rows

    def _rows(self, texts: list[str]) -> list[list[float]]:
        """What the endpoint gives for them, in their order."""
        try:
            answer = self._client.embeddings.create(
                model=self._model, input=texts, encoding_format="float"
            )
            return [list(one.embedding) for one in sorted(answer.data, key=lambda one: one.index)]
        except OpenAIError as error:
            raise ModelError(_sentence(self._model, error)) from error
        except (ValueError, AttributeError, TypeError):
            # The SDK looks at nothing that it is sent, which may be a web page.
            raise ModelError(
                f"The embedding model {self._model} cannot be used: what answers at "
                "OPENAI_BASE_URL does not speak OpenAI's protocol. Most addresses end in /v1."
            ) from None


def _dimension(model: str) -> int:
    if model not in DIMENSIONS:
        raise ConfigError(
            f"How long the vectors of {model} are is not known here. "
            "Set FOOTNOTE_EMBEDDING_DIMENSION."
        )
    return DIMENSIONS[model]


def _sentence(model: str, error: OpenAIError) -> str:
    # By kind: the SDK's own message may hold a part of the key.
    reason = {
        "AuthenticationError": "the endpoint refused OPENAI_API_KEY",
        "NotFoundError": "the endpoint does not know that model",
        "RateLimitError": "the endpoint's rate limit or quota is used up",
        "APITimeoutError": "the endpoint did not answer in time",
        "APIConnectionError": "the endpoint cannot be reached; look at OPENAI_BASE_URL",
    }.get(type(error).__name__, f"the endpoint answered with an error ({type(error).__name__})")
    return f"The embedding model {model} cannot be used: {reason}."


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    return (list(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH))

"""Any llama-index embedding, named by its class: `llama_index.core.MockEmbedding`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from importlib import import_module

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import ValidationError

from rag.config import Settings
from rag.errors import ConfigError
from rag.models.scaling import unit
from rag.types import Vectors

_SECRET = re.compile(r"key|secret|passw|(?:^|_)token$", re.IGNORECASE)


class LlamaIndexEmbedder:
    """`target` is a class's dotted path; keyword arguments may follow it as a JSON object.

    For example `llama_index.embeddings.ollama.OllamaEmbedding {"model_name": "nomic-embed-text"}`.
    """

    def __init__(self, target: str, settings: Settings) -> None:
        path, arguments = _parted(target)
        self.name = f"llama-index:{path}{_shown(arguments)}"
        self._embedding = _construct(path, arguments)
        self.dimension = settings.embedding_dimension or len(
            self._embedding.get_query_embedding("How long is a vector?")
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = self._embedding.get_text_embedding_batch(list(texts))
        return unit(np.array(rows, np.float32).reshape(-1, self.dimension))

    def embed_question(self, question: str) -> Vectors:
        row = self._embedding.get_query_embedding(question)
        vector: Vectors = unit(np.array([row], np.float32))[0]
        return vector


def _parted(target: str) -> tuple[str, dict[str, object]]:
    path, _, arguments = target.partition(" ")
    try:
        parsed = json.loads(arguments or "{}")
    except json.JSONDecodeError as error:
        raise ConfigError(
            f"FOOTNOTE_EMBEDDING: what follows {path} is not a JSON object ({error.msg})."
        ) from None
    if not isinstance(parsed, dict):
        raise ConfigError(f"FOOTNOTE_EMBEDDING: what follows {path} is not a JSON object.")
    return path, parsed


def _shown(arguments: dict[str, object]) -> str:
    """What tells one embedding from another: a key does not, and the name is kept and shown."""
    public = {name: value for name, value in arguments.items() if not _SECRET.search(name)}
    return f" {json.dumps(public, sort_keys=True)}" if public else ""


def _construct(path: str, arguments: dict[str, object]) -> BaseEmbedding:
    module, _, name = path.rpartition(".")
    try:
        made = getattr(import_module(module), name)(**arguments)
    except ValidationError as error:
        # By field: the error's own text repeats the arguments, and one may be a key.
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ConfigError(f"FOOTNOTE_EMBEDDING: {path} cannot be made ({wrong}).") from None
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        raise ConfigError(
            f"FOOTNOTE_EMBEDDING: {path} cannot be made ({type(error).__name__}: {error}). "
            "Is its package installed, and are its arguments right?"
        ) from error
    if not isinstance(made, BaseEmbedding):
        raise ConfigError(f"FOOTNOTE_EMBEDDING: {path} is not a llama-index embedding.")
    return made

"""Count tokens as language models do: tiktoken, whose vocabulary is already on this machine."""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken


def encoded(text: str) -> list[int]:
    """The tokens of a text; what looks like a special token is text like any other."""
    return _encoding().encode_ordinary(text)


def count(text: str) -> int:
    """How many tokens a text has; other models' vocabularies differ by a few in a hundred."""
    return len(encoded(text))


@cache
def _encoding() -> tiktoken.Encoding:
    import tiktoken

    # tiktoken would download its vocabulary; llama-index ships a copy.
    spec = find_spec("llama_index.core")
    if spec and spec.origin:
        vocabulary = Path(spec.origin).parent / "_static" / "tiktoken_cache"
        os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(vocabulary))
    return tiktoken.get_encoding("cl100k_base")

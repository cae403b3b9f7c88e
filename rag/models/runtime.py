"""Run a graph on onnxruntime; graphs are built once, in int8, and cached."""

from __future__ import annotations

import hashlib
import math
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError

if TYPE_CHECKING:
    import onnx
    import onnxruntime

# Raised whenever the builder would give another graph for the same weights.
REVISION = 2
# Fusions of onnxruntime that cost time: the operator it puts together here is not vectorised.
SLOWER = ("SkipLayerNormFusion",)

Tensor = NDArray[np.float32]


class Model:
    """A graph that reads one sequence of word pieces at a time.

    One at a time, because dynamic int8 scales over the whole batch: alone, a text has the same
    vectors whatever came with it. It costs nothing, parallel calls use the other cores.
    """

    def __init__(self, path: Path) -> None:
        self._session = _session(path)

    def __call__(self, ids: list[int], types: list[int] | None = None) -> list[Tensor]:
        """The outputs for one sequence, without a batch dimension."""
        feed = {
            "ids": np.array([ids], np.int64),
            "types": np.array([types or [0] * len(ids)], np.int64),
        }
        return [output[0] for output in self._session.run(None, feed)]


def cached(
    folder: Path, name: str, build: Callable[[], onnx.ModelProto], *, kind: str = ""
) -> Path:
    """The quantised graph `name` in `folder`, built where it is missing or damaged.

    Those that it took the place of are removed: former revisions, and, where a name says of which
    weights it is, all others of its `kind`, as in `asking-*`.
    """
    path = folder / f"{name}-r{REVISION}.onnx"
    seal = path.with_suffix(".sha256")
    try:
        if not _sealed(path, seal):
            folder.mkdir(parents=True, exist_ok=True)
            _write(path, seal, build())
    except OSError as error:
        raise ModelError(
            f"The model cannot be kept in {folder}: {error.strerror}. "
            "Set FOOTNOTE_HOME to a folder that can be written."
        ) from error
    _remove_former(path, kind or name)
    return path


def workers() -> int:
    """How many sequences are worth reading at the same time."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _session(path: Path) -> onnxruntime.InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        path, options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOWER
    )


def _sealed(path: Path, seal: Path) -> bool:
    if not (path.is_file() and seal.is_file()):
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest().encode() == seal.read_bytes()


def _remove_former(path: Path, kind: str) -> None:
    """Some 60 MB each; where that cannot be done they stay, and harm nobody."""
    for one in path.parent.glob(f"{kind}-r*.onnx"):
        if one.name != path.name and _revision(one) <= REVISION:
            with suppress(OSError):
                one.with_suffix(".sha256").unlink(missing_ok=True)
                one.unlink()


def _revision(path: Path) -> float:
    number = path.stem.rpartition("-r")[2]
    return int(number) if number.isdecimal() else math.inf


def _write(path: Path, seal: Path, model: onnx.ModelProto) -> None:
    """Quantises and puts the files in place whole, so that a crash leaves none or both."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    # Says that no preprocessing is wanted; the quantiser warns otherwise.
    onnx.helper.set_model_props(model, {"onnx.quant.pre_process": "onnxruntime.quant"})
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        plain, small = Path(scratch) / "plain.onnx", Path(scratch) / "small.onnx"
        onnx.save(model, plain)
        quantize_dynamic(
            plain,
            small,
            weight_type=QuantType.QInt8,
            per_channel=True,
            # 7 bits: with 8 the sums overflow on processors without VNNI.
            reduce_range=True,
            op_types_to_quantize=["MatMul"],
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT, "MatMulConstBOnly": True},
        )
        small.replace(path)
    with path.open("rb") as file:
        seal.write_text(hashlib.file_digest(file, "sha256").hexdigest())

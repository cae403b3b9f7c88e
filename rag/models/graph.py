"""Build a BERT encoder as an ONNX graph straight from its weights.

Fused operators (`com.microsoft`: MultiHeadAttention, BiasGelu) are written directly, so no
optimiser pass is needed and the same file can be quantised. One builder serves the embedding model
and the judge: they differ in their heads only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import onnx

HIDDEN = 384
ATTENTION_HEADS = 12
LAYERS = 6
EPSILON = 1e-12
OPSET = 17

Weights = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Head:
    """A linear layer on top of the encoder; `pooled` heads read tanh(pool(first token))."""

    name: str
    width: int
    pooled: bool


def bert(weights: Weights, *, prefix: str = "", heads: Sequence[Head] = ()) -> onnx.ModelProto:
    """The encoder as a model: `ids` and `types` of (batch, length) in; `hidden` or heads out.

    Nothing is masked: sequences of a batch are of one length, without padding. The word embeddings
    are those under `embeddings.`; the layers are those under `{prefix}encoder.`. Without heads the
    output is `hidden`, (batch, length, 384).
    """
    graph = _Graph(weights)
    hidden = graph.embeddings()
    for layer in range(LAYERS):
        hidden = graph.layer(hidden, f"{prefix}encoder.layer.{layer}.")
    outputs = graph.heads(hidden, heads) if heads else {"hidden": graph.named(hidden, "hidden")}
    return graph.model(outputs)


class _Graph:
    """Nodes and initializers collected so far; every method returns the name of its output."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def embeddings(self) -> str:
        words = self._add("Gather", [self._weight("embeddings.word_embeddings.weight"), "ids"])
        types = self._add(
            "Gather", [self._weight("embeddings.token_type_embeddings.weight"), "types"]
        )
        total = self._add("Add", [self._add("Add", [words, types]), self._positions()])
        return self._normalised(total, "embeddings.LayerNorm")

    def layer(self, hidden: str, at: str) -> str:
        context = self._add(
            "MultiHeadAttention",
            self._query_key_value(hidden, at),
            microsoft=True,
            num_heads=ATTENTION_HEADS,
        )
        attended = self._residual(
            self._product(context, at + "attention.output.dense"), hidden, at + "attention.output."
        )
        inner = self._add(
            "BiasGelu",
            [
                self._product(attended, at + "intermediate.dense"),
                self._weight(at + "intermediate.dense.bias"),
            ],
            microsoft=True,
        )
        return self._residual(self._product(inner, at + "output.dense"), attended, at + "output.")

    def heads(self, hidden: str, heads: Sequence[Head]) -> dict[str, str]:
        first = self._add("Gather", [hidden, self._constant("zero", np.array(0, np.int64))], axis=1)
        pooled = self._add("Tanh", [self._linear(first, "pool")])
        outputs = {}
        for head in heads:
            logits = self._linear(pooled if head.pooled else hidden, head.name)
            outputs[head.name] = self.named(logits, head.name)
        return outputs

    def named(self, value: str, name: str) -> str:
        return self._add("Identity", [value], output=name)

    def model(self, outputs: Mapping[str, str]) -> onnx.ModelProto:
        from onnx import TensorProto, helper

        inputs = [
            helper.make_tensor_value_info(name, kind, ["batch", "length"])
            for name, kind in (
                ("ids", TensorProto.INT64),
                ("types", TensorProto.INT64),
            )
        ]
        results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        graph = helper.make_graph(
            self._nodes, "bert", inputs, results, list(self._constants.values())
        )
        return helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)],
            ir_version=10,
            producer_name="footnote",
        )

    def _positions(self) -> str:
        length = self._add(
            "Gather", [self._add("Shape", ["ids"]), self._constant("one", np.array([1], np.int64))]
        )
        return self._add(
            "Slice",
            [
                self._weight("embeddings.position_embeddings.weight"),
                self._constant("from", np.array([0], np.int64)),
                length,
            ],
        )

    def _query_key_value(self, hidden: str, at: str) -> list[str]:
        """The three projections, made as one: their input is quantised once."""
        names = [f"{at}attention.self.{part}" for part in ("query", "key", "value")]
        matrix = np.concatenate([self._weights[f"{name}.weight"].T for name in names], axis=1)
        bias = np.concatenate([self._weights[f"{name}.bias"] for name in names])
        product = self._add("MatMul", [hidden, self._constant(f"{at}qkv.weight", matrix)])
        joined = self._add("Add", [product, self._constant(f"{at}qkv.bias", bias)])
        widths = self._constant("thirds", np.full(3, HIDDEN, np.int64))
        return self._split([joined, widths], names)

    def _product(self, value: str, name: str) -> str:
        matrix = self._constant(f"{name}.weight", self._weights[f"{name}.weight"].T)
        return self._add("MatMul", [value, matrix])

    def _linear(self, value: str, name: str) -> str:
        return self._add("Add", [self._product(value, name), self._weight(f"{name}.bias")])

    def _residual(self, value: str, skip: str, at: str) -> str:
        # Plain operators: onnxruntime's fused SkipLayerNormalization takes four times as long.
        biased = self._add("Add", [value, self._weight(f"{at}dense.bias")])
        return self._normalised(self._add("Add", [biased, skip]), f"{at}LayerNorm")

    def _normalised(self, value: str, name: str) -> str:
        return self._add(
            "LayerNormalization",
            [value, self._weight(f"{name}.weight"), self._weight(f"{name}.bias")],
            axis=-1,
            epsilon=EPSILON,
        )

    def _split(self, inputs: Sequence[str], outputs: Sequence[str]) -> list[str]:
        from onnx import helper

        self._nodes.append(helper.make_node("Split", list(inputs), list(outputs), axis=-1))
        return list(outputs)

    def _weight(self, name: str) -> str:
        return self._constant(name, self._weights[name])

    def _constant(self, name: str, value: NDArray[np.generic]) -> str:
        from onnx import numpy_helper

        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.asarray(value, order="C"), name)
        return name

    def _add(
        self,
        operator: str,
        inputs: Sequence[str],
        *,
        output: str | None = None,
        microsoft: bool = False,
        **attributes: Any,  # noqa: ANN401  # whatever the operator takes
    ) -> str:
        from onnx import helper

        name = output or f"{operator}_{len(self._nodes)}"
        self._nodes.append(
            helper.make_node(
                operator,
                list(inputs),
                [name],
                domain="com.microsoft" if microsoft else "",
                **attributes,
            )
        )
        return name

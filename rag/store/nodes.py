"""Passages as llama-index nodes in Chroma; imported when vectors are written, not to search."""

from __future__ import annotations

from collections.abc import Sequence

from chromadb.api.models.Collection import Collection
from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.vector_stores.chroma import ChromaVectorStore

from rag.types import Passage, Vectors


def add(collection: Collection, passages: Sequence[tuple[Passage, Vectors]]) -> None:
    """Adds passages, each with its vector."""
    store = ChromaVectorStore(chroma_collection=collection)
    store.add([_node(passage, vector) for passage, vector in passages])


def _node(passage: Passage, vector: Vectors) -> TextNode:
    # Without text and templates: the catalogue has the text, and Chroma would index it once more.
    return TextNode(
        id_=passage.id,
        text="",
        embedding=vector.tolist(),
        metadata_template="",
        metadata_separator="",
        text_template="",
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=passage.paper_id)},
    )

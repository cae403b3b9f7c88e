"""A server as llama-index's own pages show it, over the same papers: the baseline of `api`.

    python -m benchmarks.plain_server PORT

The papers are those of FOOTNOTE_HOME, and the vectors MiniLM's. `VectorStoreIndex` with everything
as it comes, behind FastAPI. It answers with the passages found: no model writes, nothing is cited
sentence by sentence, checked or recorded.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import uvicorn
from fastapi import FastAPI
from llama_index.core import Document, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.retrievers import BaseRetriever
from pydantic import BaseModel, PrivateAttr

from rag.build import open_shelf
from rag.config import load_settings
from rag.models.minilm import MiniLM
from rag.types import Paper

PASSAGES = 5


class Embedding(BaseEmbedding):
    """Our MiniLM, as llama-index wants it: a text's vector is the mean over its word pieces."""

    _model: MiniLM = PrivateAttr()

    def __init__(self, model: MiniLM) -> None:
        super().__init__()
        self._model = model

    def _get_text_embedding(self, text: str) -> list[float]:
        vector: list[float] = self._model.encode_question(text).vector.tolist()
        return vector

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class Asked(BaseModel):
    """A question."""

    question: str


def retriever(papers: Sequence[Paper], model: MiniLM) -> BaseRetriever:
    """Searches passages of the abstracts, as llama-index cuts them."""
    documents = [
        Document(text=f"{paper.title}\n\n{paper.abstract}", metadata={"id": paper.id})
        for paper in papers
    ]
    index = VectorStoreIndex.from_documents(documents, embed_model=Embedding(model))
    return index.as_retriever(similarity_top_k=PASSAGES)


def server(passages: BaseRetriever) -> FastAPI:
    app = FastAPI()

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/answers")
    def answers(asked: Asked) -> dict[str, object]:
        found = passages.retrieve(asked.question)
        shown = [{"text": one.text, "score": one.score, **one.metadata} for one in found]
        return {"question": asked.question, "passages": shown}

    return app


def main() -> None:
    settings = load_settings()
    with open_shelf(settings) as shelf:
        papers = shelf.find()
    app = server(retriever(papers, MiniLM(settings.models, of_statements=True)))
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning")


if __name__ == "__main__":
    main()

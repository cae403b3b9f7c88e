"""Put the parts together; the only module that knows them all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rag.answering.verification import Verifier
from rag.answering.writer import Writer
from rag.chunking import NAME as CHUNKING
from rag.config import Settings
from rag.engine import Engine
from rag.language.latex import readable
from rag.models.chat_choice import chat_model_for
from rag.models.encoder_choice import encoder_for
from rag.models.judge import Judge
from rag.models.minilm import MiniLM
from rag.ports import Encoder
from rag.remembering.answers import Remembering
from rag.remembering.memory import Memory
from rag.retrieval.retriever import Retriever
from rag.store.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Application:
    """Everything a surface needs; open from `build` until its block ends.

    `engine` makes every answer anew, `answering` remembers where that is wanted. `verifier` is the
    one that the engine writes with, and reads with the same models.
    """

    settings: Settings
    shelf: Shelf
    encoder: Encoder
    retriever: Retriever
    engine: Engine
    verifier: Verifier
    remembering: Remembering | None = None

    @property
    def answering(self) -> Engine | Remembering:
        """What people ask."""
        return self.remembering or self.engine


@contextmanager
def build(settings: Settings) -> Iterator[Application]:
    """The application over the shelf that the settings name; owns the shelf within the block."""
    encoder = encoder_for(settings)
    with open_shelf(settings, encoder) as shelf:
        retriever = Retriever(shelf, encoder)
        judge = Judge(settings.models)
        verifier = Verifier(judge, _statements(settings, encoder))
        writer = _writer_for(settings, judge, verifier)
        engine = Engine(retriever, judge, shelf, writer)
        # A model writes another answer each time.
        is_kept = settings.remember and writer is None
        remembering = Remembering(engine, shelf, Memory(settings.remember)) if is_kept else None
        yield Application(settings, shelf, encoder, retriever, engine, verifier, remembering)


def verifier_for(settings: Settings) -> Verifier:
    """The verifier alone; it needs no shelf."""
    return Verifier(Judge(settings.models), _statements(settings))


def _statements(settings: Settings, encoder: Encoder | None = None) -> MiniLM:
    """What compares statements; where MiniLM reads the shelf as well, its graph is loaded once."""
    if isinstance(encoder, MiniLM):
        return encoder.for_statements()
    return MiniLM(settings.models, of_statements=True)


def _writer_for(settings: Settings, judge: Judge, verifier: Verifier) -> Writer | None:
    """None where no language model is set: then answers are the abstracts' own sentences."""
    model = chat_model_for(settings)
    if model is None:
        return None
    return Writer(model, verifier, judge, reply_tokens=settings.llm_max_tokens)


def open_shelf(settings: Settings, encoder: Encoder | None = None) -> Shelf:
    """The shelf alone; without an encoder as it is, for looking papers up."""
    if encoder is None:
        return Shelf.open(settings.home, analyse=readable)
    return Shelf.open(
        settings.home,
        encoder_name=encoder.name,
        dimension=encoder.dimension,
        chunking=CHUNKING,
        analyse=readable,
    )

"""The shelf that an evaluation searches: made of its documents, kept to be used again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path

from rag.build import Application, build
from rag.chunking import NAME as CHUNKING
from rag.config import Settings
from rag.errors import ModelMismatchError
from rag.ingest import READ_BATCH, Progress, Store, index_pending
from rag.ports import Encoder
from rag.types import Fault, Record

SOURCE = "corpus"
FOLDER = "evaluation"
NAME_LENGTH = 32


@contextmanager
def shelved(
    documents: Sequence[Record], settings: Settings, progress: Callable[[int], None]
) -> Iterator[Application]:
    """An application whose shelf holds exactly these; `progress` hears how many are indexed.

    The shelf stays in a folder named after its content: what is on it is not embedded again.
    """
    home = settings.home / FOLDER / _name(documents, settings)
    with _opened(home, settings) as application:
        fill(application.shelf, application.encoder, documents, progress)
        yield application


def fill(
    store: Store,
    encoder: Encoder,
    documents: Sequence[Record],
    progress: Callable[[int], None],
) -> None:
    """Puts on a shelf what of these documents is not there yet."""
    if store.statistics().papers < len(documents):
        run = store.new_run()
        for start in range(0, len(documents), READ_BATCH):
            store.stage(SOURCE, documents[start : start + READ_BATCH], run=run)
    counted = store.statistics()
    ready = counted.papers - counted.pending
    if not counted.pending:
        progress(ready)

    def heard(event: Progress | Fault) -> None:
        if isinstance(event, Progress):
            progress(ready + event.done)

    index_pending(store, encoder, heard)


@contextmanager
def _opened(home: Path, settings: Settings) -> Iterator[Application]:
    own = settings.at(home)
    with ExitStack() as stack:
        try:
            application = stack.enter_context(build(own))
        except ModelMismatchError:
            # The encoder has changed since; what it made then can only be made again.
            shutil.rmtree(home)
            application = stack.enter_context(build(own))
        yield application


def _name(documents: Sequence[Record], settings: Settings) -> str:
    """Changes with the documents, and with what turns them into vectors."""
    content = sha256(
        json.dumps([settings.embedding, settings.embedding_dimension, CHUNKING]).encode()
    )
    for document in documents:
        content.update(
            json.dumps([document.identifiers, document.title, document.abstract]).encode()
        )
    return content.hexdigest()[:NAME_LENGTH]

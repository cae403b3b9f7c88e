"""The question set that ships: its papers, its questions, and the baseline they are held to."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

from rag.build import Application, build
from rag.config import Settings
from rag.ingest import Progress, add
from rag.types import Fault

NAME = "sample"
PAPERS, QUESTIONS, BASELINE = "footnote-sample.jsonl", "questions.jsonl", "baseline.json"


@contextmanager
def sample_shelf(
    settings: Settings, listen: Callable[[Progress | Fault], None]
) -> Iterator[Application]:
    """An application over the sample shelf, made for this and gone afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="footnote-") as home,
        build(settings.at(Path(home))) as application,
    ):
        with shipped(PAPERS) as papers:
            add([str(papers)], application.shelf, application.encoder, listen)
        yield application


@contextmanager
def shipped(name: str) -> Iterator[Path]:
    """A file that ships with the sample shelf, as a path while the block lasts."""
    with as_file(files("rag.sample").joinpath(name)) as path:
        yield path

"""A small shelf that nobody owns, and an assistant that has it."""

import json
import shutil

import pytest
from assisting import assistant_of

from rag.build import build
from rag.config import Settings
from rag.ingest import add

TITLES = ("LoRA", "QLoRA", "Adam", "U-Net", "FlashAttention", "GPTQ", "AWQ", "PagedAttention")


@pytest.fixture(scope="session")
def filled(tmp_path_factory, home_with_graphs, sample):
    """A data directory with a few papers; copy it, never open it."""
    folder = tmp_path_factory.mktemp("for-assistants")
    entries = [one for one in sample if any(title in one["title"] for title in TITLES)]
    papers = folder / "papers.jsonl"
    papers.write_text("".join(json.dumps(one) + "\n" for one in entries))
    with build(Settings(home=home_with_graphs(folder / "home"))) as built:
        add([str(papers)], built.shelf, built.encoder, lambda _: None)
    return folder / "home"


@pytest.fixture
def home(filled, tmp_path):
    """A shelf of its own."""
    return shutil.copytree(filled, tmp_path / "home", symlinks=True)


@pytest.fixture(scope="session")
def assistant(filled, tmp_path_factory):
    """One for all tests that only read."""
    folder = tmp_path_factory.mktemp("assistant")
    home = shutil.copytree(filled, folder / "home", symlinks=True)
    with assistant_of(home, folder) as one:
        yield one

"""A small shelf, servers that own it, and commands run beside them."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from rag.build import build
from rag.config import Settings
from rag.ingest import add
from ui.cli import run

# pytest makes the doubles of a folder known only where its tests run as well.
sys.path.extend(str(Path(__file__).parents[1] / one) for one in ("api", "web", "ui"))
from owning import owning
from six_papers import PAPERS, Ran


@pytest.fixture(scope="session")
def filled(tmp_path_factory, home_with_graphs):
    """A data directory with six papers; copy it, never open it."""
    folder = tmp_path_factory.mktemp("six")
    papers = folder / "six.jsonl"
    papers.write_text("".join(json.dumps(one) + "\n" for one in PAPERS))
    with build(Settings(home=home_with_graphs(folder / "home"))) as built:
        add([str(papers)], built.shelf, built.encoder, lambda _: None)
    return folder / "home"


@pytest.fixture
def home(filled, tmp_path, monkeypatch):
    """A shelf of its own, which the settings name."""
    home = shutil.copytree(filled, tmp_path / "home", symlinks=True)
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    return home


@pytest.fixture
def server(home):
    with owning(home) as one:
        yield one


@pytest.fixture
def footnote(capfd, monkeypatch):
    """Runs a command in this process; what was typed into it comes first."""
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments):
        capfd.readouterr()
        code = run(list(arguments))
        printed = capfd.readouterr()
        return Ran(code, printed.out, printed.err)

    return call

"""A shelf that really was read, embedded and indexed, and commands run over it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from six_papers import PAPERS, Footnote, Ran, write_lines

from ui.cli import run


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the person who runs the tests counts."""
    for name in list(os.environ):
        if name.startswith(("FOOTNOTE_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the six papers; copy it, never write to it."""
    folder = tmp_path_factory.mktemp("filled")
    papers = folder / "six.jsonl"
    write_lines(papers, PAPERS)
    before = os.environ.get("FOOTNOTE_HOME")
    os.environ["FOOTNOTE_HOME"] = str(folder / "home")
    try:
        assert run(["add", str(papers)]) == 0
    finally:
        os.environ.pop("FOOTNOTE_HOME")
        if before is not None:
            os.environ["FOOTNOTE_HOME"] = before
    return folder / "home"


@pytest.fixture
def footnote(capfd: pytest.CaptureFixture[str]) -> Footnote:
    """Runs a command in this process, over whatever shelf is set."""

    def call(*arguments: str) -> Ran:
        capfd.readouterr()
        code = run(list(arguments))
        printed = capfd.readouterr()
        return Ran(code, printed.out, printed.err)

    return call


@pytest.fixture
def models(filled: Path, tmp_path: Path) -> Path:
    """An empty shelf whose models need not be built again."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(filled / "models")
    return home


@pytest.fixture
def shelf(filled: Path, models: Path, footnote: Footnote) -> Footnote:
    """Runs a command over a shelf of its own with the six papers."""
    shutil.copytree(filled, models, ignore=shutil.ignore_patterns("models"), dirs_exist_ok=True)
    return footnote

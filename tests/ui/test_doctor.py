"""What `footnote doctor` says of the language model."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from six_papers import Footnote


def test_without_a_model_it_says_that_answers_are_extractive(shelf: Footnote) -> None:
    shown = shelf("doctor")

    assert shown.code == 0
    assert "✓ Language model: none set; answers are extractive." in shown.out


def test_a_script_is_named(
    shelf: Footnote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "play.jsonl").write_text('{"reply": "Yes."}', encoding="utf-8")
    monkeypatch.setenv("FOOTNOTE_LLM", "scripted:play.jsonl")

    shown = shelf("doctor")

    assert shown.code == 0
    assert "✓ Language model: scripted:play.jsonl" in shown.out


def test_a_model_that_cannot_be_reached_is_told_and_the_rest_is_looked_at(
    shelf: Footnote, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("FOOTNOTE_LLM", "tiny")
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://otto:hunter2@127.0.0.1:{port}/v1")

    shown = shelf("doctor")

    assert shown.code == 1
    assert f"✗ The language model at 127.0.0.1:{port} cannot be reached." in shown.out
    assert "hunter2" not in shown.out + shown.err
    assert "✓ Catalogue: 6 papers" in shown.out


def test_a_model_that_nobody_serves_is_told(
    shelf: Footnote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_LLM", "gpt-5-mini")

    shown = shelf("doctor")

    assert shown.code == 1
    assert "✗ FOOTNOTE_LLM names a language model, but nobody to ask" in shown.out

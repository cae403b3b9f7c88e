"""Settings come from the environment and `.env`; what is wrong is named, never shown."""

from pathlib import Path

import pytest

from rag.config import Settings, load_settings
from rag.errors import ConfigError
from rag.models.choice import EMBEDDERS, encoder_for

EXAMPLE = Path(__file__).parents[2] / ".env.example"
SECRET = "sk-very-secret"  # noqa: S105


def variables():
    return {
        field.validation_alias or f"FOOTNOTE_{name.upper()}"
        for name, field in Settings.model_fields.items()
    }


def test_the_example_lists_every_setting_and_no_other():
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    listed = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]

    assert sorted(listed) == sorted(variables())


def test_the_example_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.delenv("FOOTNOTE_HOME")
    defaults = load_settings()
    (tmp_path / ".env").write_text(EXAMPLE.read_text(encoding="utf-8"))

    assert load_settings() == defaults


def test_the_environment_counts_more_than_the_file(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("FOOTNOTE_EMBEDDING=openai:small\nOPENAI_API_KEY=from-file\n")
    monkeypatch.setenv("FOOTNOTE_EMBEDDING", "minilm")

    settings = load_settings()

    assert settings.embedding == "minilm"
    assert settings.openai_api_key.get_secret_value() == "from-file"


def test_an_empty_variable_means_the_default(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "")
    monkeypatch.setenv("FOOTNOTE_EMBEDDING_DIMENSION", "")

    settings = load_settings()

    assert settings.openai_api_key is None
    assert settings.embedding_dimension is None


def test_the_home_is_absolute_and_holds_the_models(tmp_path, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_HOME", "shelf")

    settings = load_settings()

    assert settings.home == tmp_path / "shelf"
    assert settings.models == tmp_path / "shelf" / "models"


def test_a_tilde_is_the_home_of_the_user(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FOOTNOTE_HOME", "~/shelf")

    assert load_settings().home == tmp_path / "shelf"


def test_a_key_is_not_shown(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)

    assert SECRET not in repr(load_settings())


@pytest.mark.parametrize("value", [SECRET, "3", "-1", "1e9", "9000"])
def test_a_wrong_number_is_named_and_not_shown(monkeypatch, value):
    monkeypatch.setenv("FOOTNOTE_EMBEDDING_DIMENSION", value)

    with pytest.raises(ConfigError, match="FOOTNOTE_EMBEDDING_DIMENSION is wrong") as caught:
        load_settings()

    assert value not in str(caught.value).replace("less than or equal to 8192", "")
    assert caught.value.__cause__ is None


def test_a_home_of_nobody_is_a_sentence(monkeypatch):
    monkeypatch.setenv("FOOTNOTE_HOME", "~nobody-of-that-name/shelf")

    with pytest.raises(ConfigError, match="FOOTNOTE_HOME is wrong"):
        load_settings()


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_file_that_is_not_utf_8_is_a_sentence_without_what_it_holds(tmp_path, encoding):
    (tmp_path / ".env").write_bytes(f"OPENAI_API_KEY={SECRET}é".encode(encoding))

    with pytest.raises(ConfigError, match=r"\.env cannot be read") as caught:
        load_settings()

    assert caught.value.__cause__ is None


@pytest.mark.parametrize("value", ["word2vec", "openai:", "openai", ":", "minilm:large"])
def test_an_unknown_embedding_is_a_sentence_that_lists_those_there_are(tmp_path, value):
    with pytest.raises(ConfigError) as caught:
        encoder_for(Settings(home=tmp_path, embedding=value))

    assert all(kind in str(caught.value) for kind in ("FOOTNOTE_EMBEDDING", "minilm", *EMBEDDERS))


def test_arguments_behind_an_unknown_embedding_are_not_shown(tmp_path):
    wrong = f'lama-index:a.B {{"api_key": "{SECRET}"}}'

    with pytest.raises(ConfigError) as caught:
        encoder_for(Settings(home=tmp_path, embedding=wrong))

    assert SECRET not in str(caught.value)

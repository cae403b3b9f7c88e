"""Settings come from the environment and `.env`; what is wrong is named, never shown."""

from pathlib import Path

import pytest

from rag.config import Settings, load_settings
from rag.errors import ConfigError
from rag.models.chat_choice import chat_model_for
from rag.models.encoder_choice import EMBEDDERS, encoder_for

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


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FOOTNOTE_LLM_TEMPERATURE", "3"),
        ("FOOTNOTE_LLM_TEMPERATURE", "nan"),
        ("FOOTNOTE_LLM_CONTEXT_WINDOW", "100"),
        ("FOOTNOTE_LLM_MAX_TOKENS", "0"),
        ("FOOTNOTE_LLM_MAX_TOKENS", "5000"),
        ("FOOTNOTE_LLM_TIMEOUT", "0"),
        ("FOOTNOTE_LLM_TIMEOUT", "inf"),
        ("FOOTNOTE_LLM_DEADLINE", "-1"),
        ("FOOTNOTE_LLM_PROMPT_PRICE", "-0.1"),
        ("FOOTNOTE_LLM_COMPLETION_PRICE", "cheap"),
        ("OPENAI_BASE_URL", "localhost:11434/v1"),
        ("OPENAI_BASE_URL", "ftp://localhost/v1"),
        ("OPENAI_BASE_URL", "http://"),
        ("OPENAI_BASE_URL", "http://localhost:port/v1"),
        ("OPENAI_BASE_URL", "http://[::1/v1"),
        ("OPENAI_BASE_URL", "http://local host/v1"),
        ("OPENAI_API_KEY", "sk-pasted\nwith a line end"),
        ("OPENAI_API_KEY", "sk-schlüssel"),
        ("OPENAI_API_KEY", "   "),
    ],
)
def test_a_wrong_setting_of_the_language_model_is_named(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)

    with pytest.raises(ConfigError, match=f"^{variable} is wrong: ") as caught:
        load_settings()

    assert "Value error" not in str(caught.value)
    assert variable != "OPENAI_API_KEY" or "sk-" not in str(caught.value)


def test_a_window_too_small_for_the_reply_names_what_to_change(monkeypatch):
    monkeypatch.setenv("FOOTNOTE_LLM_CONTEXT_WINDOW", "1024")

    with pytest.raises(ConfigError, match=r"FOOTNOTE_LLM_MAX_TOKENS is wrong: .*CONTEXT_WINDOW"):
        load_settings()

    monkeypatch.setenv("FOOTNOTE_LLM_MAX_TOKENS", "512")
    assert load_settings().llm_max_tokens == 512


def test_spaces_around_what_was_pasted_do_not_count(monkeypatch):
    monkeypatch.setenv("FOOTNOTE_LLM", " qwen3:8b ")
    monkeypatch.setenv("OPENAI_API_KEY", f"{SECRET}\n")
    monkeypatch.setenv("OPENAI_BASE_URL", " http://localhost:11434/v1\n")

    settings = load_settings()

    assert settings.llm == "qwen3:8b"
    assert settings.openai_api_key.get_secret_value() == SECRET
    assert settings.openai_base_url == "http://localhost:11434/v1"


def test_an_address_is_not_shown_for_it_may_hold_a_password(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://otto:{SECRET}@localhost/v1")

    assert SECRET not in repr(load_settings())


def test_a_key_alone_turns_no_model_on():
    assert chat_model_for(Settings(OPENAI_API_KEY=SECRET)) is None
    assert chat_model_for(Settings(OPENAI_API_KEY=SECRET, llm=" ")) is None


@pytest.mark.parametrize("name", ["gpt-5-mini", "qwen3:8b", "ft:gpt-5:otters"])
@pytest.mark.parametrize("who", ["OPENAI_API_KEY", "OPENAI_BASE_URL"])
def test_a_model_needs_a_key_or_an_address(name, who):
    values = {"OPENAI_API_KEY": SECRET, "OPENAI_BASE_URL": "http://localhost:11434/v1"}
    with pytest.raises(ConfigError, match="Set OPENAI_API_KEY, or OPENAI_BASE_URL"):
        chat_model_for(Settings(llm=name))

    model = chat_model_for(Settings(llm=name, llm_context_window=4096, **{who: values[who]}))

    assert (model.name, model.context_window) == (name, 4096)


@pytest.mark.parametrize("value", ["scripted:", "llama-index:", "llama-index: "])
def test_a_kind_of_model_without_a_model_is_a_sentence(value):
    with pytest.raises(ConfigError, match="scripted:FILE"):
        chat_model_for(Settings(llm=value))


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

"""Settings, from environment variables and a `.env` file."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

import platformdirs
from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import ConfigError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def _key(secret: SecretStr) -> SecretStr:
    """As it is sent in a header; anything else would fail there, with the key in the error."""
    key = secret.get_secret_value().strip()
    if not (key.isascii() and key.isprintable() and key):
        raise ValueError("a key is a line of plain ASCII characters")
    return SecretStr(key)


def _address(url: str) -> str:
    url = url.strip()
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or " " in url or not url.isprintable():
        raise ValueError("it has to look like http://localhost:11434/v1 or https://host/v1")
    return url


def rate(text: str) -> str:
    """The text, where `limits` reads a rate in it, and just one; raises ValueError else."""
    from limits import parse_many

    try:
        is_one = [one.amount > 0 for one in parse_many(text)] == [True]
    except ValueError:
        is_one = False
    if not is_one:
        raise ValueError("it has to look like 60/minute or 1000 per 2 hours")
    return text.strip()


def _origins(text: str) -> str:
    """Each as a browser names it; a path or a slash behind would match nothing."""
    for origin in filter(None, map(str.strip, text.split(","))):
        if origin != "*" and not _ORIGIN.fullmatch(origin):
            raise ValueError("it has to look like https://app.example, with commas between")
    return text


_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:\d{1,5})?")
Key: TypeAlias = Annotated[SecretStr, AfterValidator(_key)]
Rate: TypeAlias = Annotated[str, AfterValidator(rate)]
Origins: TypeAlias = Annotated[str, AfterValidator(_origins)]
Address: TypeAlias = Annotated[str, AfterValidator(_address)]
Seconds: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Dollars: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Settings(BaseSettings):
    """Every setting; each stands with its meaning in `.env.example`."""

    model_config = SettingsConfigDict(
        env_prefix="FOOTNOTE_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Path(platformdirs.user_data_dir("footnote", appauthor=False))
    embedding: str = "minilm"
    embedding_dimension: Annotated[int, Field(ge=8, le=8192)] | None = None
    llm: Annotated[str, StringConstraints(strip_whitespace=True)] = ""
    llm_temperature: Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)] = 0.1
    llm_context_window: Annotated[int, Field(ge=1024)] = 8192
    llm_max_tokens: Annotated[int, Field(ge=16, validate_default=True)] = 800
    llm_timeout: Seconds = 60
    llm_deadline: Seconds = 120
    llm_prompt_price: Dollars | None = None
    llm_completion_price: Dollars | None = None
    remember: Annotated[int, Field(ge=0)] = 1000
    keep_questions: bool = True
    keep_days: Annotated[int, Field(ge=1, le=36500)] = 365
    operators: Annotated[str, StringConstraints(strip_whitespace=True)] = ""
    # None is the API's own default, which a lone user on this machine is spared.
    api_rate: Rate | None = None
    api_concurrency: Annotated[int, Field(ge=1, le=1000)] | None = None
    api_sources: bool = True
    cors_origins: Origins = ""
    audit_texts: bool = False
    log_format: Literal["text", "json"] = "text"
    traces: Address | None = Field(None, repr=False)
    slack_bot_token: Key | None = None
    slack_app_token: Key | None = None
    slack_signing_secret: Key | None = None
    slack_client_id: Annotated[str, StringConstraints(strip_whitespace=True)] = ""
    slack_client_secret: Key | None = None
    slack_token_key: Key | None = None
    slack_teams: Annotated[str, StringConstraints(strip_whitespace=True)] = ""
    openai_api_key: Key | None = Field(None, validation_alias="OPENAI_API_KEY")
    # It may hold a name and a password.
    openai_base_url: Address | None = Field(None, validation_alias="OPENAI_BASE_URL", repr=False)

    @field_validator("llm_max_tokens")
    @classmethod
    def _leaves_room(cls, tokens: int, others: ValidationInfo) -> int:
        if tokens > others.data.get("llm_context_window", tokens) // 2:
            raise ValueError("a reply may take half of FOOTNOTE_LLM_CONTEXT_WINDOW at most")
        return tokens

    @cached_property
    def models(self) -> Path:
        """Where graphs are kept that were built from weights."""
        return self.home / "models"

    def at(self, home: Path) -> Settings:
        """The same for another shelf; graphs stay where every other command finds them."""
        return self.model_copy(update={"home": home, "models": self.models})


def load_settings() -> Settings:
    """The settings as they stand; raises ConfigError with a sentence for each that is wrong."""
    try:
        settings = Settings()
        home = settings.home.expanduser().resolve()
    except ValidationError as error:
        raise ConfigError(" ".join(map(_sentence, error.errors()))) from None
    except (UnicodeDecodeError, OSError):
        # Without its cause, which holds what stands in the file.
        raise ConfigError("The file .env cannot be read. It has to be UTF-8 text.") from None
    except RuntimeError as error:
        raise ConfigError("FOOTNOTE_HOME is wrong: its ~ names a user without a home.") from error
    return settings.model_copy(update={"home": home})


def _sentence(problem: ErrorDetails) -> str:
    """Names the variable and what is wrong, never its value: it may be a secret."""
    name = str(problem["loc"][0])
    variable = name if name.isupper() else f"FOOTNOTE_{name.upper()}"
    reason = problem["msg"].removeprefix("Value error, ")
    return f"{variable} is wrong: {reason}. See .env.example."

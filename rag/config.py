"""Settings, from environment variables and a `.env` file."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import ConfigError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


class Settings(BaseSettings):
    """Every setting; each stands with its meaning in `.env.example`."""

    model_config = SettingsConfigDict(
        env_prefix="FOOTNOTE_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Path(platformdirs.user_data_dir("footnote", appauthor=False))
    embedding: str = "minilm"
    embedding_dimension: Annotated[int, Field(ge=8, le=8192)] | None = None
    openai_api_key: SecretStr | None = Field(None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str | None = Field(None, validation_alias="OPENAI_BASE_URL")

    @cached_property
    def models(self) -> Path:
        """Where graphs are kept that were built from weights."""
        return self.home / "models"


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
    return f"{variable} is wrong: {problem['msg']}. See .env.example."

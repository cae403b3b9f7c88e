"""A class that a setting names by its dotted path, with keyword arguments as JSON behind it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Self

from pydantic import ValidationError

from rag.errors import ConfigError

_SECRET = re.compile(r"key|secret|passw|(?:^|_)token$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dotted:
    """A path and arguments, for example `llama_index.core.MockEmbedding {"embed_dim": 8}`.

    `setting` is the variable that they stand in. As a string it tells one model from another: a
    key does not, and the name is kept and shown.
    """

    setting: str
    path: str
    arguments: Mapping[str, object]

    @classmethod
    def parse(cls, target: str, setting: str) -> Self:
        path, _, arguments = target.partition(" ")
        try:
            parsed = json.loads(arguments or "{}")
        except json.JSONDecodeError as error:
            raise ConfigError(
                f"{setting}: what follows {path} is not a JSON object ({error.msg})."
            ) from None
        if not isinstance(parsed, dict):
            raise ConfigError(f"{setting}: what follows {path} is not a JSON object.")
        return cls(setting, path, parsed)

    def __str__(self) -> str:
        public = {n: value for n, value in self.arguments.items() if not _SECRET.search(n)}
        return f"{self.path} {json.dumps(public, sort_keys=True)}" if public else self.path

    def made(self) -> object:
        """The object; raises ConfigError where it cannot be made."""
        module, _, name = self.path.rpartition(".")
        try:
            return getattr(import_module(module), name)(**self.arguments)
        except ValidationError as error:
            # By field: the error's own text repeats the arguments, and one may be a key.
            wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            raise ConfigError(f"{self.setting}: {self.path} cannot be made ({wrong}).") from None
        except (ImportError, AttributeError, ValueError, TypeError) as error:
            raise ConfigError(
                f"{self.setting}: {self.path} cannot be made ({type(error).__name__}: {error}). "
                "Is its package installed, and are its arguments right?"
            ) from error
        except Exception as error:  # noqa: BLE001
            # Any library may be behind it; what its own errors say may be a key.
            raise ConfigError(
                f"{self.setting}: {self.path} cannot be made ({type(error).__name__})."
            ) from None

    def not_a(self, kind: str) -> ConfigError:
        """For a class that makes something else."""
        return ConfigError(f"{self.setting}: {self.path} is not a llama-index {kind}.")

"""Every error that Footnote raises on purpose.

FootnoteError               a sentence for the person who runs it: what, where, how to fix it
├── ConfigError             a setting is wrong
├── ShelfError              the data directory cannot be used as it is
│   ├── ShelfBusyError      another process owns it
│   ├── ModelMismatchError  it was embedded with another model
│   ├── DamagedIndexError   a derived index cannot be read; in rag.store.damage
│   └── BackupError         a backup cannot be made or restored; in rag.store.manifest
├── PaperNotFoundError      no paper has that id
├── QuestionError           a question cannot be asked as it stands
├── EvaluationError         a collection or a set of questions cannot be measured with
└── ModelError              a model's weights or endpoint cannot be used
    └── ChatError           a language model did not answer, or broke off; `kind` says how
"""

from __future__ import annotations

from typing import Literal, TypeAlias

ChatFailure: TypeAlias = Literal[
    "auth", "quota", "rate", "model", "context", "timeout", "unreachable", "rejected",
    "bad-response", "filtered", "truncated",
]  # fmt: skip


class FootnoteError(Exception):
    """Root of the family; its message is shown to the user as it is."""


class ConfigError(FootnoteError):
    """A setting is wrong."""


class ShelfError(FootnoteError):
    """The data directory cannot be used as it is."""


class ShelfBusyError(ShelfError):
    """Another process owns the data directory."""


class ModelMismatchError(ShelfError):
    """The shelf was embedded with a model other than the one that is set."""


class PaperNotFoundError(FootnoteError):
    """No paper has that id."""


class EvaluationError(FootnoteError):
    """A collection or a set of questions cannot be measured with."""


class QuestionError(FootnoteError):
    """A question cannot be asked as it stands."""


class ModelError(FootnoteError):
    """A model's weights or endpoint cannot be used."""


class ChatError(ModelError):
    """A language model did not answer, or broke off; its message is ours, never the provider's.

    `truncated`: the reply stopped before its end, `filtered`: the provider withheld it,
    `rejected`: the endpoint refused the request for another reason.
    """

    def __init__(self, kind: ChatFailure, message: str) -> None:
        super().__init__(message)
        self.kind = kind

"""Every error that Footnote raises on purpose.

FootnoteError               a sentence for the person who runs it: what, where, how to fix it
├── ConfigError             a setting is wrong
├── ShelfError              the data directory cannot be used as it is
│   ├── ShelfBusyError      another process owns it
│   └── ModelMismatchError  it was embedded with another model
├── PaperNotFoundError      no paper has that id
├── QuestionError           a question cannot be asked as it stands
├── EvaluationError         a collection or a set of questions cannot be measured with
└── ModelError              a model's weights or endpoint cannot be used
"""

from __future__ import annotations


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

"""Conversations that are kept: what was asked, and each answer whole."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter, ValidationError

from rag.errors import FootnoteError
from rag.store.database import Connection, Database
from rag.types import Answer, Turn

FILE = "conversations.sqlite"
LONGEST_TITLE = 200  # characters
MIGRATIONS = (
    (
        """
        CREATE TABLE conversations (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            title TEXT NOT NULL,
            created REAL NOT NULL,
            changed REAL NOT NULL
        )
        """,
        "CREATE INDEX conversations_changed ON conversations (changed)",
        """
        CREATE TABLE turns (
            number INTEGER PRIMARY KEY,
            conversation TEXT NOT NULL REFERENCES conversations (id),
            question TEXT NOT NULL,
            answer TEXT NOT NULL
        )
        """,
        "CREATE INDEX turns_conversation ON turns (conversation, number)",
    ),
)


class ConversationError(FootnoteError):
    """A conversation is not there, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is known of a conversation without its text; titled by its first question."""

    id: str
    title: str
    created: datetime
    changed: datetime
    answers: int


class Conversations:
    """Every method may be called from any thread, and the file opened by several processes."""

    def __init__(self, home: Path) -> None:
        self._database = Database(_private(home / FILE), MIGRATIONS)

    def begin(self, title: str) -> str:
        """An empty conversation; returns its id, which nobody can guess."""
        name, now = secrets.token_hex(8), time.time()
        shown = " ".join(title.split())[:LONGEST_TITLE]
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO conversations (id, title, created, changed) VALUES (?, ?, ?, ?)",
                (name, shown, now, now),
            )
        return name

    def add(self, conversation_id: str, answer: Answer) -> None:
        """Keeps an answer and its question; what was merely retrieved is left out."""
        kept = _codec().dump_json(replace(answer, retrieved=())).decode()
        with self._database.writing() as db:
            found = db.execute(
                "UPDATE conversations SET changed = ? WHERE id = ?", (time.time(), conversation_id)
            )
            if not found.rowcount:
                raise _unknown(conversation_id)
            db.execute(
                "INSERT INTO turns (conversation, question, answer) VALUES (?, ?, ?)",
                (conversation_id, answer.question, kept),
            )

    def answers(self, conversation_id: str) -> list[Answer]:
        """All of them, in order."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT answer FROM turns WHERE conversation = ? ORDER BY number",
                (conversation_id,),
            ).fetchall()
        try:
            return [_codec().validate_json(row[0]) for row in rows]
        except ValidationError:
            raise ConversationError(
                f"The conversation {conversation_id} was kept by another version of Footnote "
                "and cannot be read; begin a new one."
            ) from None

    def latest(self, limit: int) -> list[Conversation]:
        """Those that were gone on with last, the last one first."""
        with self._database.reading() as db:
            return _read(db, "", limit)

    def find(self, beginning: str) -> Conversation:
        """The only one whose id begins so; raises ConversationError."""
        with self._database.reading() as db:
            found = _read(db, beginning.lower(), 2)
        if len(found) > 1:
            raise ConversationError(
                f"Several conversations begin with {beginning!r}; type more of the id."
            )
        if not found:
            raise _unknown(beginning)
        return found[0]

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def turns(answers: Sequence[Answer]) -> list[Turn]:
    """The conversation as the engine takes it."""
    return [
        turn
        for answer in answers
        for turn in (Turn("user", answer.question), Turn("assistant", answer.text))
    ]


def _read(db: Connection, beginning: str, limit: int) -> list[Conversation]:
    rows = db.execute(
        "SELECT id, title, created, changed, "
        "(SELECT count(*) FROM turns WHERE conversation = conversations.id) "
        "FROM conversations WHERE substr(id, 1, length(?1)) = ?1 "
        "ORDER BY changed DESC, number DESC LIMIT ?2",
        (beginning, limit),
    )
    return [
        Conversation(name, title, _moment(created), _moment(changed), answers)
        for name, title, created, changed, answers in rows.fetchall()
    ]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).astimezone()


def _unknown(name: str) -> ConversationError:
    return ConversationError(
        f"There is no conversation {name!r}; `footnote chat --list` shows which there are."
    )


def _private(path: Path) -> Path:
    """Makes the file before SQLite does, so that only its owner reads what was asked."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise ConversationError(
            f"Conversations cannot be kept in {path}: {error.strerror or error}."
        ) from None
    return path


@cache
def _codec() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)

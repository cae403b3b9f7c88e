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
from rag.types import Answer, Hit, Scope, Turn

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
    (
        "ALTER TABLE conversations ADD COLUMN owner TEXT NOT NULL DEFAULT ''",
        "DROP INDEX conversations_changed",
        "CREATE INDEX conversations_owner ON conversations (owner, changed)",
        "ALTER TABLE turns ADD COLUMN scope TEXT NOT NULL DEFAULT '{}'",
        "ALTER TABLE turns ADD COLUMN seconds REAL",
        "ALTER TABLE turns ADD COLUMN record TEXT NOT NULL DEFAULT ''",
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


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, what it was asked within, how long it took, and the id of its record if any."""

    answer: Answer
    scope: Scope = Scope()
    seconds: float | None = None
    record: str = ""


class Conversations:
    """Every method may be called from any thread, and the file opened by several processes.

    Each conversation has an owner, empty for whoever types commands, and is there for nobody else.
    """

    def __init__(self, home: Path) -> None:
        self._database = Database(_private(home / FILE), MIGRATIONS)

    def begin(self, title: str, *, owner: str = "") -> str:
        """An empty conversation; returns its id, which nobody can guess."""
        name, now = secrets.token_hex(8), time.time()
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO conversations (id, title, created, changed, owner) "
                "VALUES (?, ?, ?, ?, ?)",
                (name, _title(title), now, now, owner),
            )
        return name

    def add(self, conversation_id: str, answer: Answer) -> None:
        """Keeps an answer and its question."""
        self.keep(conversation_id, Kept(answer))

    def keep(self, conversation_id: str, kept: Kept, *, owner: str = "") -> None:
        """The same with what belongs to it; of what was merely retrieved no text is kept."""
        slim = replace(kept.answer, retrieved=tuple(map(_slim, kept.answer.retrieved)))
        row = (
            conversation_id,
            kept.answer.question,
            _codec().dump_json(slim).decode(),
            _scopes().dump_json(kept.scope, exclude_defaults=True).decode(),
            kept.seconds,
            kept.record,
        )
        with self._database.writing() as db:
            _change(db, "changed = ?", time.time(), (conversation_id, owner))
            db.execute(
                "INSERT INTO turns (conversation, question, answer, scope, seconds, record) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )

    def answers(self, conversation_id: str) -> list[Answer]:
        """All of them, in order."""
        return [one.answer for one in self.kept(conversation_id)]

    def kept(self, conversation_id: str, *, owner: str = "") -> list[Kept]:
        """The same with what belongs to them; none where it is another's."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT answer, scope, seconds, record FROM turns JOIN conversations "
                "ON id = conversation WHERE id = ? AND owner = ? ORDER BY turns.number",
                (conversation_id, owner),
            ).fetchall()
        try:
            return [
                Kept(_codec().validate_json(answer), _scopes().validate_json(scope), *rest)
                for answer, scope, *rest in rows
            ]
        except ValidationError:
            raise ConversationError(
                f"The conversation {conversation_id} was kept by another version of Footnote "
                "and cannot be read; begin a new one."
            ) from None

    def latest(self, limit: int, *, owner: str = "") -> list[Conversation]:
        """Those that were gone on with last, the last one first."""
        with self._database.reading() as db:
            return _read(db, "", owner, limit)

    def find(self, beginning: str, *, owner: str = "") -> Conversation:
        """The only one whose id begins so; raises ConversationError."""
        with self._database.reading() as db:
            found = _read(db, beginning.lower(), owner, 2)
        if len(found) > 1:
            raise ConversationError(
                f"Several conversations begin with {beginning!r}; type more of the id."
            )
        if not found:
            raise _unknown(beginning)
        return found[0]

    def rename(self, conversation_id: str, title: str, *, owner: str = "") -> None:
        """Raises ConversationError where there is none, or nothing is left of the title."""
        if not (shown := _title(title)):
            raise ConversationError("A title needs a letter at least.")
        with self._database.writing() as db:
            _change(db, "title = ?", shown, (conversation_id, owner))

    def delete(self, conversation_id: str, *, owner: str = "") -> None:
        """Deletes it with its answers for good; raises ConversationError where there is none."""
        with self._database.writing() as db:
            _change(db, "owner = ?", owner, (conversation_id, owner))
            db.execute("DELETE FROM turns WHERE conversation = ?", (conversation_id,))
            db.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))

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


def _read(db: Connection, beginning: str, owner: str, limit: int) -> list[Conversation]:
    rows = db.execute(
        "SELECT id, title, created, changed, "
        "(SELECT count(*) FROM turns WHERE conversation = conversations.id) "
        "FROM conversations WHERE owner = ?1 AND substr(id, 1, length(?2)) = ?2 "
        "ORDER BY changed DESC, number DESC LIMIT ?3",
        (owner, beginning, limit),
    )
    return [
        Conversation(name, title, _moment(created), _moment(changed), answers)
        for name, title, created, changed, answers in rows.fetchall()
    ]


def _change(db: Connection, setting: str, value: object, whose: tuple[str, str]) -> None:
    """Sets something of the conversation with this id and owner, which raises where there is none.

    `setting` is ours; what comes from outside stands in the values.
    """
    query = f"UPDATE conversations SET {setting} WHERE id = ? AND owner = ?"  # noqa: S608
    if not db.execute(query, (value, *whose)).rowcount:
        raise _unknown(whose[0])


def _title(text: str) -> str:
    return " ".join(text.split())[:LONGEST_TITLE]


def _slim(hit: Hit) -> Hit:
    """Enough to say what was found: which paper, and how relevant."""
    paper, passage = replace(hit.paper, abstract=""), replace(hit.passage, text="")
    return Hit(paper, passage, hit.score)


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


@cache
def _scopes() -> TypeAdapter[Scope]:
    return TypeAdapter(Scope)

"""Who may sign in: a file with a line `name:argon2hash` each."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import FootnoteError
from ui.web import access_texts as texts

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LONGEST_NAME = 64
LEAST, MOST = 8, 1000  # characters of a password
_NAME = re.compile(r"[\w.+@-]+")
_HASH = re.compile(r"\$argon2(?:id|i|d)\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+")


class AccountError(FootnoteError):
    """The file of accounts, or what is to stand in it, is not in order."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """Hashes by name, and a sentence for every line that is wrong."""

    hashes: Mapping[str, str]
    faults: tuple[str, ...] = ()


def read(path: Path) -> Accounts:
    """Raises AccountError where the file cannot be read at all."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise AccountError(texts.NOT_UTF8.format(path=path)) from None
    except OSError as error:
        reason = (error.strerror or "it is no file").lower()
        raise AccountError(texts.NO_USERS_FILE.format(path=path, reason=reason)) from None
    hashes: dict[str, str] = {}
    return Accounts(hashes, tuple(_enter(lines, path, hashes)))


def hashed(password: str) -> str:
    """The hash to keep of it; raises AccountError where it is too short or too long."""
    if not LEAST <= len(password) <= MOST:
        raise AccountError(texts.SHORT_PASSWORD.format(least=LEAST, most=MOST))
    return hasher().hash(normal(password))


def check_name(name: str) -> None:
    """Raises AccountError where it cannot be the name of an account."""
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(normal(name)):
        raise AccountError(texts.WRONG_NAME.format(name=name, most=LONGEST_NAME))


def keep(path: Path, name: str, hash_of_password: str) -> bool:
    """Writes the account, new or with a new password; whether it is new."""
    check_name(name)
    lines = _lines(path) if path.exists() else []
    others = [line for line in lines if _name_in(line) != normal(name)]
    _write(path, [*others, f"{normal(name)}:{hash_of_password}"])
    return len(others) == len(lines)


def drop(path: Path, name: str) -> None:
    """Removes the account; raises AccountError where there is none."""
    lines = _lines(path)
    others = [line for line in lines if _name_in(line) != normal(name)]
    if len(others) == len(lines):
        raise AccountError(texts.UNKNOWN_USER.format(path=path, user=name))
    _write(path, others)


def normal(text: str) -> str:
    """The same, however a keyboard composed its letters."""
    return unicodedata.normalize("NFC", text)


def hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


def some(path: Path) -> Accounts:
    """The same; raises AccountError also where it names nobody."""
    accounts = read(path)
    if not accounts.hashes:
        raise AccountError(" ".join(accounts.faults) or texts.NO_USERS.format(path=path))
    return accounts


def _enter(lines: list[str], path: Path, hashes: dict[str, str]) -> Iterator[str]:
    firsts: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, kept = _name_in(line), line.partition(":")[2].strip()
        where = {"path": path, "line": number}
        if not _NAME.fullmatch(name) or not kept:
            yield texts.WRONG_LINE.format(**where)
        elif not _HASH.fullmatch(kept):
            yield texts.WRONG_HASH.format(**where)
        elif name in firsts:
            yield texts.TWICE.format(**where, user=name, first=firsts[name])
        else:
            firsts[name], hashes[name] = number, kept


def _name_in(line: str) -> str:
    return normal(line.partition(":")[0].strip())


def _lines(path: Path) -> list[str]:
    read(path)
    return path.read_text(encoding="utf-8-sig").splitlines()


def _write(path: Path, lines: list[str]) -> None:
    """Whole or not at all, and for its owner alone."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))
        Path(name).replace(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise AccountError(texts.NOT_WRITTEN.format(path=path, reason=reason)) from None

"""`footnote users`: who may sign in to the chat."""

from __future__ import annotations

import sys
from getpass import getpass
from pathlib import Path

from rag.config import load_settings
from ui.boundary import FAILED
from ui.terminal import err, out, print_text
from ui.web import access_texts as texts
from ui.web.accounts import AccountError, check_name, drop, hashed, keep, read

FILE = "users"


def add(name: str, file: Path | None) -> int:
    """Asks for the password, twice; never takes it from the command line, which others can see."""
    path = _path(file)
    check_name(name)
    is_new = keep(path, name, hashed(_password()))
    done = texts.ADDED_USER if is_new else texts.CHANGED_USER
    print_text(out(), done.format(user=name, path=path))
    return 0


def remove(name: str, file: Path | None) -> int:
    drop(_path(file), name)
    print_text(out(), texts.REMOVED_USER.format(user=name))
    return 0


def show(file: Path | None) -> int:
    path = _path(file)
    accounts = read(path)
    for name in sorted(accounts.hashes):
        print_text(out(), name)
    for fault in accounts.faults:
        print_text(err(), fault)
    if not accounts.hashes:
        print_text(err(), texts.NO_USERS_YET.format(path=path))
    return FAILED if accounts.faults else 0


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    typed = getpass(texts.ASK_PASSWORD)
    if getpass(texts.ASK_AGAIN) != typed:
        raise AccountError(texts.NOT_THE_SAME)
    return typed


def _path(file: Path | None) -> Path:
    return file.expanduser().resolve() if file else load_settings().home / FILE

"""A data directory takes the place of another, at once where the system can do that."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from pathlib import Path

from rag.store.lock import LOCK, OWNER
from rag.store.snapshot import FOUND, MODELS, REPLACED

BUILT_AGAIN = frozenset((LOCK, OWNER, MODELS, FOUND))


def in_use(home: Path) -> bool:
    """Whether there is anything in it but what builds itself."""
    return home.exists() and any(one.name not in BUILT_AGAIN for one in home.iterdir())


def can_be_moved(home: Path) -> bool:
    """Not where a disk is mounted there, nor where what is around it belongs to another user."""
    return not home.is_mount() and os.access(home.parent, os.W_OK | os.X_OK)


def put_in_place(folder: Path, home: Path) -> Path | None:
    """`folder` is `home` afterwards; returns where that is which was there, if anything was.

    Where it cannot be done, everything is as before, and OSError is raised.
    """
    if can_be_moved(home):
        return exchanged(folder, home)
    return moved_in(folder, home)


def exchanged(folder: Path, home: Path) -> Path | None:
    """Both are renamed, so that at no moment there is half of either."""
    if not home.exists():
        folder.rename(home)
        return None
    is_worth_it, former = in_use(home), home.with_name(f"{home.name}.{_name()}")
    _all_or_none([(home, former), (folder, home)])
    (former / OWNER).unlink(missing_ok=True)
    if is_worth_it:
        return former
    if (former / MODELS).exists():
        (former / MODELS).rename(home / MODELS)
    shutil.rmtree(former, ignore_errors=True)
    return None


def moved_in(folder: Path, home: Path) -> Path | None:
    """One after the other, the catalogue last: without it there is no shelf."""
    former = home / _name()
    old = [
        one
        for one in home.iterdir()
        if one.name not in BUILT_AGAIN and not one.name.startswith((".", REPLACED))
    ]
    new = sorted(folder.iterdir(), key=lambda one: one.name.startswith("catalogue"))
    if old:
        former.mkdir(mode=0o700)
    _all_or_none(
        [
            *((one, former / one.name) for one in old),
            *((one, home / one.name) for one in new),
        ]
    )
    return former if old else None


def _all_or_none(moves: Iterable[tuple[Path, Path]]) -> None:
    undo: list[Callable[[], object]] = []
    try:
        for source, target in moves:
            source.rename(target)
            undo.append(partial(target.rename, source))
    except BaseException:
        for step in reversed(undo):
            step()
        raise


def _name() -> str:
    return f"{REPLACED}{datetime.now():%Y%m%d-%H%M%S}"

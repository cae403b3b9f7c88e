"""`footnote backup` and `footnote restore`: everything that is kept, in one file and back again."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final

from rag.build import open_shelf
from rag.config import load_settings
from rag.store.backup import checked
from rag.store.manifest import BackupError, Manifest
from rag.store.restoring import Restored
from rag.store.restoring import restore as restored_from
from ui.remote.opening import opened_backup
from ui.render import several
from ui.terminal import err, out, print_text, waiting

ENDINGS: Final = (".tar.gz", ".tgz")
OTHER_ENDING: Final = (
    "{file} has to end in .tar.gz: a backup is a tar archive, compressed with gzip."
)
THERE: Final = "{file} is there already. Name another file, or give --force to replace it."
NO_FOLDER: Final = "There is no folder {folder}. Make it, or name a file elsewhere."
INSIDE: Final = (
    "{file} is in the data directory, and would be lost with it. Name a file elsewhere, best on "
    "another disk."
)
MADE: Final = "Backed up {papers} to {file} ({size}); every byte of it was read again."
PRIVATE: Final = "It holds conversations and what opens the API: only you can read it, keep it so."
BACK: Final = "Restored {papers} to {home}, as they were on {made}; every index agrees."
KEPT: Final = "What was there before is in {kept}. Delete it when you no longer need it."
MENDED: Final = "What the indexes lacked was made from the catalogue: {findings}"
PENDING: Final = "{papers} were still to be indexed; `footnote doctor --fix` does that."


def backup(file: Path, *, force: bool) -> int:
    """Writes it under another name first: what bears the name is whole."""
    settings = load_settings()
    file = file.expanduser().resolve()
    _check(file, settings.home, force=force)
    number, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)  # mode 0600
    draft = Path(name)
    try:
        with os.fdopen(number, "wb") as draft_file, waiting("Backing up …"):
            with opened_backup(settings) as back_up:
                back_up(draft_file)
            draft_file.flush()
            os.fsync(draft_file.fileno())
        manifest = checked(draft)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    papers, size = _papers(manifest), _size(file.stat().st_size)
    print_text(out(), MADE.format(papers=papers, file=file, size=size))
    print_text(err(), PRIVATE)
    return 0


def restore(file: Path, into: Path | None, *, replace: bool) -> int:
    """Nothing changes where it is to be restored until everything was proved."""
    settings = load_settings()
    home = into.expanduser().resolve() if into else settings.home
    with waiting("Restoring …"):
        done = restored_from(
            file.expanduser(),
            home,
            lambda folder: open_shelf(settings.model_copy(update={"home": folder})),
            replace=replace,
        )
    _tell(done, home)
    return 0


def _check(file: Path, home: Path, *, force: bool) -> None:
    """Raises BackupError where the backup should not be written there."""
    if not file.name.endswith(ENDINGS):
        raise BackupError(OTHER_ENDING.format(file=file))
    if not file.parent.is_dir():
        raise BackupError(NO_FOLDER.format(folder=file.parent))
    if file.is_relative_to(home):
        raise BackupError(INSIDE.format(file=file))
    if file.exists() and not force:
        raise BackupError(THERE.format(file=file))


def _tell(done: Restored, home: Path) -> None:
    made = datetime.fromisoformat(done.manifest.made).astimezone()
    said = BACK.format(papers=_papers(done.manifest), home=home, made=f"{made:%Y-%m-%d at %H:%M}")
    print_text(out(), said)
    if done.is_mended:
        print_text(err(), MENDED.format(findings=" ".join(done.found.findings)))
    if pending := done.pending:
        print_text(err(), PENDING.format(papers=several(pending, "paper")))
    if done.kept:
        print_text(err(), KEPT.format(kept=done.kept))


def _papers(manifest: Manifest) -> str:
    return several(manifest.counts.papers + manifest.counts.pending, "paper")


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.1f} GB"

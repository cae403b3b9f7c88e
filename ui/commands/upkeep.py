"""`footnote doctor` and `footnote reembed`: a shelf that is whole, and stays so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from rich.text import Text

from rag import ingest
from rag.build import open_shelf
from rag.chunking import NAME as CHUNKING
from rag.config import Settings, load_settings
from rag.errors import ConfigError, FootnoteError, ModelMismatchError
from rag.models.chat_probe import probe
from rag.models.encoder_choice import encoder_for
from rag.models.judge import Judge
from rag.ports import Encoder
from rag.store.catalogue import Embedding
from rag.store.shelf import Shelf
from rag.types import Paper, Span
from ui.boundary import FAILED, INTERRUPTED
from ui.progress import listen, reporting
from ui.remote.opening import alone
from ui.render import several
from ui.terminal import err, out, print_text

KEPT = "Stopped. What was embedded so far is kept; run the same command again to go on."
PROBE = "Does a model that reads this sentence work?"
MARKS = {True: ("✓", "+", "green"), False: ("✗", "x", "bold red")}
INDEX_NAMES = {"vectors": "Vectors", "lexical": "Words", "tokens.sqlite": "Token vectors"}


@dataclass(frozen=True, slots=True)
class Check:
    """A sentence about one thing that was looked at."""

    is_well: bool
    sentence: str


def doctor(*, fix: bool) -> int:
    """Looks at everything, even where one thing is wrong; mends and looks again if told to."""
    try:
        settings = load_settings()
    except ConfigError as error:
        _print(Check(False, str(error)))
        return FAILED
    is_well = _examine(settings)
    if not is_well and fix:
        out().print("\nMending …", style="bold")
        try:
            _mend(settings)
        except KeyboardInterrupt:
            print_text(err(), KEPT)
            return INTERRUPTED
        is_well = _examine(settings)
    elif not is_well:
        err().print()
        print_text(err(), "`footnote doctor --fix` repairs what can be repaired.")
    return 0 if is_well else FAILED


def reembed(*, force: bool) -> int:
    """Embeds every paper with the encoder that is set; goes on where an earlier run stopped."""
    settings = load_settings()
    encoder = encoder_for(settings)
    wanted = _embedding(encoder)
    try:
        with alone(settings, "reembed"), open_shelf(settings) as shelf:
            if shelf.embedding() != wanted or force:
                shelf.reset_encoder(wanted.encoder, wanted.dimension, chunking=wanted.chunking)
            count = _index(shelf, encoder)
    except KeyboardInterrupt:
        print_text(err(), KEPT)
        return INTERRUPTED
    done = f"Embedded {several(count, 'paper')} with {wanted}."
    nothing = f"Nothing to do: every paper is embedded with {wanted}. --force embeds them anew."
    print_text(out(), done if count else nothing)
    return 0


def _examine(settings: Settings) -> bool:
    is_well = True
    for check in _checks(settings):
        _print(check)
        is_well &= check.is_well
    return is_well


def _checks(settings: Settings) -> Iterator[Check]:
    try:
        encoder = encoder_for(settings)
    except FootnoteError as error:
        yield Check(False, str(error))
        return
    yield Check(True, f"Settings: the shelf is in {settings.home}.")
    yield _tried(lambda: _encodes(encoder))
    yield _tried(lambda: _judges(settings))
    yield _tried(lambda: asyncio.run(probe(settings)))
    try:
        with alone(settings, "doctor"), open_shelf(settings) as shelf:
            yield Check(True, "Data directory: it can be written, and no other process uses it.")
            yield _tried(lambda: _agrees(shelf, encoder))
            yield from _shelf_checks(shelf)
    except FootnoteError as error:
        yield Check(False, str(error))


def _shelf_checks(shelf: Shelf) -> Iterator[Check]:
    health = shelf.check()
    if health.catalogue_damage is None:
        yield Check(True, f"Catalogue: {several(health.papers, 'paper')} can be found.")
    for index in health.indexes:
        if index.is_healthy:
            entries = several(index.entries, "entry", "entries")
            yield Check(True, f"{INDEX_NAMES.get(index.name, index.name)}: {entries}, all there.")
    for finding in health.findings:
        yield Check(False, finding)


def _tried(action: Callable[[], str]) -> Check:
    try:
        return Check(True, action())
    except FootnoteError as error:
        return Check(False, str(error))


def _encodes(encoder: Encoder) -> str:
    encoder.encode_question(PROBE)
    return f"Embedding model: {encoder.name} works."


def _judges(settings: Settings) -> str:
    paper = Paper(id="probe", title="Probe", abstract=PROBE)
    Judge(settings.models).read(PROBE, [paper], [[Span(0, len(PROBE))]])
    return "Judge: it reads."


def _agrees(shelf: Shelf, encoder: Encoder) -> str:
    stored, wanted = shelf.embedding(), _embedding(encoder)
    if stored is not None and stored != wanted:
        raise ModelMismatchError(
            f"The shelf was embedded with {stored}, but {wanted} is set. Run `footnote reembed`, "
            "or set the former model again."
        )
    return f"Embedding: {wanted}, on the shelf as in the settings."


def _mend(settings: Settings) -> None:
    encoder = encoder_for(settings)
    with alone(settings, "doctor --fix"), open_shelf(settings, encoder) as shelf:
        shelf.mend()
        _index(shelf, encoder)


def _index(shelf: Shelf, encoder: Encoder) -> int:
    with reporting(err()) as reporter:
        return ingest.index_pending(shelf, encoder, partial(listen, reporter))


def _embedding(encoder: Encoder) -> Embedding:
    return Embedding(encoder.name, encoder.dimension, CHUNKING)


def _print(check: Check) -> None:
    console = out()
    mark, plain, style = MARKS[check.is_well]
    can_show = console.encoding.lower().startswith("utf")
    first = Text(f"{mark if can_show else plain} ", style=style)
    print_text(console, check.sentence, first=first)

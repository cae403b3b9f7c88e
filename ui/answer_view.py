"""An answer on the terminal: printed while it arrives, then what it cites and how it was made."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text

from rag.types import Answer, Completed, Delta, Event, Refusal, Retrieved
from ui import render
from ui.terminal import MARKER, Wrapping, print_text, text_width

MOMENT = 0.03  # seconds within which a refusal follows the delta that gives its reason
WEAK = "yellow"


async def print_answer(console: Console, events: AsyncIterator[Event], *, evidence: bool) -> Answer:
    """Prints an answer while it arrives, then what it cites."""
    text = _Arriving(Wrapping(console, text_width(console)))
    shown = _without_reason(events)
    async with _closing(shown):
        async for event in shown:
            match event:
                case Delta(piece):
                    text.write(piece)
                case Completed(answer):
                    text.finish()
                    _print_rest(console, answer, text, evidence=evidence)
                    return answer
                case _:
                    pass
    raise RuntimeError("The engine ended without a completed answer.")


async def until_shown(
    events: AsyncIterator[Event], stop: Callable[[], None]
) -> AsyncIterator[Event]:
    """The same events; stops waiting when there is something to show."""
    async with _closing(events):
        async for event in events:
            if not isinstance(event, Retrieved):
                stop()
            yield event


def print_sources(console: Console, answer: Answer, *, number: int | None = None) -> None:
    """The papers that an answer cites, each with its abstract; only one where a number is given."""
    wanted = [one for one in render.references(answer) if number in (None, one.number)]
    for place, reference in enumerate(wanted):
        if place:
            console.print()
        _print_reference(console, reference)
        _print_evidence(console, answer, reference)


def print_past(console: Console, answer: Answer) -> None:
    """An answer that was given before, with its references."""
    if answer.refusal:
        _print_refusal(console, answer.refusal)
        return
    text = Wrapping(console, text_width(console))
    text.write(answer.text)
    text.finish()
    _print_references(console, answer, evidence=False)


@dataclass(slots=True)
class _Arriving:
    """Writes text, and notes when it came."""

    wrapping: Wrapping
    began: float = field(default_factory=time.perf_counter)
    first: float | None = None

    def write(self, piece: str) -> None:
        if self.first is None:
            self.first = self.seconds
        self.wrapping.write(piece)
        self.wrapping.pause()

    def finish(self) -> None:
        if self.first is not None:
            self.wrapping.finish()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began


async def _without_reason(events: AsyncIterator[Event]) -> AsyncIterator[Event]:
    """The same events, save the one delta of a refusal, which `Completed` brings as well.

    What is known only with the next event is waited for a moment, so that no sentence waits
    until a model has written the one after it.
    """
    async with _closing(events):
        async for event in events:
            if not isinstance(event, Delta):
                yield event
                continue
            async with _next(events) as following:
                await asyncio.wait({following}, timeout=MOMENT)
                if not (following.done() and _refuses(following.result())):
                    yield event
                yield await following
            break
        async for event in events:
            yield event


@asynccontextmanager
async def _closing(events: AsyncIterator[Event]) -> AsyncIterator[None]:
    """Ends what makes the events together with the block: a model stops writing."""
    try:
        yield
    finally:
        if isinstance(events, AsyncGenerator):
            await events.aclose()


@asynccontextmanager
async def _next(events: AsyncIterator[Event]) -> AsyncIterator[asyncio.Future[Event]]:
    """The next event, asked for now; nobody waits for it any more when the block ends."""
    following = asyncio.ensure_future(anext(events))
    try:
        yield following
    finally:
        following.cancel()
        await asyncio.wait({following})


def _refuses(event: Event) -> bool:
    return isinstance(event, Completed) and event.answer.refusal is not None


def _print_rest(console: Console, answer: Answer, text: _Arriving, *, evidence: bool) -> None:
    if answer.refusal and text.first is None:
        _print_refusal(console, answer.refusal)
    elif answer.refusal:
        _print_nearest(console, answer.refusal)
    else:
        _print_references(console, answer, evidence=evidence)
    _print_making(console, answer, text, evidence=evidence)


def _print_making(console: Console, answer: Answer, text: _Arriving, *, evidence: bool) -> None:
    """What was left out, and who wrote the rest."""
    made = render.written_by(answer, first=text.first, total=text.seconds)
    left_out = render.left_out(answer) if evidence else ""
    if not (made or left_out):
        return
    console.print()
    if left_out:
        print_text(console, Text(left_out, style=WEAK))
    for dropped in answer.dropped if evidence else ():
        print_text(console, Text(dropped.sentence, style="dim strike"), first=Text("- "))
        print_text(console, Text(" ".join(dropped.reasons), style="dim"), first=Text("  "))
    if made:
        print_text(console, Text(made, style="dim"))


def _print_references(console: Console, answer: Answer, *, evidence: bool) -> None:
    for place, reference in enumerate(render.references(answer)):
        if evidence or not place:
            console.print()
        _print_reference(console, reference)
        if evidence:
            _print_evidence(console, answer, reference)


def _print_reference(console: Console, reference: render.Reference) -> None:
    number = f"[{reference.number}] "
    title = Text(render.title_and_year(reference.paper), style="bold")
    print_text(console, title, first=Text(number, style=MARKER))
    if url := reference.paper.url:
        print_text(console, Text(url, style="dim"), first=Text(" " * len(number)))


def _print_evidence(console: Console, answer: Answer, reference: render.Reference) -> None:
    margin = Text(" " * (len(str(reference.number)) + 3))
    indent = margin.copy().append("│ ", style=MARKER)
    is_plain = console.color_system is None
    shown = _marked(reference, mark="**" if is_plain else "")
    print_text(console, shown, first=indent, following=indent)
    for doubt in render.doubts(answer, reference.number):
        weak = Text("weak", style=f"bold {WEAK}").append(f": {doubt}", style=f"not bold {WEAK}")
        print_text(console, weak, first=margin)


def _marked(reference: render.Reference, *, mark: str) -> Text:
    """The abstract with the supporting sentences bold, or the record where that is cited."""
    if not reference.spans:
        return Text(render.byline(reference.paper), style="bold")
    shown = Text()
    for segment in render.segments(reference.paper.abstract, reference.spans):
        shown.append(" " if shown else "")
        if segment.supports:
            shown.append(f"{mark}{segment.text}{mark}", style="bold")
        else:
            shown.append(segment.text, style="dim")
    return shown


def _print_refusal(console: Console, refusal: Refusal) -> None:
    no_answer = Text("No answer. ", style="bold yellow")
    print_text(console, no_answer.append(refusal.reason, style="not bold default"))
    _print_nearest(console, refusal)


def _print_nearest(console: Console, refusal: Refusal) -> None:
    if refusal.nearest:
        console.print()
        console.print("Nearest on the shelf", style="bold")
    for paper in refusal.nearest:
        print_text(console, render.title_and_year(paper), first=Text("- "))
        print_text(console, Text(paper.id, style="dim"), first=Text("  "))

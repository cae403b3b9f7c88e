"""`footnote batch`: a file of questions becomes a file of answers."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from io import FileIO
from pathlib import Path

from rag.config import load_settings
from rag.types import Fault
from ui import render
from ui.boundary import FAILED, INTERRUPTED
from ui.progress import Reporter, fault_line, reporting
from ui.questions import BatchError, Question, answered, read_questions
from ui.remote.opening import Engine, opened
from ui.terminal import err, out, print_text

KEPT = "Stopped. What was answered is kept; run the same command again to go on."


def batch(questions: Path, answers: Path) -> int:
    """Answers what has no answer yet; each answer is in the file before the next is begun."""
    if answers.exists() and questions.exists() and answers.samefile(questions):
        raise BatchError(f"{answers} holds the questions; give --out another file.")
    lines = read_questions(questions)
    asked = [line for line in lines if isinstance(line, Question)]
    faults = [line for line in lines if isinstance(line, Fault)]
    for fault in faults:
        print_text(err(), fault_line(fault))
    done = answered(answers)
    waiting = [question for question in asked if str(question.id) not in done]
    began = time.perf_counter()
    try:
        refused = _answer_all(waiting, answers)
    except KeyboardInterrupt:
        print_text(err(), KEPT)
        return INTERRUPTED
    counts = (
        f"{len(waiting) - refused:,} answered",
        f"{refused:,} refused",
        f"{len(asked) - len(waiting):,} there already",
        render.several(len(faults), "bad line"),
    )
    seconds = time.perf_counter() - began
    total = render.several(len(asked), "question")
    print_text(out(), f"{total}: {', '.join(counts)} ({seconds:.1f} s)")
    return FAILED if faults else 0


def _answer_all(waiting: Sequence[Question], answers: Path) -> int:
    """How many were refused."""
    if not waiting:
        return 0
    with (
        opened(load_settings()) as application,
        _opened(answers) as file,
        reporting(err()) as reporter,
    ):
        return asyncio.run(_answer(waiting, application.engine, file, reporter))


async def _answer(
    waiting: Sequence[Question], engine: Engine, file: FileIO, reporter: Reporter
) -> int:
    refused = 0
    for number, question in enumerate(waiting):
        reporter.advance("Answering", number, len(waiting))
        began = time.perf_counter()
        answer = await engine.ask(question.text, question.history)
        seconds = time.perf_counter() - began
        refused += answer.refusal is not None
        line = json.dumps(render.batch_json(question.id, answer, seconds), ensure_ascii=False)
        file.write(line.encode("utf-8", "replace") + b"\n")
    return refused


def _opened(answers: Path) -> FileIO:
    try:
        return FileIO(answers, "ab")
    except OSError as error:
        raise BatchError(f"{answers} cannot be written: {error.strerror or error}.") from None

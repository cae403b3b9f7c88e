"""`footnote eval`: how well papers are found and questions answered, now and against before."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from rag.build import Application, build
from rag.config import Settings, load_settings
from rag.errors import EvaluationError
from rag.evaluation.answering import evaluate_questions
from rag.evaluation.baseline import Baseline, check_target, read_baseline, write_baseline
from rag.evaluation.beir import evaluate_folder
from rag.evaluation.comparison import Comparison, compare
from rag.evaluation.conditions import conditions
from rag.evaluation.measured import Measured
from rag.evaluation.shipped import BASELINE, NAME, QUESTIONS, sample_shelf, shipped
from ui.boundary import FAILED, complain
from ui.evaluation_view import Result, print_result, result_json
from ui.gate_view import print_cautions, print_verdict
from ui.progress import Reporter, listen, reporting
from ui.remote.opening import alone
from ui.terminal import err, out, print_text, write_json


def evaluate(
    paths: Sequence[Path], *, baseline: Path | None, save: Path | None, as_json: bool
) -> int:
    """Without paths, the questions that ship; 1 where a figure fell below the baseline."""
    if save:
        check_target(save)
    names = _names(paths)
    settings = load_settings()
    made_with = conditions(settings)
    before = _before(names, baseline, is_shipped=not paths and not save)
    if before and not as_json:
        print_cautions(err(), before.conditions, made_with)
    measured, codes = [], []
    for result in _results(paths, settings):
        measured.append(result.measured)
        codes.append(_show(result, _compared(result, before), as_json=as_json))
    if save:
        write_baseline(save, Baseline(made_with, tuple(measured)))
        print_text(err(), f"Stored as {save}.")
    return max(codes)


def _names(paths: Sequence[Path]) -> list[str]:
    """What the sets are called in a baseline; raises EvaluationError where two are called alike."""
    names = [_name(path) for path in paths] or [NAME]
    for name in names:
        if names.count(name) > 1:
            raise EvaluationError(
                f"Two of the paths are called {name}, and a baseline could not tell them apart; "
                "rename one, or measure them one after the other."
            )
    return names


def _name(path: Path) -> str:
    whole = path.resolve()
    name = whole.name if path.is_dir() else whole.stem
    return name.encode("utf-8", "replace").decode()


def _before(names: Sequence[str], path: Path | None, *, is_shipped: bool) -> Baseline | None:
    """The baseline to compare with; raises EvaluationError where it lacks one of the sets."""
    if path is None and not is_shipped:
        return None
    if path is None:
        with shipped(BASELINE) as own:
            return read_baseline(own)
    before = read_baseline(path)
    for name in names:
        if before.named(name) is None:
            known = ", ".join(one.name for one in before.sets) or "nothing"
            raise EvaluationError(
                f"The baseline {path} holds {known}, and not {name}; "
                "measure that alone, or store a baseline of it with --save."
            )
    return before


def _compared(result: Result, before: Baseline | None) -> Comparison | None:
    then = before.named(result.measured.name) if before else None
    return compare(then, result.measured) if then else None


def _show(result: Result, comparison: Comparison | None, *, as_json: bool) -> int:
    """Prints what was measured, and what became of it since; the exit code."""
    if as_json:
        write_json(result_json(result, comparison))
    else:
        print_result(out(), result, comparison)
        if comparison and comparison.shared:
            print_verdict(out(), result.measured, comparison)
    if comparison and not comparison.shared:
        complain(
            f"No question of {result.measured.name} stands in the baseline in the same words; "
            "store a new one with --save."
        )
        return FAILED
    return FAILED if comparison and comparison.fallen else 0


def _results(paths: Sequence[Path], settings: Settings) -> Iterator[Result]:
    """A folder is a data set with papers of its own; a file holds questions to the user's shelf."""
    if not paths:
        yield _sample(settings)
    for path in paths:
        yield _collection(path, settings) if path.is_dir() else _asked(path, settings)


def _sample(settings: Settings) -> Result:
    with (
        reporting(err()) as reporter,
        shipped(QUESTIONS) as path,
        sample_shelf(settings, partial(listen, reporter)) as application,
    ):
        return _answered(NAME, path, application, reporter)


def _asked(path: Path, settings: Settings) -> Result:
    with (
        alone(settings, "eval"),
        build(settings) as application,
        reporting(err()) as reporter,
    ):
        return _answered(_name(path), path, application, reporter)


def _answered(name: str, path: Path, application: Application, reporter: Reporter) -> Result:
    answered = asyncio.run(
        evaluate_questions(path, application.engine, partial(reporter.advance, "Asking"))
    )
    papers = application.shelf.statistics().papers
    return Result(Measured(name, papers, answered.cases), groups=answered.groups)


def _collection(folder: Path, settings: Settings) -> Result:
    with reporting(err()) as reporter:
        found = evaluate_folder(folder, settings, partial(reporter.advance, "Evaluating"))
    return Result(Measured(_name(folder), found.documents, found.cases), found=found)

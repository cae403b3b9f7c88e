"""`footnote eval`: how well a data set's questions are answered."""

from __future__ import annotations

from pathlib import Path

from rag.config import load_settings
from rag.evaluation.beir import evaluate_folder
from ui.progress import reporting
from ui.render import several
from ui.tables import print_facts
from ui.terminal import err, out, write_json


def evaluate(folder: Path, *, as_json: bool) -> int:
    with reporting(err()) as reporter:
        result = evaluate_folder(
            folder, load_settings(), lambda done, total: reporter.advance("Evaluating", done, total)
        )
    if as_json:
        write_json(
            {
                "figures": dict(result.figures),
                "documents": result.documents,
                "skipped": result.skipped,
                "questions": result.questions,
                "seconds_per_question": result.seconds_per_question,
            }
        )
        return 0
    documents, questions = several(result.documents, "paper"), several(result.questions, "question")
    out().print(f"{questions} over {documents}", style="bold")
    print_facts(out(), [(name, f"{figure:.4f}") for name, figure in result.figures])
    out().print(f"{result.seconds_per_question * 1000:,.0f} ms a question", style="dim")
    if result.skipped:
        out().print(f"{several(result.skipped, 'document')} without text left out", style="dim")
    return 0

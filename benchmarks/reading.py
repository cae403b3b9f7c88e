"""Papers and questions that the benchmarks run on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from rag.evaluation.questions import Question, read_questions
from rag.loaders import find_sources, load
from rag.loaders.source import Source
from rag.types import Paper, Record

SAMPLE = Path(str(files("rag.sample")))
SAMPLE_PAPERS = str(SAMPLE / "footnote-sample.jsonl")
SAMPLE_QUESTIONS = SAMPLE / "questions.jsonl"


def read_papers(paths: Sequence[str], limit: int | None = None) -> list[Paper]:
    """The papers of files or folders, each title once; ids are their numbers."""
    records: dict[str, Record] = {}
    for source in find_sources(paths):
        for item in load(source) if isinstance(source, Source) else ():
            if isinstance(item, Record) and item.abstract:
                records.setdefault(item.title, item)
            if limit is not None and len(records) >= limit:
                break
    if not records:
        raise SystemExit(f"There are no papers in {', '.join(paths)}.")
    found = list(records.values())[:limit]
    return [Paper(str(n), one.title, one.abstract) for n, one in enumerate(found)]


def single_questions(path: Path) -> list[Question]:
    """Questions that stand alone and that the text of a paper answers."""
    return [
        question
        for question in read_questions(path)
        if question.answerable and not question.history and question.type != "metadata"
    ]


def texts(path: Path) -> list[str]:
    """The questions of a JSON Lines file with a field `question`, without follow-ups."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [line["question"] for line in lines if not line.get("history")]

"""Read what the judge is trained on and measured with; nothing is downloaded.

Abstracts come from any file that `footnote add` reads. Everything else is JSON Lines, plain or
gzipped, in one folder; files are known by how their names begin, and what is missing is left out:

nli-*             {"premise", "hypothesis", "label": entailment | contradiction | neutral |
                  not_entailment}; lines with another label are passed over
qa-*              {"question", "passage", "answerable": true | false, "answer"?, "start"?}:
                  `answer` stands in the passage word for word, `start` is its first character
eval-checks-*     {"kind": "true" or how it was broken, "sentence", "title", "abstract"}
eval-claims-*     {"sentence", "source", "label": supported | contradicted | open}
eval-questions-*  {"question", "answerable", "type"?, "found": [{"text", "score", "right"}]}:
                  the best abstracts that retrieval found, with its scores
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from rag.loaders import find_sources, load
from rag.loaders.source import Source
from rag.types import Record, Span
from training.judge_examples import (
    CONTRADICTED,
    NOT_SUPPORTED,
    OPEN,
    SUPPORTED,
    Abstract,
    DataError,
    Label,
    Question,
    Statement,
)

Row: TypeAlias = dict[str, Any]
Read = TypeVar("Read")

ENTAILMENTS: dict[str, Label] = {
    "entailment": SUPPORTED,
    "contradiction": CONTRADICTED,
    "neutral": OPEN,
    "not_entailment": NOT_SUPPORTED,
}


def abstracts(path: Path) -> list[Abstract]:
    """The papers of a file or folder, each title once; raises DataError where there are none."""
    found: dict[str, Abstract] = {}
    for source in find_sources([str(path)]):
        for item in load(source) if isinstance(source, Source) else ():
            if isinstance(item, Record) and item.abstract:
                found.setdefault(item.title, Abstract(item.title, item.abstract))
    if not found:
        raise DataError(f"There are no abstracts in {path}; name a file that `footnote add` reads.")
    return list(found.values())


def entailments(folder: Path | None) -> list[Statement]:
    """The statements of `nli-*`: a hypothesis beside its premise."""
    found = collected(folder, "nli-", _entailment)
    return [statement for statement in found if statement]


def answers(folder: Path | None) -> list[Question]:
    """The questions of `qa-*`."""
    return list(collected(folder, "qa-", _question))


def collected(folder: Path | None, begins: str, read: Callable[[Row], Read]) -> Iterator[Read]:
    """Every line of the files that begin so, in order of their names; none without a folder."""
    if folder is None:
        return
    if not folder.is_dir():
        raise DataError(f"There is no folder {folder}; name one that holds the sets.")
    for path in sorted(folder.glob(f"{begins}*.jsonl*")):
        yield from each(path, read)


def each(path: Path, read: Callable[[Row], Read]) -> Iterator[Read]:
    """What `read` makes of every line; raises DataError with the line that it cannot read."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield read(json.loads(line))
            except KeyError as missing:
                raise DataError(f"{path}, line {number}: the field {missing} is missing.") from None
            except (ValueError, TypeError, AttributeError) as error:
                raise DataError(f"{path}, line {number} cannot be read: {error}.") from error


def span_of(text: str, source: str, start: int | None = None) -> Span | None:
    """Where `text` stands in `source`, or None."""
    at = source.find(text) if start is None or start < 0 else start
    return Span(at, at + len(text)) if text and at >= 0 else None


def _entailment(row: Row) -> Statement | None:
    label = ENTAILMENTS.get(row["label"])
    if label is None or not (row["hypothesis"] and row["premise"]):
        return None
    return Statement(row["hypothesis"], row["premise"], label)


def _question(row: Row) -> Question:
    passage, answer = row["passage"], row.get("answer") or ""
    answerable = bool(row["answerable"])
    where = span_of(answer, passage, row.get("start")) if answerable else None
    return Question(row["question"], passage, answerable, where)

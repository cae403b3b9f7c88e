"""Lessons as word pieces, and batches of them in which all pairs have about one length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer
from torch import Tensor

from rag.models.judge import LONGEST
from rag.models.weights import wordpieces
from rag.types import Span
from training.judge_examples import Question, Search, Statement

Task: TypeAlias = Literal["support", "answer", "relevance"]
Pair: TypeAlias = tuple[str, str]

AT_ONCE = 10_000  # pairs whose encodings are held at a time
LARGEST = 1024  # pairs in a batch, however short
JITTER = 24  # pieces by which lengths are blurred, so that each epoch has other batches
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Pieces:
    """One pair: [CLS] first part [SEP] second part [SEP]; `second` is where the latter begins."""

    ids: NDArray[np.int32]
    second: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """Pairs for one task, `group` of them to each target.

    Targets are rows of three: the label, and the first and the last piece of the answer or UNKNOWN.
    """

    task: Task
    pairs: list[Pieces]
    targets: NDArray[np.int64]
    group: int = 1


@dataclass(frozen=True, slots=True)
class Batch:
    """ids, types and mask are (pairs, length), targets (pairs / group, 3); all on one device."""

    task: Task
    ids: Tensor
    types: Tensor
    mask: Tensor
    targets: Tensor


def support_lesson(statements: Sequence[Statement]) -> Lesson:
    pairs = [_pieces(one) for one in _encoded([(s.sentence, s.source) for s in statements])]
    targets = [(statement.label, UNKNOWN, UNKNOWN) for statement in statements]
    return Lesson("support", pairs, _table(targets))


def answer_lesson(questions: Sequence[Question]) -> Lesson:
    """An answer that is cut off with the end of its source counts as being somewhere unknown."""
    pairs, targets = [], []
    encoded = _encoded([(question.text, question.source) for question in questions])
    for question, encoding in zip(questions, encoded, strict=True):
        pairs.append(_pieces(encoding))
        targets.append((int(question.answerable), *_answer(question.answer, encoding)))
    return Lesson("answer", pairs, _table(targets))


def relevance_lesson(searches: Sequence[Search]) -> Lesson:
    """All searches have as many sources; the first of each is the right one."""
    [group] = {len(search.sources) for search in searches}
    texts = [(search.query, source) for search in searches for source in search.sources]
    pairs = [_pieces(one) for one in _encoded(texts)]
    return Lesson("relevance", pairs, _table([(0, UNKNOWN, UNKNOWN)] * len(searches)), group)


def batches(lesson: Lesson, room: int, random: Random) -> Iterator[list[int]]:
    """Targets by number, those of like length together; a batch holds at most `room` pieces."""
    lengths = [
        max(len(pair.ids) for pair in _group(lesson, number))
        for number in range(len(lesson.targets))
    ]
    blurred = [length + random.randrange(JITTER) for length in lengths]
    chosen: list[int] = []
    longest = 0
    for number in sorted(range(len(lengths)), key=blurred.__getitem__):
        longest = max(longest, lengths[number])
        pairs = (len(chosen) + 1) * lesson.group
        if chosen and (pairs * longest > room or pairs > LARGEST):
            yield chosen
            chosen, longest = [], lengths[number]
        chosen.append(number)
    if chosen:
        yield chosen


def batch(lesson: Lesson, chosen: Sequence[int], device: torch.device) -> Batch:
    pairs = [pair for number in chosen for pair in _group(lesson, number)]
    ids, types, mask = padded(pairs, device)
    targets = torch.from_numpy(lesson.targets[list(chosen)]).to(device)
    return Batch(lesson.task, ids, types, mask, targets)


def encode(pairs: Sequence[Pair]) -> list[Pieces]:
    """Cut at 384 pieces, as the judge reads."""
    return [_pieces(encoding) for encoding in _encoded(pairs)]


def encode_alone(texts: Sequence[str], longest: int) -> list[Pieces]:
    """Single texts, with no second part."""
    tokenizer = wordpieces()
    tokenizer.enable_truncation(longest)
    found = tokenizer.encode_batch(list(texts))
    return [Pieces(np.array(one.ids, np.int32), len(one.ids)) for one in found]


def padded(pairs: Sequence[Pieces], device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """ids, types and mask, (pairs, length of the longest)."""
    places = np.arange(max(len(pair.ids) for pair in pairs))
    ids = np.zeros((len(pairs), len(places)), np.int64)
    for row, pair in zip(ids, pairs, strict=True):
        row[: len(pair.ids)] = pair.ids
    mask = places < np.array([[len(pair.ids)] for pair in pairs])
    types = (places >= np.array([[pair.second] for pair in pairs])) & mask
    arrays = (ids, types.astype(np.int64), mask)
    ids_, types_, mask_ = (torch.from_numpy(array).to(device) for array in arrays)
    return ids_, types_, mask_


def _encoded(pairs: Sequence[Pair]) -> Iterator[Encoding]:
    tokenizer = pair_tokenizer()
    for start in range(0, len(pairs), AT_ONCE):
        yield from tokenizer.encode_batch(list(pairs[start : start + AT_ONCE]))


def pair_tokenizer() -> Tokenizer:
    tokenizer = wordpieces()
    # As the judge reads in use: the abstract is cut, the question where it is nearly as long.
    tokenizer.enable_truncation(LONGEST, strategy="longest_first")
    return tokenizer


def _pieces(encoding: Encoding) -> Pieces:
    ids = np.array(encoding.ids, np.int32)
    return Pieces(ids, len(ids) - sum(encoding.type_ids))


def _answer(answer: Span | None, encoding: Encoding) -> tuple[int, int]:
    if answer is None:
        return UNKNOWN, UNKNOWN
    first = encoding.char_to_token(answer.start, 1)
    last = encoding.char_to_token(answer.end - 1, 1)
    return (UNKNOWN, UNKNOWN) if first is None or last is None else (first, last)


def _group(lesson: Lesson, number: int) -> list[Pieces]:
    return lesson.pairs[number * lesson.group : (number + 1) * lesson.group]


def _table(rows: Sequence[tuple[int, ...]]) -> NDArray[np.int64]:
    return np.array(rows, np.int64).reshape(-1, 3)

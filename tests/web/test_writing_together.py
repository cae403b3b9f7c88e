"""Rows of several threads in one go: each is written once, and fails for itself alone."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from ui.writing_together import WritingTogether

PATIENCE = 10


class Disk:
    """Takes rows when it is let to; refuses batches in which one is bad."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.has_begun, self.may_go_on = threading.Event(), threading.Event()
        self.tried = 0

    def write(self, rows: Sequence[str]) -> None:
        self.tried += 1
        self.has_begun.set()
        assert self.may_go_on.wait(PATIENCE)
        if "bad" in rows:
            raise OSError("a bad row")
        self.batches.append(list(rows))


def all_but_the_first_wait(disk: Disk, rows: Sequence[str]) -> list[Future[None]]:
    """The first is being written while the others arrive."""
    together = WritingTogether(disk.write)
    with ThreadPoolExecutor(len(rows)) as pool:
        adding = [pool.submit(together.add, rows[0])]
        assert disk.has_begun.wait(PATIENCE)
        adding += [pool.submit(together.add, row) for row in rows[1:]]
        until = threading.Event()
        while len(together._waiting) < len(rows) - 1:
            until.wait(0.001)
        disk.may_go_on.set()
    return adding


def test_what_waits_for_the_disk_is_written_in_one_go() -> None:
    disk = Disk()
    for one in all_but_the_first_wait(disk, ["first", "a", "b", "c"]):
        one.result()
    assert disk.batches[0] == ["first"]
    assert sorted(disk.batches[1]) == ["a", "b", "c"]
    assert len(disk.batches) == 2


def test_a_row_that_cannot_be_written_fails_for_itself_alone() -> None:
    disk = Disk()
    adding = all_but_the_first_wait(disk, ["first", "a", "bad", "b"])
    failed = [one for one in adding if one.exception()]
    assert failed == [adding[2]]
    assert sorted(row for batch in disk.batches for row in batch) == ["a", "b", "first"]


def test_nobody_is_told_of_a_row_before_it_is_written() -> None:
    written: list[int] = []
    together = WritingTogether[int](written.extend)

    def add(number: int) -> bool:
        together.add(number)
        return number in written

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(add, range(500)))
    assert sorted(written) == list(range(500))


def test_after_a_failure_it_goes_on() -> None:
    disk = Disk()
    disk.may_go_on.set()
    together = WritingTogether(disk.write)
    with pytest.raises(OSError, match="a bad row"):
        together.add("bad")
    together.add("good")
    assert disk.batches == [["good"]]
    assert disk.tried == 2

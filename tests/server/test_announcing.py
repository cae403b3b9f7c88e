"""A running server says where it is to its user's commands, and to nobody else."""

import json
import os
import stat
import subprocess
import sys

import pytest

from rag.store.lock import OWNER, Ownership
from ui.server.announcing import FILE, Announcement, AnnouncingError, announced, read

ADDRESS = "http://127.0.0.1:7860"
OURS = Announcement(ADDRESS, "a-key", os.getpid())


def left_behind(home, **changed):
    """What a server left that did not come to remove it."""
    told = {"address": ADDRESS, "pid": os.getpid(), "key": "a-key"} | changed
    (home / FILE).write_text(json.dumps(told))


@pytest.fixture
def gone():
    """The number of a process that there is no more."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_a_server_is_announced_until_it_ends(tmp_path):
    with announced(tmp_path, ADDRESS, "a-key"):
        assert read(tmp_path) == OURS

    assert read(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_only_its_owner_can_read_the_key(tmp_path):
    before = os.umask(0)
    try:
        with announced(tmp_path, ADDRESS, "a-key"):
            mode = (tmp_path / FILE).stat().st_mode
    finally:
        os.umask(before)

    assert stat.S_IMODE(mode) == 0o600


def test_a_file_that_others_could_read_is_replaced_not_written_into(tmp_path):
    left_behind(tmp_path)
    (tmp_path / FILE).chmod(0o644)

    with (tmp_path / FILE).open() as before, announced(tmp_path, ADDRESS, "a-new-key"):
        assert "a-new-key" not in before.read()
        assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_the_key_does_not_stand_in_a_traceback():
    assert "a-key" not in repr(OURS)


def test_a_server_that_was_killed_is_not_announced_any_more(tmp_path, gone):
    left_behind(tmp_path, pid=gone)

    assert read(tmp_path) is None


def test_a_server_whose_shelf_another_process_owns_now_is_not_announced(tmp_path):
    left_behind(tmp_path)
    (tmp_path / OWNER).write_text(json.dumps({"pid": os.getppid()}))

    assert read(tmp_path) is None


def test_a_server_that_owns_its_shelf_is_announced(tmp_path):
    with Ownership(tmp_path), announced(tmp_path, ADDRESS, "a-key"):
        assert read(tmp_path) == OURS


def test_what_a_later_server_announced_stays_when_an_earlier_one_ends(tmp_path):
    with announced(tmp_path, ADDRESS, "a-key"):
        left_behind(tmp_path, key="of-another")

    assert read(tmp_path) == Announcement(ADDRESS, "of-another", os.getpid())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"address": 1, "pid": 1, "key": "k"}',
        b'{"address": "http://x", "pid": "1", "key": "k"}',
        b'{"address": "http://x", "pid": -1, "key": "k"}',
        b'{"address": "http://x", "pid": 99999999999999999999, "key": "k"}',
        b"[" * 100_000,
    ],
)
def test_a_file_that_is_no_announcement_announces_nothing(tmp_path, content):
    (tmp_path / FILE).write_bytes(content)

    assert read(tmp_path) is None


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path):
    with (
        pytest.raises(AnnouncingError, match=r"cannot be written: .*\. Make its folder writable"),
        announced(tmp_path / "nowhere", ADDRESS, "a-key"),
    ):
        pass

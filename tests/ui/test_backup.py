"""Backup and restore: of one moment, whole or not at all, and in nobody else's hands."""

import asyncio
import json
import os
import shutil
import sqlite3
import tarfile
import threading
import time
from contextlib import aclosing, closing

import httpx
import pytest
from backed_up import made_up, manifest_of, owning, unpacked
from six_papers import write_lines

from rag.build import open_shelf
from rag.config import Settings
from rag.errors import ShelfError
from rag.ingest import add
from rag.store.backup import INSIDE, checked, write
from rag.store.lock import Ownership
from rag.store.manifest import BackupError
from rag.store.placing import exchanged, moved_in, put_in_place
from rag.store.restoring import restore
from rag.store.snapshot import snapshot
from ui.conversation import Conversations
from ui.server import backups
from ui.server.backups import Backups, GoneError, UnderWayError, piped
from ui.server.key_store import Keys
from ui.server.keys import Terms

WAITS = 20  # seconds


def opened(home):
    return open_shelf(Settings(home=home))


def tree(folder):
    """Every file and its content; locks apart."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith((".lock", "-wal", "-shm"))
    }


@pytest.fixture
def home(tmp_path, hashing):
    """A small shelf with conversations, keys, and a file that somebody put there."""
    home = tmp_path / "home"
    papers = write_lines(tmp_path / "papers.jsonl", map(paper, range(12)))
    with open_shelf(Settings(home=home), hashing) as shelf:
        add([str(papers)], shelf, hashing, lambda _: None)
    with Conversations(home) as kept:
        kept.begin("On otters")
    with Keys(home) as keys:
        keys.create("a bot", Terms(("ask",)))
    (home / "users").write_text("mara:hash\n")
    return home


def paper(number):
    return {"title": f"Otter number {number}", "abstract": f"Otter {number} swims {number} km."}


@pytest.fixture
def backup(home, tmp_path):
    """A backup of it."""
    with opened(home) as shelf, snapshot(shelf) as copy, (tmp_path / "a.tar.gz").open("wb") as file:
        write(copy, file)
    return tmp_path / "a.tar.gz"


def test_what_was_backed_up_comes_back(shelf, tmp_path, footnote, monkeypatch):
    question = "How far ahead does TideNet forecast flood levels?"
    before = footnote("ask", question)
    made = footnote("backup", str(tmp_path / "all.tar.gz"))
    back = footnote("restore", str(tmp_path / "all.tar.gz"), "--into", str(tmp_path / "new"))
    shutil.copytree(tmp_path / "home" / "models", tmp_path / "new" / "models", symlinks=True)
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "new"))

    assert (made.code, back.code) == (0, 0), (made, back)
    assert "Backed up 6 papers" in made.out
    assert "only you can read it" in made.err
    assert "Restored 6 papers" in back.out
    assert "every index agrees" in back.out
    assert not back.err
    assert "36 hours" in before.out
    assert footnote("ask", question).out == before.out


def test_everything_is_in_it_but_what_is_built_again(home, backup):
    (home / "models").mkdir()
    (home / "models" / "big.onnx").write_bytes(b"0" * 100)
    (home / "server.json").write_text('{"key": "fn_local"}')
    found, told = unpacked(backup)

    names = {name.split("/")[0] for name in found}
    assert names == {
        "catalogue.sqlite", "tokens.sqlite", "vectors", "lexical", "conversations.sqlite",
        "keys.sqlite", "users",
    }  # fmt: skip
    assert told["counts"]["papers"] == 12
    assert {"footnote", "chromadb", "tantivy", "python"} == set(told["versions"])
    with opened(home) as shelf, snapshot(shelf) as copy:
        assert not {"models", "server.json", "owner.lock"} & {one.name for one in copy.iterdir()}


def test_only_its_owner_can_read_it(shelf, tmp_path, footnote):
    file = tmp_path / "all.tar.gz"
    before = os.umask(0)
    try:
        footnote("backup", str(file))
        restored = footnote("restore", str(file), "--into", str(tmp_path / "new"))
    finally:
        os.umask(before)

    assert restored.code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "new" / "catalogue.sqlite").stat().st_mode & 0o077 == 0
    assert all(entry.mode == 0o600 for entry, _ in unpacked(file)[0].values())


def test_keys_and_conversations_come_back(home, backup, tmp_path):
    restore(backup, tmp_path / "new", opened)

    with Keys(home) as keys, Keys(tmp_path / "new") as others:
        assert [one.id for one in others.all()] == [one.id for one in keys.all()]
    with Conversations(tmp_path / "new") as kept:
        assert [one.title for one in kept.latest(5)] == ["On otters"]
    assert (tmp_path / "new" / "users").read_text() == "mara:hash\n"


def test_a_restored_shelf_is_whole(backup, tmp_path):
    done = restore(backup, tmp_path / "new", opened)

    assert (done.is_mended, done.pending, done.kept) == (False, 0, None)
    with opened(tmp_path / "new") as shelf:
        assert shelf.check().is_healthy
        assert shelf.check().papers == 12


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("all.zip", "has to end in .tar.gz"),
        ("all.tar.zst", "has to end in .tar.gz"),
        ("home/all.tar.gz", "lost with it"),
        ("nowhere/all.tar.gz", "There is no folder"),
        ("there.tar.gz", "--force"),
    ],
)
def test_a_backup_is_not_written_just_anywhere(shelf, tmp_path, footnote, name, says):
    (tmp_path / "there.tar.gz").write_text("precious")
    ran = footnote("backup", str(tmp_path / name))

    assert ran.code == 1
    assert says in " ".join(ran.err.split())
    assert (tmp_path / "there.tar.gz").read_text() == "precious"
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


def test_a_backup_is_replaced_where_that_is_wanted(shelf, tmp_path, footnote):
    (tmp_path / "there.tar.gz").write_text("old")

    assert footnote("backup", str(tmp_path / "there.tar.gz"), "--force").code == 0
    assert checked(tmp_path / "there.tar.gz").counts.papers == 6


def test_a_folder_with_anything_in_it_is_left_alone(home, backup, tmp_path):
    new = tmp_path / "new"
    new.mkdir()
    (new / "thesis.txt").write_text("precious")

    with pytest.raises(BackupError, match=r"not empty\. --replace"):
        restore(backup, new, opened)

    assert tree(new) == {"thesis.txt": b"precious"}


def test_what_is_replaced_is_kept_beside_it(home, backup, tmp_path):
    (home / "users").write_text("later\n")
    before = tree(home)

    done = restore(backup, home, opened, replace=True)

    assert done.kept.parent == tmp_path
    assert tree(done.kept) == before
    assert (home / "users").read_text() == "mara:hash\n"
    assert not (done.kept / "owner.json").exists()


def test_a_folder_that_holds_only_models_counts_as_empty_and_keeps_them(backup, tmp_path):
    new = tmp_path / "new"
    (new / "models").mkdir(parents=True)
    (new / "models" / "big.onnx").write_bytes(b"0")

    assert restore(backup, new, opened).kept is None
    assert (new / "models" / "big.onnx").exists()
    assert [one.name for one in tmp_path.iterdir() if "before" in one.name] == []


def test_nothing_is_restored_over_a_shelf_that_is_in_use(home, backup, footnote):
    before = tree(home)
    with Ownership(home):
        ran = footnote("restore", str(backup), "--replace")

    assert ran.code == 1
    assert "is in use by process" in " ".join(ran.err.split())
    assert {**tree(home), "owner.json": b""} == {**before, "owner.json": b""}


@pytest.mark.parametrize("share", [0, 0.001, 0.3, 0.7, 0.99, 0.9999])
def test_a_backup_that_was_cut_off_is_told_and_changes_nothing(backup, home, tmp_path, share):
    whole = backup.read_bytes()
    backup.write_bytes(whole[: int(len(whole) * share)])
    before = tree(home)

    with pytest.raises(BackupError, match=r"is cut off or damaged|is no backup"):
        restore(backup, home, opened, replace=True)
    with pytest.raises(BackupError):
        restore(backup, tmp_path / "new", opened)

    assert tree(home) == before
    assert not (tmp_path / "new").exists()
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


def test_a_wrong_byte_is_found_wherever_it_makes_a_difference(backup):
    whole, manifest = backup.read_bytes(), checked(backup)
    refused = 0
    for place in range(20, len(whole), max(1, len(whole) // 40)):
        wrong = bytearray(whole)
        wrong[place] ^= 0x10
        backup.write_bytes(wrong)
        try:
            # A few bits only fill a byte up: what is unpacked is the same.
            assert checked(backup) == manifest
        except BackupError:
            refused += 1
    assert refused > 35


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x1f\x8b\x08\x00" + b"0" * 40, b"PK\x03\x04zip"]
)
def test_what_is_no_backup_is_told_in_a_sentence(tmp_path, footnote, content):
    (tmp_path / "a.tar.gz").write_bytes(content)
    ran = footnote("restore", str(tmp_path / "a.tar.gz"))

    assert ran.code == 1
    assert "cut off or damaged" in " ".join(ran.err.split())
    assert "Traceback" not in ran.err


def link(name, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(f"{INSIDE}/{name}")
    info.type, info.linkname = kind, "/etc/passwd"
    return info


HOSTILE = {
    "climbs": [(f"{INSIDE}/../../climbed", b"x")],
    "climbs inside": [(f"{INSIDE}/vectors/../../climbed", b"x")],
    "absolute": [("/climbed", b"x")],
    "absolute below": [(f"{INSIDE}//climbed", b"x")],
    "elsewhere": [("climbed", b"x")],
    "nothing but the folder": [(INSIDE, b"x")],
    "dot": [(f"{INSIDE}/./climbed", b"x")],
    "backslash": [(f"{INSIDE}/..\\climbed", b"x")],
    "drive": [(f"{INSIDE}/c:climbed", b"x")],
    "symbolic link": [link("climbed")],
    "hard link": [link("climbed", tarfile.LNKTYPE)],
    "device": [link("climbed", tarfile.CHRTYPE)],
    "pipe": [link("climbed", tarfile.FIFOTYPE)],
    "folder": [link("climbed", tarfile.DIRTYPE)],
    "a model": [(f"{INSIDE}/models/minilm.onnx", b"x")],
    "a lock": [(f"{INSIDE}/owner.lock", b"x")],
    "a server": [(f"{INSIDE}/server.json", b"x")],
    "hidden": [(f"{INSIDE}/.bashrc", b"x")],
}


@pytest.mark.parametrize("entries", HOSTILE.values(), ids=HOSTILE)
def test_an_archive_that_reaches_elsewhere_is_refused(tmp_path, entries):
    inner = tmp_path / "inner"
    inner.mkdir()
    file = made_up(inner / "a.tar.gz", entries)

    with pytest.raises(BackupError, match="is no backup of Footnote: it holds"):
        restore(file, inner / "new", opened)

    assert [path for path in tmp_path.rglob("*") if path not in (inner, file)] == []


ONE = (f"{INSIDE}/users", b"mara")
TELLING = {
    "twice": ([ONE, ONE], {}),
    "more than it says": ([ONE], {"listed": []}),
    "less than it says": ([], {"listed": [{"path": "users", "size": 4, "sha256": "0"}]}),
    "other than it says": ([ONE], {"listed": [{"path": "users", "size": 4, "sha256": "0"}]}),
    "says nothing": ([ONE], {"manifest": {}}),
    "says nonsense": ([ONE], {"manifest": {"format": 1, "files": "all"}}),
    "says a list": ([ONE], {"manifest": [1]}),
    "of tomorrow": ([ONE], {"manifest": manifest_of([], format=2)}),
    "odd counts": ([ONE], {"manifest": manifest_of([], counts={"bees": 1})}),
}


@pytest.mark.parametrize(("entries", "told"), TELLING.values(), ids=TELLING)
def test_an_archive_that_is_not_what_it_says_is_refused(tmp_path, entries, told):
    file = made_up(tmp_path / "a.tar.gz", entries, **told)

    with pytest.raises(BackupError, match=r"a\.tar\.gz"):
        restore(file, tmp_path / "new", opened)

    assert not (tmp_path / "new").exists()


def test_a_backup_of_a_later_format_asks_for_a_later_footnote(tmp_path):
    file = made_up(tmp_path / "a.tar.gz", [ONE], manifest=manifest_of([], format=2))

    with pytest.raises(BackupError, match="of format 2, and this Footnote reads format 1"):
        checked(file)


def test_something_behind_a_backup_is_refused(backup):
    with backup.open("ab") as file:
        file.write(b"#!/bin/sh\n" * 100)

    with pytest.raises(BackupError):
        checked(backup)


def test_a_damaged_database_in_a_backup_is_told_before_anything_changes(home, tmp_path, backup):
    content = unpacked(backup)[0]
    broken = bytearray(content["conversations.sqlite"][1])
    broken[4096:8192] = b"\xff" * 4096
    entries = [(f"{INSIDE}/{name}", what) for name, (_, what) in content.items()]
    named = f"{INSIDE}/conversations.sqlite"
    changed = [(name, bytes(broken) if name == named else what) for name, what in entries]
    file = made_up(tmp_path / "b.tar.gz", changed)

    with pytest.raises(BackupError, match=r"holds a conversations\.sqlite that is damaged"):
        restore(file, tmp_path / "new", opened)


def test_indexes_that_were_not_whole_are_mended_from_the_catalogue(home, tmp_path, backup):
    content = unpacked(backup)[0]
    kept = [(f"{INSIDE}/{name}", what) for name, (_, what) in content.items()]
    file = made_up(tmp_path / "b.tar.gz", [one for one in kept if "/lexical/" not in one[0]])

    done = restore(file, tmp_path / "new", opened)

    assert done.is_mended
    assert any("missing from lexical" in one for one in done.found.findings)
    with opened(tmp_path / "new") as shelf:
        assert shelf.check().is_healthy


def test_papers_that_waited_to_be_indexed_wait_still(home, tmp_path, hashing, footnote):
    with open_shelf(Settings(home=home), hashing) as shelf:
        source = write_lines(tmp_path / "more.jsonl", [paper(99)])
        with pytest.raises(KeyboardInterrupt):
            add([str(source)], shelf, _Stopping(hashing), lambda _: None)
    footnote("backup", str(tmp_path / "b.tar.gz"))
    ran = footnote("restore", str(tmp_path / "b.tar.gz"), "--into", str(tmp_path / "new"))

    assert ran.code == 0
    assert "Restored 13 papers" in ran.out
    assert "1 paper" in ran.err
    assert "still to be indexed" in ran.err


class _Stopping:
    def __init__(self, encoder):
        self.name, self.dimension = encoder.name, encoder.dimension

    def encode(self, papers):
        raise KeyboardInterrupt


def test_backups_made_while_papers_are_added_through_a_server_each_come_back_whole(
    home, tmp_path, hashing, footnote
):
    lots = [
        write_lines(tmp_path / f"lot{lot}.jsonl", (paper(1000 * lot + one) for one in range(150)))
        for lot in range(1, 4)
    ]
    made = []
    with owning(home, hashing) as server:
        handing_in = threading.Thread(target=_hand_in, args=(server, lots))
        handing_in.start()
        while handing_in.is_alive() or len(made) < 3:
            made.append(tmp_path / f"backup{len(made)}.tar.gz")
            ran = footnote("backup", str(made[-1]))
            assert ran.code == 0, ran
        handing_in.join()

    counts = []
    for number, file in enumerate(made):
        done = restore(file, tmp_path / f"restored{number}", opened)
        assert not done.is_mended, done.found.findings
        assert done.manifest.counts.papers == done.found.papers
        counts.append(done.found.papers + len(done.found.pending))
    assert counts == sorted(counts)
    assert counts[0] < counts[-1] == 12 + 3 * 150


def _hand_in(server, lots):
    with httpx.Client(
        base_url=f"{server.address}/api/v1", headers={"authorization": f"Bearer {server.key}"}
    ) as client:
        for lot in lots:
            sent = client.post("/papers/upload", files={"files": (lot.name, lot.read_bytes())})
            address = f"/jobs/{sent.json()['id']}"
            while not client.get(address).json()["finished"]:
                time.sleep(0.05)


def test_jobs_that_are_not_done_go_on_after_a_restore(home, tmp_path, hashing):
    class Never:
        name, dimension = hashing.name, hashing.dimension
        begun, go_on = threading.Event(), threading.Event()

        def encode(self, papers):
            self.begun.set()
            self.go_on.wait(WAITS)
            return hashing.encode(papers)

    slow = Never()
    lot = write_lines(tmp_path / "lot.jsonl", [paper(77)])
    with owning(home, slow) as server:
        handing_in = threading.Thread(target=_hand_in, args=(server, [lot]))
        handing_in.start()
        assert slow.begun.wait(WAITS)
        response = httpx.post(f"{server.address}/api/v1/backups", headers=_headers(server.key))
        (tmp_path / "b.tar.gz").write_bytes(response.content)
        slow.go_on.set()
        handing_in.join()
    restore(tmp_path / "b.tar.gz", tmp_path / "new", opened)

    with opened(tmp_path / "new") as shelf:
        assert (shelf.check().papers, len(shelf.pending(10))) == (12, 1)
    with owning(tmp_path / "new", hashing) as server:
        _until(lambda: server.application.shelf.statistics().pending == 0)
        assert server.application.shelf.statistics().papers == 13


def _headers(token):
    return {"authorization": f"Bearer {token}"}


def _until(is_so):
    end = time.monotonic() + WAITS
    while not is_so():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


@pytest.mark.parametrize(("scope", "status"), [("ask", 403), ("write", 403), ("admin", 200)])
def test_only_who_may_administer_gets_a_backup(home, tmp_path, hashing, scope, status):
    with Keys(home) as keys:
        _, token = keys.create("another", Terms((scope,)))
    with owning(home, hashing) as server:
        response = httpx.post(f"{server.address}/api/v1/backups", headers=_headers(token))

    assert response.status_code == status
    if status == 200:
        assert response.headers["content-type"] == "application/gzip"
        assert ".tar.gz" in response.headers["content-disposition"]
        (tmp_path / "a.tar.gz").write_bytes(response.content)
        assert checked(tmp_path / "a.tar.gz").counts.papers == 12


def test_a_server_without_a_catalogue_says_so_before_it_sends_anything(home, hashing):
    with owning(home, hashing) as server:
        shutil.move(home / "catalogue.sqlite", home / ".gone")
        response = httpx.post(f"{server.address}/api/v1/backups", headers=_headers(server.key))
        shutil.move(home / ".gone", home / "catalogue.sqlite")

    assert response.status_code == 503
    assert "nothing to back up" in response.json()["error"]["message"]


async def test_one_backup_is_made_at_a_time_and_who_leaves_ends_it(home, hashing):
    with open_shelf(Settings(home=home), hashing) as shelf:
        _fatten(home)
        backups = Backups(shelf)
        pieces = backups.begin()
        await anext(pieces)
        with pytest.raises(UnderWayError):
            backups.begin()

        await pieces.aclose()

        await asyncio.to_thread(_until, lambda: not list(home.glob(".backup-*")))
        await asyncio.to_thread(_until, lambda: not backups._making.locked())
        async with aclosing(backups.begin()) as again:
            assert await anext(again)


def _fatten(home):
    """So that a backup is not sent before somebody can leave."""
    with closing(sqlite3.connect(home / "conversations.sqlite")) as db:
        db.execute("CREATE TABLE weight (bytes BLOB)")
        db.execute("INSERT INTO weight VALUES (randomblob(4000000))")
        db.commit()


async def test_what_fails_before_the_first_piece_is_raised_in_its_place():
    def fail(pipe):
        raise BackupError("no room")

    with pytest.raises(BackupError, match="no room"):
        await anext(piped(fail))


async def test_a_pipe_gives_everything_in_order():
    def write_all(pipe):
        for number in range(300_000):
            pipe.write(b"%07d" % number)

    got = b"".join([piece async for piece in piped(write_all)])

    assert got == b"".join(b"%07d" % number for number in range(300_000))


async def test_a_pipe_that_nobody_reads_holds_little():
    written = []

    def write_all(pipe):
        for _ in range(100):
            pipe.write(b"0" * 300_000)
            written.append(1)

    async with aclosing(piped(write_all)) as pieces:
        await anext(pieces)
        await asyncio.sleep(0.2)

        assert len(written) < 10


async def test_who_takes_nothing_for_long_holds_up_nobody_and_gets_no_whole_backup(monkeypatch):
    monkeypatch.setattr(backups, "PATIENCE", 0.1)
    monkeypatch.setattr(backups, "LOOKS_EVERY", 0.05)
    has_ended = threading.Event()

    def write_all(pipe):
        try:
            for _ in range(100):
                pipe.write(b"0" * 300_000)
        finally:
            has_ended.set()

    pieces = piped(write_all)
    await anext(pieces)
    assert await asyncio.to_thread(has_ended.wait, WAITS)

    with pytest.raises(GoneError):
        await asyncio.wait_for(_all_of(pieces), WAITS)


def test_what_is_damaged_is_told_when_it_is_backed_up(shelf, tmp_path, footnote):
    Conversations(tmp_path / "home").close()
    _damage(tmp_path / "home" / "conversations.sqlite")

    told = footnote("backup", str(tmp_path / "all.tar.gz"))

    assert told.code == 1
    assert "conversations.sqlite in the data directory is damaged" in told.err
    assert not list(tmp_path.glob("*all.tar.gz*"))


def test_a_server_with_a_damaged_catalogue_says_so_before_it_sends_anything(home, hashing):
    with owning(home, hashing) as server:
        _damage(home / "catalogue.sqlite")
        response = httpx.post(f"{server.address}/api/v1/backups", headers=_headers(server.key))

    told = response.json()["error"]["message"]
    assert response.status_code == 503
    assert "catalogue.sqlite in the data directory is damaged" in told


async def _all_of(pieces):
    return [piece async for piece in pieces]


def _damage(database):
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)


def test_what_an_earlier_process_left_of_a_backup_is_cleared_away(home):
    (home / ".backup-dead").mkdir()
    (home / ".backup-dead" / "half").write_text("x")

    with opened(home) as shelf, snapshot(shelf) as copy:
        assert list(home.glob(".backup-*")) == [copy]
    assert list(home.glob(".backup-*")) == []


def test_links_out_of_the_data_folder_are_not_followed(home, tmp_path):
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "key").write_text("secret")
    (home / "linked").symlink_to(tmp_path / "private")
    (home / "linked.txt").symlink_to(tmp_path / "private" / "key")

    with opened(home) as shelf, snapshot(shelf) as copy:
        assert not [path for path in copy.rglob("*") if path.name.startswith("linked")]


def test_files_that_come_and_go_meanwhile_hold_nothing_up(home):
    over = threading.Event()

    def come_and_go():
        while not over.is_set():
            (home / "fleeting").write_text("x")
            (home / "fleeting").unlink()

    coming = threading.Thread(target=come_and_go)
    coming.start()
    try:
        for _ in range(10):
            with opened(home) as shelf, snapshot(shelf) as copy:
                assert (copy / "users").exists()
    finally:
        over.set()
        coming.join()


def test_an_index_that_never_rests_is_told(home):
    def restless():
        (home / "lexical" / "restless").write_text("x" * next(sizes))

    sizes = iter(range(10_000))
    with (
        opened(home) as shelf,
        pytest.raises(ShelfError, match="does not come to rest"),
        snapshot(shelf, restless),
    ):
        pass
    assert list(home.glob(".backup-*")) == []


@pytest.fixture
def places(tmp_path):
    """A folder to be put in place, and a home with something in it."""
    folder, home = tmp_path / "folder", tmp_path / "home"
    for where, said in ((folder, "new"), (home, "old")):
        (where / "vectors").mkdir(parents=True)
        (where / "vectors" / "a").write_text(said)
        (where / "catalogue.sqlite").write_text(said)
    (home / "models").mkdir()
    (home / "models" / "big").write_text("model")
    return folder, home


def test_where_a_disk_is_mounted_everything_is_moved_in_and_the_old_kept_inside(places):
    folder, home = places
    inside = home / ".restoring-1"
    folder.rename(inside)

    kept = moved_in(inside, home)

    assert kept.parent == home
    assert tree(kept) == {"catalogue.sqlite": b"old", "vectors/a": b"old"}
    assert (home / "vectors" / "a").read_text() == "new"
    assert (home / "catalogue.sqlite").read_text() == "new"
    assert (home / "models" / "big").read_text() == "model"


def test_a_second_restore_there_leaves_what_the_first_has_kept(places):
    folder, home = places
    shutil.copytree(folder, home / ".restoring-2")
    moved_in(folder, home)
    time.sleep(1.01)  # it is named by the second

    moved_in(home / ".restoring-2", home)

    assert len(list(home.glob("before-*"))) == 2


@pytest.mark.parametrize("place", [moved_in, exchanged])
def test_where_it_cannot_be_put_in_place_everything_is_as_before(places, place):
    folder, home = places
    before = tree(home)
    shutil.rmtree(folder) if place is exchanged else shutil.copytree(folder, home / "models/folder")
    source = folder if place is exchanged else home / "models/folder"
    if place is moved_in:
        (source / "models").mkdir()  # where one is that is not empty

    with pytest.raises(OSError, match=r"Errno"):
        place(source, home)

    kept = {name: what for name, what in tree(home).items() if "folder" not in name}
    assert kept == before
    assert not [one for one in home.parent.iterdir() if "before" in one.name]


def test_a_home_that_was_not_there_is_made(places, tmp_path):
    assert put_in_place(places[0], tmp_path / "fresh") is None
    assert (tmp_path / "fresh" / "catalogue.sqlite").read_text() == "new"


def test_the_manifest_can_be_read_by_anybody(backup):
    found, told = unpacked(backup)

    assert json.dumps(told)
    assert {one["path"] for one in told["files"]} == set(found)
    assert sum(one["size"] for one in told["files"]) == checked(backup).size

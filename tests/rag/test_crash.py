"""A process that dies at any moment loses nothing that it said was done; damage is mended."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from rag.store.shelf import Shelf
from rag.types import Encoded, Passage, Record, Span

pytestmark = pytest.mark.slow

DIMENSION = 16
PASSAGES = 5
KILLS = 12


def encode(papers):
    encoded = []
    for paper in papers:
        generator = np.random.default_rng(list((paper.title + paper.abstract).encode()))
        vectors = generator.normal(size=(PASSAGES, DIMENSION)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        encoded.append(Encoded(vectors, generator.integers(-128, 128, (9, 8), dtype=np.int8)))
    return encoded


def cut(paper):
    return [
        Passage(f"{paper.id}#{n}", paper.id, paper.abstract[n : n + 1], Span(n, n + 1))
        for n in range(PASSAGES)
    ]


def record(number, version=0):
    return Record(title=f"Paper {number}", abstract=f"Text of {number}, version {version}.")


def index_pending(shelf, limit=100):
    while papers := shelf.pending(limit):
        yield shelf.index(papers, [cut(paper) for paper in papers], encode(papers))


def reopen(home):
    return Shelf.open(home, encoder_name="random", dimension=DIMENSION)


def keep_changing(home, seed):
    """Adds, edits and removes papers until it is killed; says what is done once it is."""
    choose = np.random.default_rng(seed)
    with reopen(home) as shelf:
        say("open", [])
        for step in range(10_000):
            numbers = range(1_000_000 * seed + 60 * step, 1_000_000 * seed + 60 * (step + 1))
            shelf.stage(f"run {seed}", [record(number) for number in numbers])
            for done in index_pending(shelf):
                say("added", done)
            edited = choose.choice(numbers, 5, replace=False)
            shelf.stage(f"run {seed}", [record(number, version=1) for number in edited])
            for done in index_pending(shelf):
                say("added", done)
            going = [paper.id for paper in shelf.find(sort="title", limit=3)]
            say("removing", going)
            shelf.remove(going)
            say("removed", going)


def say(what, ids):
    sys.stdout.write(json.dumps([what, ids]) + "\n")
    sys.stdout.flush()


def run_and_kill(home, seed):
    child = subprocess.Popen(
        [sys.executable, __file__, str(home), str(seed)], stdout=subprocess.PIPE, text=True
    )
    try:
        said = [json.loads(child.stdout.readline())]
        time.sleep(np.random.default_rng(seed).uniform(0.05, 2.5))
    finally:
        os.kill(child.pid, signal.SIGKILL)
        rest, _ = child.communicate()
    return said + [json.loads(line) for line in rest.splitlines() if line.endswith("]")]


def test_nothing_that_was_done_is_lost_when_the_process_is_killed(tmp_path):
    there, perhaps, gone = set(), set(), set()
    unhealthy = 0
    for seed in range(1, KILLS + 1):
        for what, ids in run_and_kill(tmp_path, seed):
            if what == "added":
                there |= set(ids)
            elif what == "removing":
                there -= set(ids)
                perhaps = set(ids)
            elif what == "removed":
                gone |= set(ids)

        with reopen(tmp_path) as shelf:
            known = {paper.id for paper in shelf.find()} | set(shelf.check().pending)
            health = shelf.mend()
            assert there <= known
            assert not known & gone
            assert health.is_healthy == (not health.findings)
            unhealthy += not health.is_healthy

            for _ in index_pending(shelf):
                pass

            health = shelf.check()
            assert health.is_healthy, health.findings
            found = {paper.id for paper in shelf.find()}
            assert there <= found <= known
            assert health.vectors.entries == PASSAGES * len(found)
            there = found - perhaps
    assert unhealthy


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    home = tmp_path_factory.mktemp("whole")
    with reopen(home) as shelf:
        shelf.stage("a.jsonl", [record(number) for number in range(1200)])
        for _ in index_pending(shelf, limit=400):
            pass
    return home


HARMS = {
    "vectors gone": ("vectors", None),
    "vectors without their catalogue": ("vectors/chroma.sqlite3", None),
    "vectors with half a catalogue": ("vectors/chroma.sqlite3", 0.5),
    "vectors cut off": ("vectors/*/data_level0.bin", 0.3),
    "vectors without names": ("vectors/*/index_metadata.pickle", None),
    "half a header": ("vectors/*/header.bin", 0.5),
    "words gone": ("lexical", None),
    "words without their list": ("lexical/meta.json", None),
    "words cut off": ("lexical/*.term", 0.5),
    "words lost": ("lexical/*.store", None),
    "tokens gone": ("tokens.sqlite", None),
    "tokens cut off": ("tokens.sqlite", 0.5),
    "tokens empty": ("tokens.sqlite", 0),
}


@pytest.mark.parametrize("harm", HARMS)
def test_damage_to_an_index_is_found_and_mended(whole, tmp_path, harm):
    home = tmp_path / "home"
    shutil.copytree(whole, home)
    pattern, kept = HARMS[harm]
    victims = list(home.glob(pattern))
    assert victims
    for victim in victims:
        if kept is not None:
            os.truncate(victim, int(victim.stat().st_size * kept))
        elif victim.is_dir():
            shutil.rmtree(victim)
        else:
            victim.unlink()

    with reopen(home) as shelf:
        (ill,) = [index for index in shelf.check().indexes if not index.is_healthy]
        assert ill.name == pattern.split("/")[0]

        shelf.mend()
        for _ in index_pending(shelf):
            pass

        health = shelf.check()
        assert health.is_healthy, health.findings
        assert health.papers == 1200
        assert len(shelf.lexical("text", 2000)) == 1200
        assert len(shelf.dense(encode(shelf.find(limit=1))[0].passages[0], 50)) == 50


if __name__ == "__main__":
    from pathlib import Path

    keep_changing(Path(sys.argv[1]), int(sys.argv[2]))

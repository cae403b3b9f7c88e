"""Vectors in a real Chroma: nearest first, filters are hard, lost vectors are found."""

import os
import shutil
import socket

import numpy as np
import pytest

from rag.store.damage import DamagedIndexError, erase
from rag.store.probe import survey
from rag.store.vectors import VectorIndex
from rag.types import Passage, Span

DIMENSION = 32
PER_PAPER = 3


def unit_vectors(count, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def passages(papers, each=PER_PAPER):
    return [
        Passage(f"{paper}#{ordinal}", paper, "Text.", Span(0, 5))
        for paper in papers
        for ordinal in range(each)
    ]


def fill(index, papers, seed=0):
    cut = passages(papers)
    vectors = unit_vectors(len(cut), seed)
    index.replace(papers, cut, vectors)
    return [passage.id for passage in cut], vectors


def nearest(ids, vectors, vector, among=None):
    similarities = vectors @ vector
    order = [ids[row] for row in np.argsort(-similarities)]
    return [name for name in order if among is None or name.split("#")[0] in among]


@pytest.fixture
def index(tmp_path):
    opened = VectorIndex(tmp_path / "vectors", "made by hand")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    opened = VectorIndex(tmp_path_factory.mktemp("many") / "vectors", "made by hand")
    ids, vectors = fill(opened, [f"p{number}" for number in range(400)])
    yield opened, ids, vectors
    opened.close()


def test_the_nearest_passages_come_first_with_their_cosine(many):
    index, ids, vectors = many
    wanted = unit_vectors(1, seed=9)[0]

    hits = index.search(wanted, 10)

    assert [name for name, _ in hits] == nearest(ids, vectors, wanted)[:10]
    assert [value for _, value in hits] == pytest.approx(
        sorted(vectors @ wanted)[::-1][:10], abs=1e-5
    )
    assert index.search(wanted, 0) == []
    assert len(index.search(wanted, 5000)) == len(ids)


@pytest.mark.parametrize("size", [0, 1, 5, 250])
@pytest.mark.parametrize("seed", range(3))
def test_nothing_outside_the_filter_is_found(many, size, seed):
    index, ids, vectors = many
    wanted = unit_vectors(1, seed=100 + seed)[0]
    among = {f"p{number}" for number in np.random.default_rng(seed).permutation(400)[:size]}

    hits = index.search(wanted, 20, among=among | {"unknown"} if among else among)

    assert [name for name, _ in hits] == nearest(ids, vectors, wanted, among)[:20]


@pytest.mark.parametrize("inside", [400, 20, 1])
def test_a_filter_of_fifty_thousand_papers_is_as_hard(many, inside):
    index, ids, vectors = many
    wanted = unit_vectors(1, seed=7)[0]
    far_away = list(dict.fromkeys(name.split("#")[0] for name in nearest(ids, vectors, -wanted)))
    among = {*far_away[:inside], *(f"unknown-{number}" for number in range(50_000))}

    hits = index.search(wanted, 10, among=among)

    assert [name for name, _ in hits] == nearest(ids, vectors, wanted, among)[:10]


def test_passages_equally_near_come_in_the_order_of_their_ids(index):
    papers = [f"p{number:02}" for number in range(30)]
    index.replace(papers[::-1], passages(papers[::-1], 1), np.repeat(unit_vectors(1), 30, axis=0))

    hits = index.search(unit_vectors(1)[0], 12)

    assert [name for name, _ in hits] == [f"{paper}#0" for paper in papers[:12]]


def test_replacing_leaves_none_of_the_old_passages(index):
    fill(index, ["a", "b"])
    shorter = passages(["a"], each=1)

    index.replace(["a"], shorter, unit_vectors(1, seed=3))

    assert index.ids() == {"a#0", "b#0", "b#1", "b#2"}
    assert index.search(unit_vectors(1, seed=3)[0], 1)[0] == ("a#0", pytest.approx(1.0, abs=1e-5))


def test_a_paper_may_lose_all_its_passages(index):
    fill(index, ["a", "b"])

    index.replace(["a"], [], np.empty((0, DIMENSION), dtype=np.float32))

    assert {name[0] for name in index.ids()} == {"b"}


def test_deleted_papers_and_dropped_passages_are_gone(index):
    fill(index, ["a", "b", "c"])

    index.delete(["a", "unknown"])
    index.drop(["b#1", "unknown#0"])

    assert index.ids() == {"b#0", "b#2", "c#0", "c#1", "c#2"}
    found = {name for name, _ in index.search(unit_vectors(1)[0], 100)}
    assert found == index.ids()
    assert index.ids_without_vector() == []


def test_more_than_one_batch_is_added_and_deleted(index):
    papers = [f"p{number}" for number in range(800)]
    fill(index, papers)
    assert len(index.ids()) == 2400

    index.delete(papers[:700])

    assert len(index.ids()) == 300
    assert index.ids_without_vector() == []


def test_vectors_are_there_after_reopening(tmp_path):
    index = VectorIndex(tmp_path / "vectors", "made by hand")
    ids, vectors = fill(index, ["a", "b"])
    index.close()

    reopened = VectorIndex(tmp_path / "vectors", "made by hand")

    assert reopened.search(vectors[4], 1)[0][0] == ids[4]
    reopened.close()


def test_vectors_of_another_kind_are_dropped(tmp_path):
    index = VectorIndex(tmp_path / "vectors", "made by hand")
    fill(index, ["a"])
    index.close()

    other = VectorIndex(tmp_path / "vectors", "another dimension")
    other.replace(["b"], passages(["b"], each=1), np.ones((1, 8), dtype=np.float32))

    assert other.ids() == {"b#0"}
    other.close()


def test_passages_and_vectors_must_be_as_many(index):
    with pytest.raises(ValueError, match="3 passages cannot have 2 vectors"):
        index.replace(["a"], passages(["a"]), unit_vectors(2))


def test_nothing_is_asked_of_the_network(tmp_path, monkeypatch):
    def refuse(*address):
        raise AssertionError(f"connected to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    index = VectorIndex(tmp_path / "vectors", "made by hand")

    fill(index, ["a"])
    index.search(unit_vectors(1)[0], 3, among={"a"})

    index.close()


HARMS = {
    "catalogue deleted": ("chroma.sqlite3", None),
    "catalogue cut off": ("chroma.sqlite3", 0.5),
    "catalogue empty": ("chroma.sqlite3", 0),
    "vectors deleted": ("*/data_level0.bin", None),
    "vectors cut off": ("*/data_level0.bin", 0.5),
    "header deleted": ("*/header.bin", None),
    "header cut off": ("*/header.bin", 0.5),
    "header empty": ("*/header.bin", 0),
    "names deleted": ("*/index_metadata.pickle", None),
    "names cut off": ("*/index_metadata.pickle", 0.5),
    "links deleted": ("*/link_lists.bin", None),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Enough vectors for Chroma to write its graph to disk, and the path."""
    path = tmp_path_factory.mktemp("written") / "vectors"
    index = VectorIndex(path, "made by hand")
    fill(index, [f"p{number}" for number in range(2000)])
    index.close()
    return path


@pytest.mark.slow
@pytest.mark.parametrize("harm", HARMS)
def test_damage_is_found_and_can_be_erased(written, tmp_path, harm):
    path = tmp_path / "vectors"
    shutil.copytree(written, path)
    pattern, kept = HARMS[harm]
    (victim,) = path.glob(pattern)
    if kept is None:
        victim.unlink()
    else:
        os.truncate(victim, int(victim.stat().st_size * kept))

    assert lost(path)

    erase(path)
    rebuilt = VectorIndex(path, "made by hand")
    ids, vectors = fill(rebuilt, ["a"])
    assert rebuilt.search(vectors[0], 1)[0][0] == ids[0]
    rebuilt.close()


def lost(path):
    try:
        listed, without_vector = survey(path, "made by hand")
    except DamagedIndexError:
        return 6000
    return 6000 - len(listed) + len(without_vector)

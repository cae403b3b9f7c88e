"""Follow-ups over the sample shelf, with the real parts: as good as the same asked in full."""

import asyncio
import json
from importlib.resources import as_file, files

import pytest

from rag.answering.asked import Asked
from rag.answering.follow_up import stand_alone
from rag.build import build
from rag.config import Settings
from rag.ingest import add
from rag.types import Turn

NOISE = 0.05  # two or three of some fifty questions
UNRELATED = (
    Turn("user", "How does U-Net separate cells that touch?"),
    Turn("assistant", "**U-Net: Convolutional Networks for Biomedical Image Segmentation**: A "
         "weighted loss teaches U-Net to leave a thin border between cells that touch. [1]"),
)  # fmt: skip


def shipped():
    lines = files("rag.sample").joinpath("questions.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in lines.splitlines()]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    home = tmp_path_factory.mktemp("sample")
    sample = files("rag.sample") / "footnote-sample.jsonl"
    with as_file(sample) as papers, build(Settings(home=home)) as application:
        add([str(papers)], application.shelf, application.encoder, lambda _: None)
        yield application


@pytest.mark.slow
def test_follow_ups_find_and_state_as_much_as_the_same_questions_in_full(app):
    follow_ups = [one for one in shipped() if one.get("full")]
    assert follow_ups

    found, stated = zip(*(_figures(app, one) for one in follow_ups), strict=True)
    found_full, stated_full = zip(*(_figures_in_full(app, one) for one in follow_ups), strict=True)

    assert _mean(found) >= _mean(found_full) - NOISE
    assert _mean(stated) >= _mean(stated_full) - NOISE


@pytest.mark.slow
def test_follow_ups_find_their_paper_first(app):
    follow_ups = [one for one in shipped() if one["history"] and one["answerable"]]

    assert _mean(_first(app, _asked(one), one) for one in follow_ups) >= 0.95


def test_questions_of_their_own_are_asked_as_they_are_after_another_subject():
    alone = [one["question"] for one in shipped() if not one["history"]]

    leaning = [text for text in alone if stand_alone(text, UNRELATED) != Asked(text, text)]

    assert len(leaning) <= 0.05 * len(alone), leaning


def _asked(one):
    return stand_alone(one["question"], [Turn(**turn) for turn in one["history"]])


def _figures(app, one):
    history = [Turn(**turn) for turn in one["history"]]
    return _first(app, _asked(one), one), _stated(app, one, one["question"], history)


def _figures_in_full(app, one):
    full = one["full"]
    return _first(app, Asked(full, full), one), _stated(app, one, full, ())


def _first(app, asked, one):
    hits = app.retriever.search(asked.text, asked.keywords, limit=1)
    return hits[0].paper.title in one["gold_titles"]


def _stated(app, one, question, history):
    text = asyncio.run(app.engine.ask(question, history)).text.lower()
    return _mean(any(way.lower() in text for way in fact) for fact in one["facts"])


def _mean(values):
    counted = list(values)
    return sum(counted) / len(counted)

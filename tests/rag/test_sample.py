"""The sample shelf is whole, and its questions ask for what is on it."""

import json
import re
from collections import Counter
from importlib.resources import as_file, files

import pytest

from rag.chunking import cut
from rag.language.latex import readable
from rag.loaders import find_sources, load
from rag.types import Fault, Paper, Record

PAPERS = files("rag.sample").joinpath("footnote-sample.jsonl")
QUESTIONS = files("rag.sample").joinpath("questions.jsonl")


@pytest.fixture(scope="module")
def records():
    with as_file(PAPERS) as path:
        [source] = find_sources([str(path)])
        return list(load(source))


@pytest.fixture(scope="module")
def questions():
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def test_every_entry_is_loaded_without_a_fault(records, sample):
    assert len(records) == len(sample) >= 60
    assert not [item for item in records if isinstance(item, Fault)]


def test_no_paper_stands_twice(records):
    assert len({record.title for record in records}) == len(records)
    identifiers = [value for record in records for scheme, value in record.identifiers]
    assert len(set(identifiers)) == len(identifiers)


def test_every_entry_has_what_the_shelf_shows(records):
    for record in records:
        assert isinstance(record, Record)
        assert record.authors, record.title
        assert record.published, record.title
        assert record.published.year, record.title
        assert 400 < len(record.abstract) < 1500, record.title
        assert record.abstract.endswith("."), record.title


def test_the_link_of_an_entry_is_that_of_its_identifier(sample):
    for entry in sample:
        if "arxiv_id" in entry:
            assert re.fullmatch(r"\d{4}\.\d{4,5}", entry["arxiv_id"]), entry["title"]
            assert entry["url"] == f"https://arxiv.org/abs/{entry['arxiv_id']}"


def test_an_entry_reads_as_it_is_shown(sample):
    for entry in sample:
        assert readable(entry["abstract"]) == entry["abstract"], entry["title"]


def test_every_abstract_can_be_cut(sample):
    for entry in sample:
        assert cut(Paper("a", entry["title"], entry["abstract"]))


def test_questions_of_every_kind_ask_for_papers_that_are_on_the_shelf(questions, sample):
    titles = {entry["title"] for entry in sample}

    assert len({question["id"] for question in questions}) == len(questions) >= 100
    assert Counter(question["answerable"] for question in questions)[False] >= 20
    for question in questions:
        assert set(question["gold_titles"]) <= titles, question["id"]
        if question["answerable"]:
            assert question["gold_titles"], question["id"]


def test_what_an_answer_must_state_stands_in_its_papers(questions, sample):
    abstracts = {entry["title"]: entry["abstract"] for entry in sample}

    for question in questions:
        if question["type"] == "metadata" or not question["answerable"]:
            continue
        text = " ".join(abstracts[title] for title in question["gold_titles"]).lower()
        for fact in question["facts"]:
            assert any(wording.lower() in text for wording in fact), (question["id"], fact)

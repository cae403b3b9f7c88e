"""Adding papers: what became of every record is counted, and a run that died is finished."""

import json
from pathlib import Path

import pytest

from rag.chunking import NAME
from rag.ingest import INDEX_BATCH, READ_BATCH, Progress, add, index_pending
from rag.retrieval.retriever import Retriever
from rag.store.shelf import Shelf
from rag.types import Fault

PAGES = Path(__file__).parents[2].parent / "shared" / "pages"


class DyingEncoder:
    """An encoder under which the run dies after so many batches."""

    def __init__(self, encoder, batches):
        self.encoder = encoder
        self.name = encoder.name
        self.dimension = encoder.dimension
        self.left = batches

    def encode(self, papers):
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return self.encoder.encode(papers)

    def encode_question(self, question):
        return self.encoder.encode_question(question)


@pytest.fixture
def shelf(tmp_path, hashing):
    with Shelf.open(
        tmp_path / "home", encoder_name=hashing.name, dimension=hashing.dimension, chunking=NAME
    ) as opened:
        yield opened


@pytest.fixture
def put(shelf, hashing):
    """Adds what these paths hold; the report."""

    def call(*paths, encoder=hashing, listener=lambda _: None):
        return add([str(path) for path in paths], shelf, encoder, listener)

    return call


def write(path, *entries):
    path.write_text("".join(f"{json.dumps(entry)}\n" for entry in entries))
    return path


def entry(title, abstract=None, **fields):
    return {"title": title, "abstract": abstract or f"All that is known of {title}.", **fields}


def counts(report):
    return (report.new, report.changed, report.unchanged, report.duplicates, report.rejected)


def test_new_papers_are_counted_and_ready(tmp_path, put, shelf):
    report = put(write(tmp_path / "a.jsonl", entry("Otters"), entry("Owls")))

    assert counts(report) == (2, 0, 0, 0, 0)
    assert report.records == 2
    assert report.seconds > 0
    assert (shelf.count(), shelf.statistics().pending) == (2, 0)


def test_the_same_file_again_changes_nothing(tmp_path, put, shelf, hashing):
    file = write(tmp_path / "a.jsonl", entry("Otters"), entry("Owls"))
    put(file)

    report = put(file, encoder=DyingEncoder(hashing, 0))

    assert counts(report) == (0, 0, 2, 0, 0)


def test_what_was_edited_is_changed_and_the_rest_is_not(tmp_path, put):
    file = tmp_path / "a.jsonl"
    put(write(file, entry("Otters"), entry("Owls"), entry("Bees", upvotes=1)))

    report = put(
        write(file, entry("Otters"), entry("Owls", "Owls sing."), entry("Bees", upvotes=9))
    )

    assert counts(report) == (0, 2, 1, 0, 0)


def test_a_paper_that_stands_twice_is_one_paper_and_a_duplicate(tmp_path, put, shelf):
    first = write(tmp_path / "a.jsonl", entry("Otters"), entry("Owls"), entry("OTTERS"))
    second = write(tmp_path / "b.jsonl", entry("Owls", organization="Nest"), entry("Bees"))

    report = put(first, second)

    assert counts(report) == (3, 0, 0, 2, 0)
    assert report.records == 5
    assert shelf.resolve("Owls").sources == ("a.jsonl", "b.jsonl")
    assert shelf.resolve("Owls").organization == "Nest"


def test_every_record_is_counted_whatever_batches_it_falls_into(tmp_path, put):
    entries = [entry(f"Paper {number % READ_BATCH}") for number in range(2 * READ_BATCH + 1)]

    report = put(write(tmp_path / "a.jsonl", *entries))

    assert counts(report) == (READ_BATCH, 0, 0, READ_BATCH + 1, 0)


def test_what_cannot_be_read_is_rejected_with_file_and_line_and_the_rest_is_added(tmp_path, put):
    file = write(tmp_path / "a.jsonl", entry("Otters"), {"title": "No abstract"}, entry("Owls"))

    report = put(file, tmp_path / "missing.jsonl")

    assert counts(report) == (2, 0, 0, 0, 2)
    assert [(fault.source, fault.line) for fault in report.faults] == [
        ("a.jsonl", 2),
        (str(tmp_path / "missing.jsonl"), None),
    ]


def test_nothing_to_add_is_a_report_of_nothing(put):
    report = put()

    assert (report.records, counts(report)) == (0, (0, 0, 0, 0, 0))


def test_the_listener_hears_of_faults_and_of_progress_with_its_end(tmp_path, put):
    heard = []
    entries = [entry(f"Paper {number}") for number in range(INDEX_BATCH + 2)]

    put(write(tmp_path / "a.jsonl", {"title": "x"}, *entries), listener=heard.append)

    fault, *progress = heard
    assert isinstance(fault, Fault)
    assert progress == [
        Progress(INDEX_BATCH + 2, None),
        Progress(0, INDEX_BATCH + 2),
        Progress(INDEX_BATCH, INDEX_BATCH + 2),
        Progress(INDEX_BATCH + 2, INDEX_BATCH + 2),
    ]


def test_a_changed_abstract_takes_the_place_of_the_old_one_everywhere(
    tmp_path, put, shelf, hashing
):
    file = tmp_path / "a.jsonl"
    old = " ".join(f"Number {n} of the old otters swims upstream." for n in range(60))
    put(write(file, entry("Otters", old), entry("Owls")))
    before = shelf.resolve("Otters")
    assert shelf.lexical("upstream", 9)
    assert len(shelf.passages_of([before.id])[before.id]) > 2

    put(write(file, entry("Otters", "They moved to the sea."), entry("Owls")))

    after = shelf.resolve("Otters")
    assert after.id == before.id
    assert [p.text for p in shelf.passages_of([after.id])[after.id]] == ["They moved to the sea."]
    assert shelf.lexical("upstream", 9) == []
    found = shelf.dense(hashing.encode_question("otters swim upstream").vector, 99)
    assert len(found) == 2
    hits = Retriever(shelf, hashing).search("otters upstream", "otters upstream")
    assert all("upstream" not in hit.passage.text + hit.paper.abstract for hit in hits)
    assert not shelf.check().findings


def test_a_run_that_died_before_indexing_is_finished_by_the_next(tmp_path, put, shelf, hashing):
    file = write(tmp_path / "a.jsonl", entry("Otters"), entry("Owls"))
    with pytest.raises(KeyboardInterrupt):
        put(file, encoder=DyingEncoder(hashing, 0))
    assert (shelf.count(), shelf.statistics().pending) == (0, 2)

    report = put(write(tmp_path / "b.jsonl", entry("Bees")))

    assert counts(report) == (1, 0, 0, 0, 0)
    assert (shelf.count(), shelf.statistics().pending) == (3, 0)
    assert not shelf.check().findings


def test_a_run_that_died_half_way_keeps_what_it_had_done(tmp_path, put, shelf, hashing):
    entries = [entry(f"Paper {number}") for number in range(INDEX_BATCH + 2)]
    file = write(tmp_path / "a.jsonl", *entries)
    with pytest.raises(KeyboardInterrupt):
        put(file, encoder=DyingEncoder(hashing, 1))
    assert shelf.count() == INDEX_BATCH

    report = put(file)

    assert counts(report) == (0, 0, INDEX_BATCH + 2, 0, 0)
    assert shelf.count() == INDEX_BATCH + 2


def test_what_waits_is_indexed_and_counted(tmp_path, put, shelf, hashing):
    with pytest.raises(KeyboardInterrupt):
        put(write(tmp_path / "a.jsonl", entry("Otters")), encoder=DyingEncoder(hashing, 0))

    assert index_pending(shelf, hashing, lambda _: None) == 1
    assert index_pending(shelf, hashing, lambda _: None) == 0


def test_the_five_pages_hold_807_papers_in_829_records(put, shelf):
    if not PAGES.is_dir():
        pytest.skip("the five saved pages are not here")

    report = put(PAGES)

    assert report.records == 829
    assert counts(report) == (807, 0, 0, 22, 0)
    assert shelf.count() == 807
    papers = shelf.find()
    assert sum(paper.organization is not None for paper in papers) == 4
    assert counts(put(PAGES)) == (0, 0, 807, 22, 0)

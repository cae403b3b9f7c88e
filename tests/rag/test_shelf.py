"""The shelf: what is added is found, what is pending or removed is not, and one process owns it."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from rag.errors import ModelMismatchError, PaperNotFoundError, ShelfBusyError, ShelfError
from rag.store.catalogue import Catalogue
from rag.store.lexical import LexicalIndex
from rag.store.lock import Ownership, presentable
from rag.store.shelf import Shelf
from rag.store.tokens import TokenIndex
from rag.store.vectors import VectorIndex
from rag.types import Encoded, Passage, Record, Scope, Span

DIMENSION = 16
TRACKER = Record(title="EchoTracker", abstract="Tissue tracking is hard. We track points.")


def numbered(number, **fields):
    return replace(Record(title=f"Paper {number}", abstract=f"Text of {number}. More."), **fields)


def cut(paper):
    middle = len(paper.abstract) // 2
    spans = Span(0, middle), Span(middle, len(paper.abstract))
    return [
        Passage(f"{paper.id}#{ordinal}", paper.id, paper.abstract[span.start : span.end], span)
        for ordinal, span in enumerate(spans)
    ]


def encode(paper, dimension=DIMENSION):
    """Vectors that depend on the text alone, as those of a model do."""
    generator = np.random.default_rng(list((paper.title + paper.abstract).encode()))
    vectors = generator.normal(size=(2, dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Encoded(vectors, generator.integers(-128, 128, (9, 8), dtype=np.int8))


def index_pending(shelf, dimension=DIMENSION):
    while papers := shelf.pending(100):
        encoded = [encode(paper, dimension) for paper in papers]
        shelf.index(papers, [cut(paper) for paper in papers], encoded)


def add(shelf, *records, source="a.jsonl"):
    staged = shelf.stage(source, records)
    index_pending(shelf)
    return [item.paper.id for item in staged]


def reopen(home, **options):
    return Shelf.open(home, encoder_name="random", dimension=DIMENSION, **options)


@pytest.fixture
def shelf(tmp_path):
    with reopen(tmp_path / "home") as opened:
        yield opened


def dense(shelf, record, limit=1, scope_ids=None):
    (wanted,) = [paper for paper in shelf.find() if paper.title == record.title]
    return [name for name, _ in shelf.dense(encode(wanted).passages[0], limit, scope_ids)]


def test_what_was_added_is_found_in_every_index(shelf):
    name, other = add(shelf, TRACKER, numbered(1))

    assert dense(shelf, TRACKER) == [f"{name}#0"]
    assert [found for found, _ in shelf.lexical("tracking", 5)] == [name]
    assert shelf.tokens([name, other]).keys() == {name, other}
    assert shelf.passages([f"{other}#1", f"{name}#0"])[1].text == TRACKER.abstract[:20]
    assert shelf.passages_of([name])[name] == tuple(cut(shelf.paper(name)))
    assert shelf.check().is_healthy


def test_it_is_found_after_reopening(tmp_path):
    with reopen(tmp_path) as shelf:
        (name, _) = add(shelf, TRACKER, numbered(1))

    with reopen(tmp_path) as shelf:
        assert dense(shelf, TRACKER) == [f"{name}#0"]
        assert shelf.check().is_healthy


def test_an_empty_shelf_is_searched_and_healthy(shelf):
    vector = np.ones(DIMENSION, dtype=np.float32) / 4

    assert shelf.dense(vector, 5) == shelf.dense(vector, 5, {"a"}) == []
    assert shelf.lexical("word", 5) == shelf.lexical("word", 5, {"a"}) == []
    assert shelf.tokens(["a"]) == {}
    assert shelf.index([], [], []) == shelf.remove([]) == []
    assert shelf.mend().is_healthy


def test_changed_text_is_found_no_more_until_it_is_indexed(shelf):
    (name, _) = add(shelf, TRACKER, numbered(1))
    old = encode(shelf.paper(name)).passages[0]

    shelf.stage("a.jsonl", [replace(TRACKER, abstract="Nothing of the kind, at all.")])

    assert {found[: len(name)] for found, _ in shelf.dense(old, 4)}.isdisjoint({name})
    assert shelf.lexical("tracking", 5) == []
    assert [paper.id for paper in shelf.pending(5)] == [name]

    index_pending(shelf)

    assert [found for found, _ in shelf.lexical("kind", 5)] == [name]
    assert len(shelf.dense(old, 10)) == 4
    assert shelf.check().is_healthy


def test_a_pending_paper_takes_no_place_of_one_that_is_ready(shelf):
    names = add(shelf, *map(numbered, range(12)))
    vector = encode(shelf.paper(names[0])).passages[0]
    shelf.stage("a.jsonl", [numbered(n, abstract="Changed.") for n in range(10)])
    shelf.stage("b.jsonl", [numbered(n, abstract="Changed.") for n in range(10)])

    assert {found.split("#")[0] for found, _ in shelf.dense(vector, 4)} == set(names[10:])
    assert {found for found, _ in shelf.lexical("paper", 2)} == set(names[10:])


def test_the_organisations_are_those_of_the_papers_that_there_are_now(shelf):
    known = [shelf.organizations()]
    [paper_id] = add(shelf, replace(TRACKER, organization="EPFL"))
    known.append(shelf.organizations())
    add(shelf, numbered(1, organization="Mila"), source="b.jsonl")
    known.append(shelf.organizations())
    shelf.remove([paper_id])
    known.append(shelf.organizations())

    assert list(map(set, known)) == [set(), {"EPFL"}, {"EPFL", "Mila"}, {"Mila"}]


def test_removed_papers_are_gone_from_every_index(shelf):
    name, other = add(shelf, TRACKER, numbered(1))

    assert shelf.remove([name, "unknown"]) == [name]

    health = shelf.check()
    assert health.is_healthy
    assert (health.papers, health.vectors.entries, health.tokens.entries) == (1, 2, 1)
    assert [paper.id for paper in shelf.find()] == [other]
    with pytest.raises(PaperNotFoundError):
        shelf.paper(name)


def test_a_paper_that_was_removed_while_it_was_encoded_is_not_indexed(shelf):
    shelf.stage("a.jsonl", [TRACKER])
    (paper,) = shelf.pending(1)
    shelf.remove([paper.id])

    assert shelf.index([paper], [cut(paper)], [encode(paper)]) == []
    assert shelf.check().is_healthy


def test_a_paper_without_passages_is_found_by_its_words(shelf):
    shelf.stage("a.jsonl", [Record("A title alone", ""), TRACKER])
    bare, whole = shelf.pending(5)
    nothing = Encoded(np.empty((0, 0), dtype=np.float32), np.empty((0, 8), dtype=np.int8))

    shelf.index([bare, whole], [[], cut(whole)], [nothing, encode(whole)])

    assert [found for found, _ in shelf.lexical("alone", 5)] == [bare.id]
    assert shelf.check().is_healthy


def test_new_names_are_found_without_indexing_anew(shelf):
    (name,) = add(shelf, TRACKER)

    shelf.stage("b.jsonl", [replace(TRACKER, authors=("Ada Müller",))])

    assert shelf.pending(5) == []
    assert [found for found, _ in shelf.lexical("muller", 5)] == [name]
    assert shelf.check().is_healthy


def test_papers_that_turn_out_to_be_one_leave_nothing_behind(shelf):
    preprint = numbered(1, identifiers=(("arxiv", "2406.01234"),))
    article = numbered(2, identifiers=(("doi", "10.1/a"),))
    older, newer = add(shelf, preprint, article)

    add(shelf, replace(preprint, identifiers=(*preprint.identifiers, *article.identifiers)))

    assert [paper.id for paper in shelf.find()] == [older]
    assert shelf.paper(newer).id == older
    assert shelf.check().is_healthy


@pytest.mark.parametrize("seed", range(5))
def test_nothing_outside_a_scope_is_ever_found(shelf, seed):
    chosen = np.random.default_rng(seed)
    add(
        shelf,
        *(
            numbered(number, organization=str(chosen.choice(["Amazon", "Meta", "Google"])))
            for number in range(60)
        ),
    )
    wanted = encode(shelf.find(limit=1)[0]).passages[0]

    for name in ("amazon", "meta", "google", "nobody"):
        ids = shelf.matching_ids(Scope(organization=name))
        passages = shelf.dense(wanted, 30, ids)
        papers = shelf.lexical("paper text", 30, ids)
        assert {found.split("#")[0] for found, _ in passages} <= ids
        assert {found for found, _ in papers} <= ids
        assert len(papers) == min(30, len(ids))
        assert len(passages) == min(30, 2 * len(ids))


def test_threads_search_while_papers_are_added(shelf):
    add(shelf, TRACKER)
    vector = encode(shelf.find()[0]).passages[0]

    def search(_):
        return len(shelf.dense(vector, 1)), len(shelf.lexical("tracking", 1))

    with ThreadPoolExecutor(4) as threads:
        found = threads.map(search, range(60))
        for number in range(5):
            add(shelf, *(numbered(f"{number}-{n}") for n in range(10)), source=str(number))

    assert set(found) == {(1, 1)}
    assert shelf.check().is_healthy


def test_looking_papers_up_loads_no_vendor(tmp_path):
    script = """
import sys
from pathlib import Path
from rag.store.shelf import Shelf
from rag.types import Record
with Shelf.open(Path(sys.argv[1]), encoder_name="random", dimension=16) as shelf:
    shelf.stage("a", [Record("Title", "Text.")])
    shelf.find(), shelf.statistics(), shelf.resolve("title")
print(sorted({"chromadb", "llama_index", "tantivy"} & sys.modules.keys()))
"""
    ran = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True
    )

    assert ran.stdout.strip() == "[]", ran.stderr


def test_another_model_is_refused_until_the_shelf_is_embedded_anew(tmp_path):
    with reopen(tmp_path) as shelf:
        (name,) = add(shelf, TRACKER)

    with pytest.raises(ModelMismatchError, match=r"random \(16 dim.*other \(8 dim.*reembed"):
        Shelf.open(tmp_path, encoder_name="other", dimension=8)

    with Shelf.open(tmp_path) as shelf:
        assert shelf.paper(name).title == TRACKER.title
        shelf.reset_encoder("other", 8)
        assert [paper.id for paper in shelf.pending(5)] == [name]
        index_pending(shelf, dimension=8)

    with Shelf.open(tmp_path, encoder_name="other", dimension=8) as shelf:
        assert shelf.check().is_healthy
        assert len(shelf.dense(encode(shelf.paper(name), 8).passages[0], 5)) == 2


def test_a_shelf_without_papers_takes_any_model(tmp_path):
    with reopen(tmp_path) as shelf:
        shelf.remove(add(shelf, TRACKER))

    with Shelf.open(tmp_path, encoder_name="other", dimension=8) as shelf:
        shelf.stage("a.jsonl", [TRACKER])
        index_pending(shelf, dimension=8)
        assert shelf.check().is_healthy


def test_vectors_of_another_dimension_are_refused(shelf):
    shelf.stage("a.jsonl", [TRACKER])
    (paper,) = shelf.pending(1)

    with pytest.raises(ModelMismatchError, match="8 dimensions"):
        shelf.index([paper], [cut(paper)], [encode(paper, 8)])

    assert shelf.pending(1) == [paper]


def harm(home, names):
    """What a crash or a careless hand may do to each of these papers."""
    catalogue = Catalogue(home / "catalogue.sqlite")
    vectors = VectorIndex(home / "vectors", repr(catalogue.embedding()))
    vectors.drop([f"{names[0]}#1"])
    vectors.close()
    lexical = LexicalIndex(home / "lexical", str)
    lexical.delete([names[1]])
    lexical.close()
    tokens = TokenIndex(home / "tokens.sqlite")
    tokens.delete([names[2]])
    tokens.close()
    catalogue.finish_removal(catalogue.begin_removal([names[3]]))
    catalogue.mark_pending([names[4]])
    catalogue.close()


def test_a_check_names_what_is_wrong_and_mending_repairs_it(tmp_path):
    with reopen(tmp_path) as shelf:
        names = add(shelf, *map(numbered, range(6)))
    harm(tmp_path, names)

    with reopen(tmp_path) as shelf:
        found = shelf.mend()

        assert found.vectors.missing == (f"{names[0]}#1",)
        assert found.lexical.missing == (names[1],)
        assert found.tokens.missing == (names[2],)
        assert found.tokens.orphaned == (names[3], names[4])
        assert found.pending == (names[4],)
        assert found.findings[0] == f"1 paper ({names[4]}) still to be indexed."
        assert len(found.findings) == 7
        assert {paper.id for paper in shelf.pending(9)} == {names[0], names[2], names[4]}

        index_pending(shelf)

        assert shelf.check().is_healthy
        assert {paper.id for paper in shelf.find()} == {*names[:3], *names[4:]}


def test_a_removal_that_was_begun_is_finished_on_opening(tmp_path):
    with reopen(tmp_path) as shelf:
        names = add(shelf, TRACKER, numbered(1))
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.begin_removal(names[:1])
    catalogue.close()

    with reopen(tmp_path) as shelf:
        assert shelf.check().is_healthy
        assert shelf.check().papers == 1


def test_a_process_that_owns_the_shelf_is_named_to_the_next(tmp_path):
    script = """
import sys, time
from pathlib import Path
from rag.store.shelf import Shelf
shelf = Shelf.open(Path(sys.argv[1]))
print("open", flush=True)
time.sleep(60)
"""
    owner = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path), "--api-key", "hidden"], stdout=subprocess.PIPE
    )
    try:
        assert owner.stdout.readline() == b"open\n"

        with pytest.raises(ShelfBusyError) as refusal:
            reopen(tmp_path)

        sentence = str(refusal.value)
        assert f"The shelf in {tmp_path} is in use by process {owner.pid} (" in sentence
        assert time.strftime(", since %H:") in sentence
        assert "FOOTNOTE_HOME" in sentence
        assert "hidden" not in sentence

        os.kill(owner.pid, signal.SIGKILL)
        owner.wait()

        reopen(tmp_path).close()
    finally:
        owner.kill()
        owner.wait()
        owner.stdout.close()


def test_the_owner_may_close_from_another_thread_and_the_lock_is_free_again(tmp_path):
    first = Ownership(tmp_path)
    with pytest.raises(ShelfBusyError):
        Ownership(tmp_path)

    with ThreadPoolExecutor(1) as threads:
        threads.submit(first.close).result()

    with Ownership(tmp_path):
        assert json.loads((tmp_path / "owner.json").read_text())["pid"] == os.getpid()
    assert not (tmp_path / "owner.json").exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "x"}', "null"])
def test_an_unreadable_note_of_the_owner_does_not_hide_that_there_is_one(tmp_path, content):
    with Ownership(tmp_path):
        (tmp_path / "owner.json").write_text(content)

        with pytest.raises(ShelfBusyError, match="in use by another process"):
            Ownership(tmp_path)


def test_a_home_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(ShelfError, match=r"data directory .*file/home cannot be used"):
        reopen(tmp_path / "file" / "home")


def test_a_shelf_that_failed_to_open_is_not_left_locked(tmp_path):
    (tmp_path / "catalogue.sqlite").write_bytes(b"no database at all" * 100)

    for _ in range(2):
        with pytest.raises(ShelfError, match="cannot be used"):
            reopen(tmp_path)


@pytest.mark.parametrize(
    ("argv", "shown"),
    [
        (["/usr/bin/footnote", "add", "a.txt"], "footnote add a.txt"),
        (["footnote", "--api-key", "s3cret", "add"], "footnote --api-key *** add"),
        (["footnote", "--token=s3cret"], "footnote --token=***"),
        (["footnote", "https://me:s3cret@host/v1"], "footnote https://***@host/v1"),
        (["footnote", "add", "x" * 100], f"footnote add {'x' * 66}…"),
        ([], "python"),
    ],
)
def test_a_command_line_is_shown_short_and_without_secrets(argv, shown):
    assert presentable(argv) == shown

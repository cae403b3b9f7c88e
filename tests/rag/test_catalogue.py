"""The catalogue: which paper a record is, what merging makes of it, and who may see it when."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import PaperNotFoundError, ShelfError
from rag.loaders.identifiers import identify
from rag.store.catalogue import Catalogue
from rag.types import Paper, Passage, Published, Record, Scope, Span

PAGES = Path(__file__).parents[3] / "shared" / "pages"
TRACKER = Record(
    title="EchoTracker: Advancing Myocardial Point Tracking",
    abstract="Tissue tracking is hard. We track points.",
)


@pytest.fixture
def catalogue(tmp_path):
    opened = Catalogue(tmp_path / "catalogue.sqlite")
    yield opened
    opened.close()


def numbered(number, **fields):
    return replace(Record(title=f"Paper number {number}", abstract=f"Text {number}."), **fields)


def ready(catalogue, *records, source="a.jsonl"):
    staged = catalogue.stage(source, records)
    catalogue.mark_ready((item.paper, whole(item.paper)) for item in staged)
    return [item.paper.id for item in staged]


def whole(paper):
    return [Passage(f"{paper.id}#0", paper.id, paper.abstract, Span(0, len(paper.abstract)))]


def test_a_new_paper_is_pending_and_not_found_until_it_is_marked_ready(catalogue):
    (staged,) = catalogue.stage("a.jsonl", [TRACKER])

    assert staged.is_new
    assert catalogue.find() == []
    assert catalogue.papers([staged.paper.id]) == []
    assert catalogue.pending(10) == [staged.paper]

    catalogue.mark_ready([(staged.paper, whole(staged.paper))])

    assert catalogue.find() == [staged.paper]
    assert catalogue.passages([f"{staged.paper.id}#0"]) == whole(staged.paper)
    assert catalogue.pending(10) == []


def test_the_same_records_again_change_nothing(catalogue):
    ids = ready(catalogue, TRACKER, numbered(1), TRACKER)

    again = catalogue.stage("a.jsonl", [TRACKER, numbered(1), TRACKER])

    assert [item.paper.id for item in again] == ids
    assert not any(item.is_new or item.text_changed or item.metadata_changed for item in again)
    assert catalogue.pending(10) == []


@pytest.mark.skipif(not PAGES.is_dir(), reason="no saved pages here")
def test_the_saved_pages_again_change_nothing(catalogue):
    from rag.loaders import find_sources, load

    def add():
        for source in find_sources([str(PAGES)]):
            yield from catalogue.stage(source.name, [r for r in load(source) if type(r) is Record])

    first = list(add())
    again = list(add())

    assert len(first) == 829
    assert sum(item.is_new for item in first) == catalogue.statistics().papers == 807
    assert not any(item.is_new or item.text_changed or item.metadata_changed for item in again)


record_texts = st.sampled_from(["", "Short.", "A longer text.", "Another text of some length."])
records = st.builds(
    Record,
    title=st.sampled_from(["One", "Two", "ONE!", "Three", "∅"]),
    abstract=record_texts,
    authors=st.sampled_from([(), ("A. Author",), ("A. Author", "B. Author")]),
    upvotes=st.sampled_from([None, 1, 2]),
    identifiers=st.sampled_from(
        [
            (),
            (("arxiv", "2401.00001"),),
            (("doi", "10.1/a"),),
            (("doi", "10.1/b"), ("arxiv", "2401.00002")),
            (("id", "7"),),
            (("id", "8"),),
        ]
    ),
)
files = st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.lists(records)), max_size=4)


@settings(max_examples=30, deadline=None)
@given(files.filter(lambda given: len({source for source, _ in given}) == len(given)))
def test_any_files_added_again_change_nothing(tmp_path_factory, given_files):
    catalogue = Catalogue(tmp_path_factory.mktemp("any") / "catalogue.sqlite")
    for source, content in given_files:
        catalogue.stage(source, content)
    before = [catalogue.paper(name) for name in catalogue.pending_ids()]

    again = [item for source, content in given_files for item in catalogue.stage(source, content)]

    assert not any(item.is_new or item.text_changed or item.metadata_changed for item in again)
    assert [catalogue.paper(name) for name in catalogue.pending_ids()] == before
    catalogue.close()


def test_a_file_that_holds_a_paper_twice_is_stable_over_runs_of_several_calls(catalogue):
    poor, rich = TRACKER, replace(TRACKER, authors=("A. Author",), upvotes=3)

    for expected in (True, False, False):
        run = catalogue.new_run()
        staged = [
            item
            for batch in ([poor], [numbered(1)], [rich])
            for item in catalogue.stage("a.jsonl", batch, run=run)
        ]
        assert any(item.is_new or item.metadata_changed for item in staged) is expected

    assert catalogue.paper(staged[0].paper.id).authors == ("A. Author",)


def test_an_edited_text_takes_over_and_goes_back_when_the_edit_is_undone(catalogue):
    shorter = replace(TRACKER, abstract="We track.")
    (name,) = ready(catalogue, TRACKER)

    (edited,) = catalogue.stage("a.jsonl", [shorter])

    assert edited.text_changed
    assert not edited.is_new
    assert catalogue.papers([name]) == []

    (undone,) = catalogue.stage("a.jsonl", [TRACKER])

    assert undone.paper.abstract == TRACKER.abstract


def test_the_source_that_changed_last_gives_the_text(catalogue):
    second = replace(TRACKER, abstract="A second version.")
    ready(catalogue, TRACKER, source="first")
    ready(catalogue, second, source="second")

    catalogue.stage("first", [TRACKER])
    (paper,) = catalogue.find()

    assert paper.abstract == "A second version."
    assert paper.sources == ("first", "second")

    (staged,) = catalogue.stage("first", [replace(TRACKER, abstract="A third version.")])

    assert staged.paper.abstract == "A third version."


def test_a_record_without_an_abstract_takes_no_text_away(catalogue):
    ready(catalogue, TRACKER, source="first")

    (staged,) = catalogue.stage("second", [replace(TRACKER, abstract="")])

    assert staged.paper.abstract == TRACKER.abstract
    assert not staged.text_changed


def test_richer_metadata_of_another_source_applies_at_once(catalogue):
    (name,) = ready(catalogue, replace(TRACKER, upvotes=5, published=Published(2024, 6)))
    richer = replace(
        TRACKER,
        authors=("A. Author", "B. Author"),
        author_count=2,
        organization="Amazon",
        published=Published(2024, 6, 4),
        upvotes=3,
        url="https://example.org/paper",
        identifiers=(("doi", "10.1/a"),),
    )

    (staged,) = catalogue.stage("b.jsonl", [richer])

    assert staged.metadata_changed
    assert not staged.text_changed
    assert catalogue.papers([name]) == [
        Paper(
            id=name,
            title=TRACKER.title,
            abstract=TRACKER.abstract,
            authors=("A. Author", "B. Author"),
            author_count=2,
            organization="Amazon",
            published=Published(2024, 6, 4),
            upvotes=5,
            url="https://example.org/paper",
            identifiers=(("doi", "10.1/a"),),
            sources=("a.jsonl", "b.jsonl"),
        )
    ]
    assert [paper.id for paper in catalogue.renamed()] == [name]


def known_as(scheme, value, **fields):
    return numbered(9, identifiers=((scheme, value),), **fields)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(numbered(9), numbered(9, title="PAPER number-\uff19"), True, id="title"),
        pytest.param(numbered(9), numbered(8), False, id="no-title"),
        pytest.param(
            known_as("doi", "10.1/A"),
            known_as("doi", "https://doi.org/10.1/a", title="Else"),
            True,
            id="doi",
        ),
        pytest.param(
            known_as("arxiv", "2406.01234v2"),
            known_as("arxiv", "arXiv:2406.01234", title="Else"),
            True,
            id="arxiv",
        ),
        pytest.param(
            known_as("arxiv", "2406.01234"),
            known_as("doi", "10.48550/arXiv.2406.01234", title="Else"),
            True,
            id="arxiv-as-doi",
        ),
        pytest.param(
            known_as("pmid", "123"), known_as("pmid", "PMID: 0123", title="Else"), True, id="pmid"
        ),
        pytest.param(known_as("doi", "10.1/a"), known_as("doi", "10.1/b"), False, id="two-dois"),
        pytest.param(
            known_as("doi", "10.1/a"), known_as("arxiv", "2406.01234"), True, id="two-schemes"
        ),
        pytest.param(known_as("id", "1"), known_as("id", "2"), True, id="numbers-of-two-sources"),
        pytest.param(known_as("isbn", "1"), known_as("isbn", "2"), True, id="unknown-scheme"),
        pytest.param(numbered(9, title="!"), numbered(9, title="?"), True, id="no-letters"),
        pytest.param(
            numbered(9, title="!"), numbered(8, title="?"), False, id="no-letters-other-text"
        ),
    ],
)
def test_records_are_of_one_paper_when_identifiers_or_titles_agree(catalogue, one, other, same):
    (first,) = catalogue.stage("one", [one])

    (second,) = catalogue.stage("other", [other])

    assert (first.paper.id == second.paper.id) is same


def test_numbers_of_one_source_tell_papers_of_one_title_apart(catalogue):
    one, other = (replace(TRACKER, identifiers=(("id", number),)) for number in "12")

    staged = catalogue.stage("corpus", [one, other, one])

    assert [item.is_new for item in staged] == [True, True, False]
    assert staged[1].paper.id == f"{staged[0].paper.id}-2"


def test_ids_are_the_arxiv_id_or_made_of_the_title(catalogue):
    old, new = (("arxiv", "hep-th/9901001v3"),), (("arxiv", "2406.01234v2"),)
    staged = catalogue.stage(
        "a",
        [
            TRACKER,
            numbered(1, identifiers=new),
            numbered(2, identifiers=old),
            numbered(3, title="Über Don't-Knows: 学习"),
            numbered(4, title="学习"),
        ],
    )

    assert [item.paper.id for item in staged] == [
        "echotracker-advancing-myocardial-ff7c22",
        "2406.01234",
        "hep-th-9901001",
        "uber-dont-knows-43fb62",
        "paper-2118cb",
    ]


def test_an_id_stays_when_an_arxiv_id_becomes_known(catalogue):
    (name,) = ready(catalogue, TRACKER)

    (staged,) = catalogue.stage("b", [replace(TRACKER, identifiers=(("arxiv", "2406.01234"),))])

    assert staged.paper.id == name
    assert catalogue.resolve("arXiv:2406.01234").id == name


def test_a_record_that_shows_two_papers_to_be_one_joins_them(catalogue):
    preprint = numbered(1, title="Preprint", identifiers=(("arxiv", "2406.01234"),), upvotes=4)
    article = numbered(2, title="Article", identifiers=(("doi", "10.1/a"),))
    older, newer = ready(catalogue, preprint, article)
    both = replace(preprint, identifiers=(("doi", "10.1/a"), ("arxiv", "2406.01234")))

    (staged,) = catalogue.stage("c", [both])

    assert staged.paper.id == older
    assert staged.paper.upvotes == 4
    assert catalogue.removing() == [newer]
    assert catalogue.paper(newer).id == catalogue.resolve(newer).id == older
    assert catalogue.statistics().papers == 1
    assert not any(item.text_changed for item in catalogue.stage("a.jsonl", [preprint, article]))


def test_text_that_changed_while_it_was_indexed_stays_pending(catalogue):
    (staged,) = catalogue.stage("a", [TRACKER])
    catalogue.stage("a", [replace(TRACKER, abstract="Another text.")])

    assert catalogue.mark_ready([(staged.paper, whole(staged.paper))]) == []
    assert catalogue.find() == []


def test_a_removed_paper_is_gone_at_once_and_comes_back_under_its_id(catalogue):
    (name,) = ready(catalogue, TRACKER)

    assert catalogue.begin_removal([name, "unknown"]) == [name]

    assert catalogue.find() == catalogue.papers([name]) == catalogue.passages([f"{name}#0"]) == []
    assert catalogue.removing() == [name]
    with pytest.raises(PaperNotFoundError):
        catalogue.paper(name)

    catalogue.finish_removal([name])
    (staged,) = catalogue.stage("a.jsonl", [TRACKER])

    assert staged.is_new
    assert staged.paper.id == name


def test_a_paper_added_again_before_its_removal_ended_survives_it(catalogue):
    (name,) = ready(catalogue, TRACKER)
    catalogue.begin_removal([name])

    catalogue.stage("a.jsonl", [TRACKER])
    catalogue.finish_removal([name])

    assert catalogue.pending_ids() == [name]


DATED = {
    "y2024": Published(2024),
    "m2025": Published(2025, 3),
    "d2025": Published(2025, 3, 15),
    "y2026": Published(2026),
    "june": Published(None, 6, 4),
    "none": None,
}


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ((2025,), (2025,), "m2025 d2025"),
        ((2024,), None, "y2024 m2025 d2025 y2026"),
        (None, (2025,), "y2024 m2025 d2025"),
        ((2025, 3), (2025, 3), "m2025 d2025"),
        ((2025, 4), None, "y2026"),
        ((2024, 5), None, "m2025 d2025 y2026"),
        (None, (2025, 2), "y2024"),
        ((2025, 3, 15), None, "d2025 y2026"),
        ((2025, 3, 1), None, "d2025 y2026"),
        (None, (2025, 3, 15), "y2024 d2025"),
        (None, (2025, 3, 14), "y2024"),
        ((None, 6), (None, 6), "june"),
        ((None, 3), (None, 6), "m2025 d2025 june"),
        ((2025, None, 9), None, "m2025 d2025 y2026"),
    ],
)
def test_dates_bound_only_papers_that_surely_lie_within(catalogue, since, until, expected):
    ready(catalogue, *(numbered(name, published=date) for name, date in DATED.items()))
    scope = Scope(
        since=since and Published(*since),
        until=until and Published(*until),
    )

    found = {paper.title.removeprefix("Paper number ") for paper in catalogue.find(scope)}

    assert found == set(expected.split())
    assert catalogue.matching_ids(scope) == {paper.id for paper in catalogue.find(scope)}
    assert catalogue.count(scope) == len(found)


def test_organisations_and_sources_are_matched_without_case(catalogue):
    ready(catalogue, numbered(1, organization="Meta AI"), numbered(2), source="pages/001.txt")
    ready(catalogue, numbered(3, organization="metall"), source="pages/2001.txt")

    def found(**scope):
        return [paper.title[-1] for paper in catalogue.find(Scope(**scope))]

    assert found(organization="meta") == ["1", "3"]
    assert found(organization="META  ai") == ["1"]
    assert found(organization="%") == []
    assert found(source="001.TXT") == ["1", "2"]
    assert found(source="001") == ["1", "2", "3"]
    assert found(source="pages/2001.txt") == ["3"]
    assert found(source="elsewhere") == []
    assert found(organization="meta", source="2001") == ["3"]


def test_a_scope_may_name_any_number_of_papers(catalogue):
    ids = ready(catalogue, *map(numbered, range(20)))
    scope = Scope(paper_ids=(*ids[3:5], *(f"unknown-{number}" for number in range(50_000))))

    assert catalogue.matching_ids(scope) == set(ids[3:5])
    assert catalogue.matching_ids(Scope()) is None
    assert catalogue.papers([ids[4], "unknown", ids[3]])[0].id == ids[4]


def test_papers_are_sorted_and_cut(catalogue):
    ready(
        catalogue,
        numbered(1, title="B", upvotes=1),
        numbered(2, title="C", published=Published(2024)),
        numbered(3, title="A", upvotes=7, published=Published(2025, 1)),
    )

    def titles(**order):
        return "".join(paper.title for paper in catalogue.find(**order))

    assert titles() == "BCA"
    assert titles(sort="title") == "ABC"
    assert titles(sort="upvotes") == "ABC"
    assert titles(sort="published") == "ACB"
    assert titles(sort="title", limit=1, offset=1) == "B"


@pytest.mark.parametrize(
    "typed",
    [
        "2406.01234",
        " 2406.01 ",
        "arXiv:2406.01234v3",
        "https://arxiv.org/abs/2406.01234",
        "10.1/X",
        "a rare TITLE",
    ],
)
def test_a_paper_is_known_by_what_people_type(catalogue, typed):
    known = (("arxiv", "2406.01234"), ("doi", "10.1/x"))
    catalogue.stage("a", [numbered(1, title="A rare title", identifiers=known), TRACKER])

    assert catalogue.resolve(typed).id == "2406.01234"


@pytest.mark.parametrize(
    ("known", "typed"),
    [
        (("arxiv", "2406.01234"), "https://huggingface.co/papers/2406.01234"),
        (("arxiv", "math/0309136"), "arXiv:math.GT/0309136v2"),
        (("doi", "10.1000/x"), "https://www.doi.org/10.1000/X."),
        (("pmid", "12345"), "https://pubmed.ncbi.nlm.nih.gov/12345/"),
    ],
)
def test_what_a_source_may_write_a_person_may_type(catalogue, known, typed):
    catalogue.stage("a", [numbered(1, identifiers=(known,))])

    assert identify([(known[0], typed)]) == (known,)
    assert catalogue.resolve(typed).title == "Paper number 1"


def test_what_is_not_known_names_papers_that_come_close(catalogue):
    catalogue.stage("a", [TRACKER, numbered(1), numbered(2)])

    with pytest.raises(PaperNotFoundError, match=r"Did you mean: echotracker-adv.*EchoTracker: "):
        catalogue.resolve("ecotracker")
    with pytest.raises(PaperNotFoundError, match=r"fits 2 papers \(paper-number-1-.*whole id"):
        catalogue.resolve("paper-number")
    with pytest.raises(PaperNotFoundError, match=r"is called 'zzz'\.$"):
        catalogue.resolve("zzz")


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_resolved_or_politely_not_found(tmp_path_factory, text):
    catalogue = Catalogue(tmp_path_factory.mktemp("any") / "catalogue.sqlite")
    catalogue.stage("a", [TRACKER])

    with suppress(PaperNotFoundError):
        assert catalogue.resolve(text).title == TRACKER.title

    catalogue.close()


def test_statistics_count_what_there_is(catalogue):
    dated = numbered(1, published=Published(2025), organization="Amazon")
    ready(catalogue, dated, TRACKER, source="one")
    catalogue.stage("two", [dated, numbered(2, organization="AMAZON")])

    statistics = catalogue.statistics()

    assert (statistics.papers, statistics.pending) == (3, 1)
    assert (statistics.records, statistics.passages) == (4, 2)
    assert statistics.by_source == (("one", 2), ("two", 2))
    assert statistics.by_year == ((2025, 1), (None, 2))
    assert statistics.by_organization == (("AMAZON", 2),)


def test_half_a_surrogate_pair_is_stored_as_a_question_mark(catalogue):
    (staged,) = catalogue.stage("a", [replace(TRACKER, abstract="A \ud83d half.")])

    assert staged.paper.abstract == "A ? half."


def test_threads_read_while_one_stages(catalogue):
    ids = ready(catalogue, *map(numbered, range(50)))

    def read(_):
        return len(catalogue.papers(ids)), len(catalogue.matching_ids(Scope(source="a.jsonl")))

    with ThreadPoolExecutor(8) as threads:
        reads = threads.map(read, range(100))
        for number in range(20):
            catalogue.stage("b", [numbered(f"b{number}-{n}") for n in range(20)])

    assert set(reads) == {(50, 50)}


def test_a_catalogue_of_a_newer_footnote_is_refused(tmp_path):
    path = tmp_path / "catalogue.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()

    with pytest.raises(ShelfError, match=r"newer Footnote \(schema 99"):
        Catalogue(path)


def test_a_file_that_is_no_catalogue_is_named(tmp_path):
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(b"not a database, but long enough to be taken for one" * 100)

    with pytest.raises(
        ShelfError, match=r"catalogue\.sqlite cannot be used: file is not a database"
    ):
        Catalogue(path)

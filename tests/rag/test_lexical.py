"""The lexical index: any text is words, filters are hard, and what was replaced is found."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.store.damage import DamagedIndexError, erase
from rag.store.lexical import Boosts, LexicalIndex
from rag.types import Paper

PAPERS = (
    Paper("tracker", "EchoTracker", "Tracks points of the heart muscle."),
    Paper("heart", "A heart model", "Models of models, modelled.", organization="Amazon"),
    Paper("named", "Attention", "A network without recurrence.", authors=("Ada Müller-Vaswani",)),
)


@pytest.fixture
def index(tmp_path):
    opened = LexicalIndex(tmp_path / "lexical", str)
    opened.replace(PAPERS)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    opened = LexicalIndex(tmp_path_factory.mktemp("many") / "lexical", str)
    opened.replace(
        [Paper(f"p{number}", f"Paper {number}", "Common " * number) for number in range(500)]
    )
    yield opened
    opened.close()


def found(index, text, **options):
    return [name for name, _ in index.search(text, 10, **options)]


def test_papers_are_found_by_stems_best_first(index):
    hits = index.search("modelling the hearts", 10)

    assert [name for name, _ in hits] == ["heart", "tracker"]
    assert hits[0][1] > hits[1][1] > 0


def test_papers_are_found_by_their_authors_and_organisation(index):
    assert found(index, "what did muller write?") == ["named"]
    assert found(index, "AMAZON") == ["heart"]


def test_a_field_weighs_what_its_boost_says(tmp_path):
    index = LexicalIndex(tmp_path / "lexical", str, boosts=Boosts(title=0.1, names=0.0))
    index.replace(
        [Paper("title", "heart", "of it"), Paper("abstract", "of it", "heart"), PAPERS[2]]
    )

    assert found(index, "heart") == ["abstract", "title"]
    assert found(index, "Vaswani") == []
    index.close()


def test_texts_and_questions_are_analysed_alike(tmp_path):
    index = LexicalIndex(tmp_path / "lexical", lambda text: text.replace("Tracker", " tracker"))
    index.replace(PAPERS)

    assert found(index, "tracker") == found(index, "EchoTracker") == ["tracker"]
    index.close()


@pytest.mark.parametrize(
    "text",
    ['"heart', "heart AND", "title:heart", "heart^2 ~ * ?", "+heart -muscle", "(heart", "[heart TO",
     "💓 heart", "heart\x00", "\\heart\\", "NOT heart", "*:* heart", "heart~9"],
)  # fmt: skip
def test_syntax_is_read_as_words(index, text):
    assert {"heart", "tracker"} == set(found(index, text)) - {"named"}


@pytest.mark.parametrize("text", ["", "   ", "💓", "!?", "x" * 100_000])
def test_text_without_a_known_word_finds_nothing(index, text):
    assert found(index, text) == []


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(max_size=200))
def test_any_text_is_searched_without_an_error(many, text):
    assert len(many.search(text, 5)) <= 5


def test_a_pasted_document_is_searched(many):
    text = " ".join(f"word{number}" for number in range(20_000)) + " common"

    assert many.search(text, 5, among={"p7"}) in ([], many.search("common", 5, among={"p7"}))


@pytest.mark.parametrize("size", [0, 1, 7, 300])
def test_nothing_outside_the_filter_is_found(many, size):
    among = {f"p{number * 31 % 500}" for number in range(size)} | {"unknown"}

    hits = many.search("common paper", 20, among=among)

    assert {name for name, _ in hits} <= among
    assert len(hits) == min(20, size)
    everything = many.search("common paper", 500)
    assert hits == [hit for hit in everything if hit[0] in among][:20]


def test_a_filter_of_many_thousands_is_as_hard(many):
    among = {f"p{number}" for number in range(100, 50_000)}

    hits = many.search("common", 300, among=among)

    assert hits == [hit for hit in many.search("common", 500) if hit[0] in among][:300]


def test_replaced_papers_are_found_by_their_new_words_only(index):
    index.replace([Paper("tracker", "Renamed", "Nothing else.")])

    assert found(index, "EchoTracker") == []
    assert found(index, "renamed") == ["tracker"]
    assert index.ids() == {"tracker", "heart", "named"}


def test_deleted_papers_are_gone(index):
    index.delete(["tracker", "unknown"])

    assert found(index, "EchoTracker") == []
    assert index.ids() == {"heart", "named"}


def test_what_was_replaced_is_there_after_reopening(index, tmp_path):
    index.close()

    reopened = LexicalIndex(tmp_path / "lexical", str)

    assert reopened.ids() == {"tracker", "heart", "named"}
    reopened.close()


def test_many_small_changes_leave_few_files(tmp_path):
    index = LexicalIndex(tmp_path / "lexical", str)
    for number in range(40):
        index.replace([Paper(f"p{number}", "Title", "Text")])
    index.close()

    assert len(list((tmp_path / "lexical").iterdir())) < 120
    reopened = LexicalIndex(tmp_path / "lexical", str)
    assert len(reopened.ids()) == 40
    reopened.close()


@pytest.mark.parametrize("victim", ["meta.json", "*.store", "*.term", "*.idx"])
@pytest.mark.parametrize("harm", ["delete", "truncate", "empty"])
def test_a_damaged_index_says_so_and_can_be_erased(index, tmp_path, victim, harm):
    path = tmp_path / "lexical"
    index.close()
    for file in path.glob(victim):
        if harm == "delete":
            file.unlink()
        else:
            content = file.read_bytes()
            file.write_bytes(content[: len(content) // 2] if harm == "truncate" else b"")

    def read():
        damaged = LexicalIndex(path, str)
        if damaged.ids() != {"tracker", "heart", "named"}:
            raise DamagedIndexError("papers are missing")
        damaged.search("heart", 3)

    with pytest.raises(DamagedIndexError):
        read()

    erase(path)
    rebuilt = LexicalIndex(path, str)
    rebuilt.replace(PAPERS)

    assert found(rebuilt, "EchoTracker") == ["tracker"]
    rebuilt.close()

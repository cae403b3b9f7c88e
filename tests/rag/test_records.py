"""Questions that the catalogue answers: what is said, what is cited, and why nothing is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from catalogued import Answerer, shelve

from rag.answering.asked import Asked
from rag.answering.outcome import Piece
from rag.answering.record_answer import stated
from rag.answering.record_question import RecordQuestion
from rag.answering.record_scope import narrowed
from rag.answering.records import Records
from rag.store.catalogue import Catalogue
from rag.types import Paper, Published, Range, Record, Refusal, Scope

PRUNING = "Pruning removes weights. We present a pruning method."
BASE = Record("", "It says a thing about networks.")
RECORDS = [
    replace(BASE, title="Alpha", abstract=PRUNING, published=Published(2025, 10, 24), upvotes=4,
            author_count=3, organization="Qualcomm"),
    replace(BASE, title="Beta", abstract=PRUNING, published=Published(2025, 3), upvotes=2),
    replace(BASE, title="Gamma: A Long Name", published=Published(2025, 10, 6), upvotes=4,
            authors=("Ann [7] Lee", "Bo Ek")),
    replace(BASE, title="Delta", published=Published(None, 10, 8)),
    replace(BASE, title="Epsilon", published=Published(2025)),
    replace(BASE, title="Zeta", author_count=1),
    replace(BASE, title="Eta", published=Published(2014, 1)),
]  # fmt: skip


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    catalogue = Catalogue(tmp_path_factory.mktemp("records") / "catalogue.sqlite")
    shelve(catalogue, "pages/003_of_five.txt", RECORDS[:3])
    shelve(catalogue, "refs.bib", RECORDS[3:])
    yield Answerer(catalogue)
    catalogue.close()


def test_a_month_lists_its_papers_and_apart_from_them_those_that_may_be_of_it(ask):
    said = ask("Which papers are from October 2025?")

    assert said.text.startswith("2 papers on this shelf are from October 2025:")
    assert said.cited == ["Alpha", "Gamma: A Long Name", "Epsilon", "Delta"]
    surely, _, doubtful = said.text.partition("\n\n2 more papers are dated less exactly")
    assert "October 24, 2025 [1]" in surely
    assert "published 2025 [3]" in doubtful
    assert "October 8 (no year given) [4]" in doubtful
    assert said.text.endswith("1 paper on this shelf gives no date.")


def test_a_year_names_only_the_number_of_dates_without_a_year(ask):
    said = ask("How many papers are from 2025?")

    assert said.text.startswith("4 papers on this shelf are from 2025:")
    assert "1 more paper is dated without a year and may belong here." in said.text
    assert "Delta" not in said.cited
    assert "Delta" in said.hits


def test_a_relative_date_says_which_day_it_was_reckoned_from(ask):
    said = ask("papers from this year")

    assert "from 2026 for certain (seen from November 25, 2026)." in said.text
    assert said.cited == ["Delta"]


def test_a_time_of_which_nothing_is_known_is_refused_with_the_dates_that_there_are(ask):
    said = ask("Which papers are from 1999?")

    assert said.refusal.kind == "not-on-shelf"
    assert "is from 1999" in said.text
    assert "dates run from January 2014 to October 24, 2025" in said.text


def test_papers_that_share_the_first_place_are_all_named_and_the_silent_counted(ask):
    said = ask("most upvoted papers")

    assert said.cited == ["Alpha", "Gamma: A Long Name"]
    assert said.text.startswith("Most upvoted on this shelf:")
    assert "4 upvotes [2]" in said.text
    assert said.text.endswith("4 papers on this shelf give no upvotes.")


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("the newest paper", ["Alpha", "Delta"]),
        ("the two newest papers", ["Alpha", "Gamma: A Long Name", "Delta"]),
        ("oldest paper", ["Eta"]),
        ("least upvoted paper", ["Beta"]),
        ("which paper has the fewest authors", ["Zeta"]),
        ("top 3 by upvotes", ["Alpha", "Gamma: A Long Name", "Beta"]),
        ("most upvoted paper on pruning", ["Alpha"]),
        ("papers with at least 3 upvotes", ["Alpha", "Gamma: A Long Name"]),
        ("papers with exactly 2 authors", ["Gamma: A Long Name"]),
        ("which papers on pruning are from 2025?", ["Alpha", "Beta"]),
        ("papers by Ann Lee", ["Gamma: A Long Name"]),
        ("what came from qualcomm", ["Alpha"]),
        ("which papers have no date", ["Zeta"]),
        ("papers dated without a year", ["Delta"]),
        ("which papers are on page 3", ["Alpha", "Gamma: A Long Name", "Beta"]),
        ("which papers on page 003 are from March 2025", ["Beta"]),
        ("what is in refs.bib?", ["Epsilon", "Eta", "Delta", "Zeta"]),
        ("which organisations are on the shelf?", ["Alpha"]),
        ("how many papers per year", ["Alpha", "Eta"]),
        ("which sources are there?", ["Alpha", "Epsilon"]),
        ("is Alpha newer than Beta?", ["Alpha", "Beta"]),
        ("when was Gamma published and who wrote it", ["Gamma: A Long Name"]),
    ],
)
def test_the_papers_asked_for_are_cited_in_their_order(ask, question, titles):
    assert ask(question).cited == titles


def test_the_whole_shelf_is_counted_and_begun_with_the_newest(ask):
    said = ask("how many papers are on the shelf?")

    assert said.text.startswith("7 papers are on this shelf, newest first:")
    assert len(said.cited) == len(said.hits) == 7


def test_one_paper_gives_the_fields_asked_for_and_names_the_missing(ask):
    said = ask("When was Alpha published, who wrote it and what is its url?".replace(
        ", who wrote it and what is its url", " and how many upvotes does it have"))  # fmt: skip
    lacking = ask("when was Beta published and by how many authors")

    assert "**Alpha**: published October 24, 2025; 4 upvotes. [1]" in said.text
    assert lacking.text.endswith("Its record gives no authors.")


def test_two_papers_are_compared_only_where_their_dates_decide(ask):
    assert ask("is Alpha older than Beta?").text.startswith("“Alpha” is newer than “Beta”:")
    assert "lack the parts" in ask("which is older, Alpha or Epsilon?").text
    assert ask("which has more upvotes, Beta or Alpha?").text.startswith(
        "“Alpha” has more upvotes than “Beta”"
    )
    assert "“Zeta” gives no date" in ask("is Zeta newer than Alpha?").text


@pytest.mark.parametrize(
    ("question", "kind", "said"),
    [
        ("what came from Google?", "not-on-shelf", "names Google as its organisation; 1 of 7"),
        ("anything by Hinton?", "not-on-shelf", "is by Hinton"),
        ("papers with more than 20 authors", "not-on-shelf", "the most is 3"),
        ("papers with 10 or more upvotes", "not-on-shelf", "the most is 4"),
        ("what's on the October page?", "not-on-shelf", "the sources are"),
        ("papers about astronomy from 2025", "not-on-shelf", "about “astronomy” and is from 2025"),
        ("average number of upvotes", "not-on-shelf", "Averages"),
        ("when was Omega published?", "not-on-shelf", "called “Omega”"),
        ("which lab made Beta?", "not-in-abstract", "gives no organisation"),
        ("when was Zeta published?", "not-in-abstract", "gives no date"),
        ("most upvoted paper from 2014", "not-in-abstract", "gives upvotes in its record"),
    ],
)
def test_what_the_record_does_not_have_is_refused_by_name(ask, question, kind, said):
    answer = ask(question)

    assert answer.refusal.kind == kind
    assert said in answer.text
    assert answer.text.endswith(".")


def test_a_condition_too_many_is_refused_with_the_papers_on_the_subject(ask):
    said = ask("papers about pruning from 2014")

    assert [paper.title for paper in said.refusal.nearest] == ["Alpha", "Beta"]


def test_a_long_list_says_how_many_more_there_are_and_how_to_see_them(tmp_path):
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    many = [
        replace(BASE, title=f"Paper {n}", published=Published(2024, 5, n)) for n in range(1, 21)
    ]
    shelve(catalogue, "many.jsonl", many)

    said = Answerer(catalogue)("papers since May 2024")
    catalogue.close()

    assert len(said.cited) == 12
    assert len(said.hits) == 20
    assert "… and 8 more (`footnote papers --since 2024-05` lists all)." in said.text


def test_an_empty_shelf_says_so(tmp_path):
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")

    said = Answerer(catalogue)("which papers are from 2024?")
    catalogue.close()

    assert said.refusal.kind == "empty-shelf"


def test_the_scope_that_was_set_holds_for_the_record_too(ask):
    assert ask("what's the newest paper?", Scope(source="refs.bib")).cited == ["Epsilon", "Delta"]
    assert ask("most upvoted paper", Scope(until=Published(2025, 9))).cited == ["Beta"]
    assert ask("what came from Qualcomm?", Scope(organization="Amazon")).refusal


def test_two_scopes_leave_what_is_within_both():
    question = RecordQuestion(
        "list",
        Scope(since=Published(2024), author_count=Range(2, 9), organization="Stanford AI"),
    )
    scope = Scope(since=Published(2023, 5), author_count=Range(4), organization="stanford")

    assert narrowed(scope, question) == Scope(
        since=Published(2024), author_count=Range(4, 9), organization="Stanford AI"
    )


def test_a_question_about_what_papers_say_is_not_taken_for_the_record(ask):
    question = "How much did accuracy improve since 2023?"

    assert ask.records.parse(Asked(question, question)) is None


def test_names_that_look_like_markers_are_not_markers(ask):
    paper = Paper("1", "A [3] Title", "It says.", authors=("Ann [7] Lee",))

    (piece,) = stated(RecordQuestion("state", fields=("authors",)), paper)

    assert isinstance(piece, Piece)
    assert "[7]" not in piece.text
    assert "[3]" not in piece.text


def test_what_a_record_lacks_is_refused_by_name():
    question = RecordQuestion("state", fields=("published",), topic="paper")

    assert isinstance(stated(question, Paper("1", "A", "It says.")), Refusal)


def test_the_shelf_is_asked_for_its_authors_only_where_a_name_may_stand(ask):
    class Counting:
        def __init__(self):
            self.finds = 0

        def organizations(self):
            return []

        def find(self, scope, *, sort, limit):
            self.finds += 1
            return []

    library = Counting()
    records = Records(library, None)

    records.parse(Asked("How does FlashAttention save memory?", ""))
    records.parse(Asked("x", "Which method wins by a factor of two on ImageNet?"))

    assert library.finds <= 1

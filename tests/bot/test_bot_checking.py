"""Which sentences of a message are checked, and which paper counts."""

import pytest

from rag.types import Hit, Paper, Passage, Scope, Span, Verdict
from ui.bot.checking import MOST, Checked, ShelfChecker, statements

ONE, TWO = Paper("1", "One", "One."), Paper("2", "Two", "Two.")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Tides rise twice a day. Is it so? Yes. No they do not.", 2),
        ("- Tides rise twice a day\n2. They fall twice a day", 2),
        ("Hello there", 0),
        ("", 0),
    ],
)
def test_only_what_claims_something_is_checked(text, found):
    assert len(statements(text)) == found


def test_list_marks_are_no_part_of_a_sentence():
    assert statements("• Tides rise twice a day.") == ["Tides rise twice a day."]


class Search:
    def __init__(self, *papers):
        self.papers, self.scopes = papers, []

    async def search(self, question, *, scope=Scope(), limit=10):
        self.scopes.append(scope)
        return [Hit(one, Passage("p", one.id, "", Span(0, 0)), 1.0) for one in self.papers]


class Verifier:
    def __init__(self, **labels):
        self.labels = labels

    def check(self, sentence, papers):
        return [Verdict(*self.labels[one.title]) for one in papers]


@pytest.mark.parametrize(
    ("one", "two", "best"),
    [
        (("weak", (), None, 0.9), ("supported", (), None, 0.6), TWO),
        (("supported", (), None, 0.9), ("supported", (), None, 0.6), ONE),
        (("unsupported", (), None, 0.1), ("unsupported", (), None, 0.2), TWO),
    ],
)
async def test_the_paper_that_supports_a_sentence_best_counts(one, two, best):
    scope, search = Scope(source="x"), Search(ONE, TWO)
    (checked,) = await ShelfChecker(search, Verifier(One=one, Two=two)).check(
        "Tides rise twice a day.", scope
    )

    assert checked.paper == best
    assert search.scopes == [scope]


async def test_a_sentence_that_no_paper_is_near_to_has_no_verdict():
    (checked,) = await ShelfChecker(Search(), Verifier()).check("Tides rise twice a day.")

    assert checked == Checked("Tides rise twice a day.")


async def test_a_long_message_is_checked_in_its_beginning():
    found = await ShelfChecker(Search(), Verifier()).check("Tides rise twice a day. " * 30)

    assert len(found) == MOST

"""A conversation is read as questions with answers, and answers for the papers they name."""

from hypothesis import given
from hypothesis import strategies as st

from rag.answering.exchanges import MOST_EXCHANGES, Exchange, exchanges
from rag.types import Turn

TURNS = st.builds(Turn, st.sampled_from(["user", "assistant"]), st.text(max_size=60))


def test_titles_in_bold_are_the_papers_of_an_answer():
    one = Exchange("Which?", "- **Otters: a Study**: They swim.\n- **Owls**: They **really** fly.")

    assert one.titles[:2] == ("Otters: a Study", "Owls")


def test_a_refusal_names_its_paper_in_quotation_marks():
    assert Exchange("?", "The nearest paper is “Owls of the North”, but.").titles == (
        "Owls of the North",
    )


def test_a_quoted_term_is_no_title():
    assert Exchange("?", 'They call it "deep fusion" there.').titles == ()


def test_questions_and_answers_are_paired_without_markers():
    turns = [
        Turn("assistant", "Welcome back [1]."),
        Turn("user", "How?"),
        Turn("user", "Why?"),
        Turn("assistant", "Because [1, 2]."),
    ]

    assert exchanges(turns) == [
        Exchange("", "Welcome back."),
        Exchange("How?"),
        Exchange("Why?", "Because."),
    ]


def test_small_talk_is_left_out():
    assert exchanges([Turn("user", "thanks!"), Turn("assistant", "You are welcome.")]) == []


@given(st.lists(TURNS, max_size=30))
def test_no_history_is_too_odd(history):
    found = exchanges(history)

    assert len(found) <= MOST_EXCHANGES
    assert all(one.text and "\n" not in one.text for one in found)

"""A question that takes for granted what the abstract denies is corrected, and no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.abstracts import answer, refused
from rag.answering.asked import Asked
from rag.answering.denials import denials, denies, denies_use
from rag.answering.evidence import Evidence
from rag.answering.premise import contradicted, contradicting
from rag.language.sentences import sentences
from rag.types import Hit, Paper, Passage, Reading, Span

DENOISER = Paper(
    "fewer",
    "FastOtter [1]: Few-step sampling",
    "Sampling is slow. FastOtter needs fewer denoising steps than OtterDiff. "
    "It requires no extra training data. Curriculum ordering yields no measurable benefit.",
)
BEES = Paper("bees", "Bees", "Bees fly.")


def evidence(paper, *, found=0.8, answerable=4.0):
    spans = tuple(sentences(paper.abstract))
    reading = Reading(answerable, answerable, (answerable,) * len(spans))
    hit = Hit(paper, Passage("x#0", paper.id, paper.abstract, Span(0, 1)), found)
    return Evidence(hit, reading)


def corrected(text, *papers):
    return contradicted(Asked(text, text), [evidence(paper) for paper in papers or (DENOISER,)])


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Why does FastOtter need more denoising steps than OtterDiff?", "FastOtter needs fewer"),
        ("How much extra training data does FastOtter require?", "It requires no extra"),
        ("Why does curriculum ordering help so much?", "Curriculum ordering yields no"),
    ],
)
def test_a_false_premise_is_corrected_in_the_words_of_the_abstract(question, sentence):
    refusal = corrected(question, DENOISER, BEES)

    assert refusal.kind == "false-premise"
    assert f"“FastOtter (1): Few-step sampling” says otherwise: “{sentence}" in refusal.reason
    assert refusal.nearest == (DENOISER, BEES)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (
            "why did linear interpolation beat the deep networks on lakes?",
            "Deep learning models outperformed linear interpolation.",
        ),
        (
            "why do decoders scale better than encoders?",
            "Encoders scale better than decoders, as we show.",
        ),
        (
            "How come audits underestimate the bias of hiring tools?",
            "We find that audits overestimate the bias of hiring tools.",
        ),
        (
            "By what factor does QueryCut reduce the key and value heads?",
            "Instead of reducing key and value heads, QueryCut reduces query heads.",
        ),
        (
            "What data was BitEdit fine-tuned on?",
            "BitEdit is a training-free editor.",
        ),
        (
            "How does the loss pick its positive pairs?",
            "The loss does not use positive sample pairs.",
        ),
        (
            "Why does it have to keep the mask generator at inference?",
            "A mask generator, discarded at inference, aligns text and masks.",
        ),
    ],
)
def test_what_is_denied_is_recognised_in_several_wordings(question, sentence):
    assert contradicting(question, ["Otters swim.", sentence]) == 1


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Does FastOtter need more steps than OtterDiff?", "FastOtter needs fewer steps."),
        ("Why does FastOtter need fewer steps than others?", "FastOtter needs fewer steps."),
        ("How does it work without training data?", "It requires no training data."),
        ("Why can't robots be quick and precise?", "Robots are slow and imprecise."),
        ("How many otters are there?", "There are few otters."),
        ("How much faster is FastOtter?", "OtterDiff is slower than FastOtter."),
        ("How does FastOtter train on noisy labels?", "Features are learned without labels."),
        ("How are LiDAR pseudo-labels made?", "They learn features without labels."),
        ("why did FastOtter beat OtterDiff?", "FastOtter outperforms OtterDiff."),
        ("why was OtterDiff outperformed by FastOtter?", "FastOtter outperforms OtterDiff."),
        ("Why does curriculum ordering matter?", "Ordering yields no benefit for bees."),
        ("What is FastOtter?", "FastOtter is not new."),
        ("", "FastOtter needs fewer steps."),
    ],
)
def test_other_questions_are_let_be(question, sentence):
    assert contradicting(question, [sentence]) is None


def test_what_the_abstract_says_both_of_is_no_contradiction():
    question = "Why does dropout reduce the error of wide networks?"
    raises = "Dropout increases the error of wide networks at first."
    lowers = "Dropout reduces the error of wide networks in the end."

    assert contradicting(question, [raises]) == 0
    assert contradicting(question, [raises, lowers]) is None


def test_only_the_best_paper_corrects():
    assert corrected("How much extra training data does it require?", BEES, DENOISER) is None
    assert contradicted(Asked("why?", "why?"), []) is None


def test_a_question_for_several_papers_is_let_be():
    assert corrected("Which papers need more denoising steps, and why do they?") is None


def test_an_answer_becomes_a_correction():
    text = "Why does FastOtter need more denoising steps than OtterDiff?"

    outcome = answer(Asked(text, text), [evidence(DENOISER).hit], _Confident())

    assert outcome.refusal.kind == "false-premise"
    assert [piece.text for piece in outcome.said] == [outcome.refusal.reason]


class _Confident:
    """A judge that finds an answer in everything."""

    def read(self, _question, papers, sentences):
        return [
            Reading(5.0, 9.0, (9.0,) * len(spans))
            for _, spans in zip(papers, sentences, strict=True)
        ]


def test_a_correction_takes_the_place_of_an_abstract_that_does_not_say_it_alone():
    text = "Why does FastOtter need more denoising steps than OtterDiff?"
    weak = evidence(DENOISER, found=0.7, answerable=-6.0)
    foreign = evidence(DENOISER, found=0.1, answerable=-6.0)

    assert refused(Asked(text, text), [weak]).kind == "false-premise"
    assert refused(Asked(text, text), [foreign]).kind == "off-topic"
    assert refused(Asked(text, text), []).kind == "not-on-shelf"


def test_denials_name_what_is_not_there():
    assert list(denials("It works without any extra training or labels.")) == [
        frozenset({"train"}),
        frozenset({"label"}),
    ]
    assert list(denials("A training-free editor, without retraining the trained model.")) == [
        frozenset({"train", "model"})
    ]
    assert list(denials("It works.")) == []


def test_a_denial_of_one_word_is_not_enough_where_two_are_wanted():
    sentence = "It learns without labels."

    assert denies(sentence, "labels", fewest=1)
    assert not denies(sentence, "labels", fewest=2)


def test_of_no_use_is_only_what_the_text_takes_for_useful():
    sentence = "Curriculum ordering does not help."

    assert denies_use(sentence, "Why does curriculum ordering help?")
    assert not denies_use(sentence, "What is curriculum ordering?")
    assert not denies_use("Ordering helps.", "Why does ordering help?")


@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=3))
def test_any_question_can_be_held_against_any_sentences(question, texts):
    place = contradicting(f"Why does {question}", texts)

    assert place is None or 0 <= place < len(texts)

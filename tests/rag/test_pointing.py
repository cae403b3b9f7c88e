"""How a question leans on what came before is read off its wording alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.places import places
from rag.answering.pointing import pointing
from rag.answering.pronouns import refers_back


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("how fast is it?", "refers"),
        ("Is that also true on CPUs?", "refers"),
        ("how many GPUs was that measured with, and which type?", "refers"),
        ("what does the paper say about cost?", "refers"),
        ("does the second paper use it?", "places"),
        ("What is said in [3]?", "places"),
        ("tell me more about this", "more"),
        ("go on", "more"),
        ("in simple words please", "again"),
        ("once more?", "again"),
        ("how come?", "why"),
        ("any similar papers?", "others"),
        ("what other methods are there?", "others"),
        ("and AWQ?", "swap"),
        ("is AWQ faster?", "compared"),
        ("on ImageNet?", "place"),
        ("which datasets?", "elliptic"),
        ("And at what cost?", "elliptic"),
        ("On what datasets, and how large?", "elliptic"),
        ("which other datasets did PAPO use?", "alone"),
        ("What is attention?", "alone"),
        ("What about papers on attention?", "alone"),
    ],
)
def test_its_wording_says_how_it_leans(question, kind):
    assert pointing(question).kind == kind


@pytest.mark.parametrize(
    "question",
    [
        "evidence that pruning works",
        "Which papers show that transformers forget?",
        "is it true that transformers forget?",
        "how hard is it to train a spiking network?",
        "What is LoRA and why is it cheap?",
        "Can a model that was pruned regain its accuracy by distillation?",
        "are there papers on otters?",
        "what is the best paper on this shelf?",
        "what came out this year?",
        "what do the authors of BERT claim?",
        "one-shot learning",
    ],
)
def test_a_word_that_points_nowhere_is_no_pointer(question):
    assert not refers_back(question)
    assert places(question) == ()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("the first one", (0,)),
        ("is the former better?", (0,)),
        ("and the latter?", (-1,)),
        ("compare the first three", (0, 1, 2)),
        ("the last two papers", (-2, -1)),
        ("what about number 4?", (3,)),
        ("how is paper 2 different", (1,)),
        ("which models were the first to beat chance?", ()),
        ("how is the last layer trained?", ()),
        ("why is the second stage slow?", ()),
        ("does it take the first 2 tokens?", ()),
        ("by number 3 layers", ()),
    ],
)
def test_places_in_a_list_are_counted(question, expected):
    assert places(question) == expected


@given(st.text(max_size=200))
def test_any_wording_is_read(question):
    pointed = pointing(question)

    assert pointed.kind != "places" or pointed.places
    assert pointed.rest in " ".join(question.split()) or pointed.rest == question

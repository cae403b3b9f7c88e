"""Lists and comparisons: how many papers are wanted, which, and what is quoted of them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.abstracts import answer
from rag.answering.asked import Asked
from rag.answering.comparison import absent, compared
from rag.answering.evidence import READ, Evidence
from rag.answering.likeness import Matter
from rag.answering.list_choice import listed_sentences
from rag.answering.paper_choice import chosen_papers, with_compared
from rag.answering.several import wanted
from rag.language.sentences import sentences
from rag.types import Hit, Paper, Passage, Reading, Span

GPTQ = Paper(
    "gptq",
    "GPTQ: Accurate Post-Training Quantization",
    "Large models are costly. However, existing methods lose accuracy. "
    "We introduce GPTQ, which quantises weights to four bits. It cuts memory by 70%.",
)
AWQ = Paper(
    "awq",
    "AWQ: Activation-aware Weight Quantization",
    "Weights differ in importance. We propose AWQ, which protects 1% of the weights. "
    "AWQ cuts memory by 60%. The code is public.",
)
BATCH = Paper("batch", "Batch Normalization: Accelerating Training", "Statistics of a batch.")
LAYER = Paper("layer", "Layer Normalization", "Statistics of a layer.")
SHELF = (GPTQ, AWQ, BATCH, LAYER)


def asked(text):
    return Asked(text, text)


def evidence(paper, found=0.6, *, relevance=0.0, scores=None):
    spans = tuple(sentences(paper.abstract))
    reading = Reading(relevance, relevance, tuple(scores or [0.0] * len(spans)))
    hit = Hit(paper, Passage("x#0", paper.id, paper.abstract, Span(0, 1)), found)
    return Evidence(hit, reading)


def names_of(question, papers=SHELF):
    return [papers[place].id for place in compared(asked(question), papers)]


@pytest.mark.parametrize(
    ("question", "most"),
    [
        ("Which papers quantise weights?", 5),
        ("List the methods for quantisation you have.", 5),
        ("Which two papers quantise weights?", 2),
        ("who uses quantisation?", 5),
        ("any work on otters", 5),
        ("papers on otters", 5),
        ("Are there any benchmarks for otters?", 5),
        ("How many experts do the models here use?", 5),
        ("Which optimiser does GPTQ use?", 1),
        ("How much memory does AWQ save?", 1),
        ("has anybody counted otters by ear?", 1),
        ("", 1),
    ],
)
def test_how_many_papers_are_wanted_is_read_off_the_question(question, most):
    assert wanted(asked(question)).most == most


@pytest.mark.parametrize(
    "question",
    [
        "What strategies do the authors propose?",
        "Which methods are compared on CauGym?",
        "What are the two kinds of approaches in WEST?",
    ],
)
def test_what_one_paper_has_several_of_is_a_list_only_if_the_papers_say_so(question):
    assert not wanted(asked(question)).is_sure or wanted(asked(question)).is_one


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Compare GPTQ and AWQ.", ["gptq", "awq"]),
        ("awq vs. gptq for serving", ["awq", "gptq"]),
        ("What is the difference between GPTQ and AWQ?", ["gptq", "awq"]),
        ("How does AWQ differ from GPTQ?", ["awq", "gptq"]),
        ("How do GPTQ and AWQ compare in memory?", ["gptq", "awq"]),
        ("Should I use GPTQ or AWQ?", ["gptq", "awq"]),
        ("which is smaller, AWQ or GPTQ?", ["awq", "gptq"]),
        ("batch norm or layer norm: what do they count?", ["batch", "layer"]),
        ("compare GPTQ, AWQ and layer norm in terms of cost", ["gptq", "awq", "layer"]),
        ("Which is smaller: AWQ or GPTQ?", ["awq", "gptq"]),
        ("GPTQ and AWQ: what do they round?", ["gptq", "awq"]),
        ("What do GPTQ and AWQ do about outliers?", ["gptq", "awq"]),
        ("Compare GPTQ and OtterQuant.", ["gptq"]),
        ("Compare OtterQuant and BeaverQuant.", []),
        ("How much better is GPTQ than AWQ?", []),
        ("Compare the methods for weights and memory.", []),
        ("Is it right or wrong to call weights costly or cheap?", []),
    ],
)
def test_papers_that_a_comparison_names_are_found_by_their_names(question, expected):
    assert names_of(question) == expected


def test_a_name_within_a_longer_one_is_another_name():
    lora = Paper("lora", "LoRA: Low-Rank Adaptation", "LoRA adapts a model.")
    qlora = Paper("qlora", "QLoRA: Quantized LoRA", "QLoRA is small. " * 4)

    assert names_of("compare LoRA and QLoRA", (qlora, lora)) == ["lora", "qlora"]


def test_a_common_word_is_the_name_of_a_paper_whose_sentences_begin_with_it():
    whisper = Paper("whisper", "Robust Speech", "Whisper hears. Whisper writes.")

    assert names_of("GPTQ vs. Whisper", (*SHELF, whisper)) == ["gptq", "whisper"]


def test_a_common_word_is_no_name_of_a_paper_that_merely_has_it():
    shelf = (Paper("mamba", "Mamba: Linear Time", "Mamba and Transformers."), *SHELF)
    shelf += (Paper("switch", "Switch Transformers: Scaling", "Here Transformers swim. " * 5),)

    assert names_of("How does Mamba compare to Transformers?", shelf) == []


def test_a_side_of_which_no_abstract_tells_is_named():
    assert absent(asked("Compare GPTQ and OtterQuant."), SHELF) == ("OtterQuant",)
    assert absent(asked("Compare GPTQ and AWQ."), SHELF) == ()
    assert absent(asked("How do I boil OtterEggs or BeaverEggs?"), SHELF) == ()


def test_a_named_paper_that_was_found_low_is_read_all_the_same():
    others = [Paper(f"p{n}", f"Paper {n}", "Nothing.") for n in range(READ + 4)]
    hits = [evidence(paper).hit for paper in (AWQ, *others, GPTQ)]

    placed = with_compared(asked("Compare GPTQ and AWQ."), hits)

    assert GPTQ in [hit.paper for hit in placed[:READ]]
    assert sorted(hit.paper.id for hit in placed) == sorted(hit.paper.id for hit in hits)
    assert placed[0].paper is AWQ
    assert with_compared(asked("What is GPTQ?"), hits) == hits


def test_a_list_holds_the_best_and_those_near_it():
    found = [
        evidence(GPTQ, 0.60),
        evidence(AWQ, 0.57),
        evidence(LAYER, 0.56, relevance=-9.0),
        evidence(BATCH, 0.40),
    ]

    chosen = chosen_papers(asked("Which papers quantise weights?"), found)

    assert [one.paper.id for one in chosen] == ["gptq", "awq"]


def test_a_second_paper_is_listed_where_two_are_surely_wanted_unless_it_is_far():
    near = [evidence(GPTQ, 0.60), evidence(AWQ, 0.48)]
    far = [evidence(GPTQ, 0.60), evidence(AWQ, 0.30)]

    assert len(chosen_papers(asked("Which papers quantise weights?"), near)) == 2
    assert len(chosen_papers(asked("Which papers quantise weights?"), far)) == 1
    assert len(chosen_papers(asked("papers on weights without outliers"), near)) == 1


def test_a_paper_that_is_one_of_a_crowd_is_not_listed():
    crowd = [
        evidence(Paper(f"p{n}", f"Paper {n}", "Nothing."), 0.565, relevance=-4.0) for n in range(7)
    ]
    found = [evidence(GPTQ, 0.60), evidence(AWQ, 0.585), *crowd]

    chosen = chosen_papers(asked("Which papers quantise weights?"), found)

    assert [one.paper.id for one in chosen] == ["gptq", "awq"]


def test_a_paper_of_the_crowd_that_is_as_relevant_as_the_best_is_listed():
    crowd = [evidence(Paper(f"p{n}", "P", "Nothing."), 0.565, relevance=-4.0) for n in range(7)]
    found = [evidence(GPTQ, 0.60), *crowd, evidence(AWQ, 0.565)]

    chosen = chosen_papers(asked("Which papers quantise weights?"), found)

    assert [one.paper.id for one in chosen] == ["gptq", "awq"]


def test_a_list_quotes_what_each_paper_does_before_what_others_lack():
    found = [evidence(GPTQ, scores=(0, 2, 0, 0)), evidence(AWQ, scores=(2, 0, 0, 0))]

    [first], [second] = listed_sentences(asked("Which papers quantise weights?"), found, words=20)

    assert GPTQ.abstract[first.start :].startswith("We introduce GPTQ")
    assert AWQ.abstract[second.start :].startswith("We propose AWQ")


def test_a_comparison_pairs_like_with_like():
    found = [evidence(GPTQ, scores=(2, 0, 0, 2)), evidence(AWQ, scores=(2, 0, 2, 2))]

    spans = listed_sentences(asked("Compare GPTQ and AWQ."), found, words=28)

    quoted = [
        " ".join(one.paper.abstract[span.start : span.end] for span in chosen)
        for one, chosen in zip(found, spans, strict=True)
    ]
    assert "cuts memory by 70%" in quoted[0]
    assert "cuts memory by 60%" in quoted[1]


def test_sentences_with_figures_of_one_unit_are_more_alike_than_others():
    saves = Matter.of("It cuts memory by 70%.")

    assert saves.alike(Matter.of("AWQ cuts memory by 60%.")) > saves.alike(
        Matter.of("AWQ cuts memory a lot.")
    )
    assert saves.alike(Matter.of("Otters swim.")) == 0
    assert saves.best([]) == 0


class FlatReader:
    """A judge to whom everything is equal."""

    def read(self, _question, papers, sentences):
        return [
            Reading(3.0, 6.0, (5.0,) * len(spans))
            for _, spans in zip(papers, sentences, strict=True)
        ]


def said(question, *papers):
    outcome = answer(asked(question), [evidence(paper, 0.8).hit for paper in papers], FlatReader())
    return "".join(piece.text for piece in outcome.said)


def test_a_comparison_answers_in_its_own_order_and_names_each_paper():
    text = said("Compare AWQ and GPTQ.", BATCH, GPTQ, AWQ)

    assert [line.partition(":")[0] for line in text.splitlines()] == ["- **AWQ", "- **GPTQ"]
    assert "[1]" in text
    assert "[2]" in text


def test_a_comparison_with_a_stranger_says_that_it_is_one():
    text = said("Compare GPTQ and OtterQuant.", GPTQ, AWQ)

    assert text.startswith("**GPTQ")
    assert text.endswith("No abstract on this shelf tells of OtterQuant.")


PIECES = st.sampled_from(
    [
        "compare ",
        "GPTQ",
        " and ",
        " or ",
        "how do ",
        " vs ",
        "difference between ",
        ", ",
        "AWQ",
        "?",
    ]
)


@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=14).map("".join)))
def test_any_question_is_read_for_what_it_wants(question):
    places = compared(asked(question), SHELF)

    assert 1 <= wanted(asked(question)).most <= 5
    assert len(set(places)) == len(places)
    assert all(0 <= place < len(SHELF) for place in places)


@pytest.mark.parametrize(
    "piece", ["how do a and b ", "compare a and ", "for a and for ", "a or b, "]
)
def test_reading_a_long_question_takes_no_long_time(piece):
    question = asked(piece * (4000 // len(piece)))
    began = time.perf_counter()

    compared(question, SHELF)
    wanted(question)

    assert time.perf_counter() - began < 0.5

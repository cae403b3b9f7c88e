"""Sentences are spans of their text, LaTeX becomes readable, names are told by their look."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.latex import readable
from rag.language.sentences import sentences
from rag.language.words import keywords, names, squeezed, whole, words

# Letters are rare in it: what splits, quotes and brackets is what goes wrong.
AWKWARD = st.text(alphabet="aB1 .!?…,;:()[]{}\"'“”’\\$%`~^_é中😀\n\t\u00a0", max_size=200)
ANY = st.one_of(AWKWARD, st.text(max_size=200))
LONG = 200_000
SECONDS = 5.0  # a quadratic expression needs minutes


def split(text):
    return [text[span.start : span.end] for span in sentences(text)]


@given(ANY)
def test_sentences_are_disjoint_in_order_and_hold_every_character_that_is_not_blank(text):
    spans = sentences(text)

    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(span.start < span.end for span in spans)
    assert all(sentence == sentence.strip() for sentence in split(text))
    assert "".join("".join(split(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param(" \n\t", [], id="blanks"),
        pytest.param("One sentence", ["One sentence"], id="no-stop"),
        pytest.param(
            "We try. It works! Does it?", ["We try.", "It works!", "Does it?"], id="stops"
        ),
        pytest.param(
            "It gains 3.5 points. We stop.", ["It gains 3.5 points.", "We stop."], id="3.5"
        ),
        pytest.param("It gains 3.5%. We stop.", ["It gains 3.5%.", "We stop."], id="percent"),
        pytest.param(
            "As Li et al. (2020) say. Yes.", ["As Li et al. (2020) say.", "Yes."], id="etal"
        ),
        pytest.param("Li et al. Show it.", ["Li et al. Show it."], id="etal-before-a-capital"),
        pytest.param("Tools, e.g. Adam, help.", ["Tools, e.g. Adam, help."], id="e.g."),
        pytest.param("Tools (i.e., Adam) help.", ["Tools (i.e., Adam) help."], id="i.e."),
        pytest.param("See Fig. 3 and Eq. 4. Done.", ["See Fig. 3 and Eq. 4.", "Done."], id="fig"),
        pytest.param("It beats BERT vs. GPT. Yes.", ["It beats BERT vs. GPT.", "Yes."], id="vs"),
        pytest.param("By J. Smith. Yes.", ["By J. Smith.", "Yes."], id="initial"),
        pytest.param(
            "We give (1) speed. (2) Size follows. (3) cost is low.",
            ["We give (1) speed.", "(2) Size follows.", "(3) cost is low."],
            id="numbered",
        ),
        pytest.param(
            'He said "stop." Then yes.', ['He said "stop."', "Then yes."], id="closing-quote"
        ),
        pytest.param("(It works.) We stop.", ["(It works.)", "We stop."], id="closing-bracket"),
        pytest.param("Wait... what? Yes.", ["Wait... what?", "Yes."], id="dots-go-on"),
        pytest.param("See example.org for it. Yes.", ["See example.org for it.", "Yes."], id="url"),
    ],
)
def test_a_text_is_cut_where_its_sentences_end(text, expected):
    assert split(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"50\% fewer", "50% fewer"),
        ("56times faster", "56× faster"),
        ("3 times faster", "3 times faster"),
        ("$O(n^2)$ steps", "O(n^2) steps"),
        (r"$56\times$ faster", "56× faster"),
        (r"\emph{x}", "x"),
        (r"\textbf{a \emph{b} c}", "a b c"),
        (r"$\sim$50 and $\geq$ 3", "~50 and ≥ 3"),
        (r"error of $\alpha$", "error of α"),
        (r"\unknown{x} stays", r"\unknown{x} stays"),
        ("``quoted'' text", "“quoted” text"),
        (r"R\&D \#1 a\_b", "R&D #1 a_b"),
        ("two\nlines  here", "two lines here"),
        ("from $0.398 to $0.228", "from $0.398 to $0.228"),
        ("costs $18/hour versus $60/hour", "costs $18/hour versus $60/hour"),
        ("$15 on demand (or $0 on free tiers)", "$15 on demand (or $0 on free tiers)"),
        (r"costs \$500 vs. $\geq$ \$900", "costs $500 vs. ≥ $900"),
        (r"$4.7 \times $ faster", "4.7 × faster"),
    ],
)
def test_latex_becomes_readable(text, expected):
    assert readable(text) == expected


@given(ANY)
def test_any_text_is_made_readable_on_one_line(text):
    shown = readable(text)

    assert shown == " ".join(shown.split())


@given(st.text(alphabet="aB1 .,()[]é中😀%-\n", max_size=200))
def test_a_text_without_latex_stays_as_it_is(text):
    assert readable(text) == " ".join(text.split())
    assert readable(readable(text)) == readable(text)


def test_keywords_are_what_a_question_is_about():
    assert keywords("How much memory does FlashAttention need?") == "memory FlashAttention"
    assert keywords("Which papers use low-rank adaptation?") == "low-rank adaptation"


def test_a_question_of_function_words_alone_keeps_them():
    assert keywords("what is it about?") == "what is it about?"
    assert keywords("???") == "???"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How does FlashAttention compare with BERT?", ["FlashAttention", "BERT"]),
        ("LoRA, GPT-4, C4 and wav2Vec", ["LoRA", "GPT-4", "C4", "wav2Vec"]),
        ("BERT's layers and BERT’s heads", ["BERT"]),
        ("Adam is an Optimizer", []),
        ("A plain question", []),
        ("qlora and 4bit", []),
        ("U-Net, R-CNN and t-SNE", ["U-Net", "R-CNN", "t-SNE"]),
        ("Time-MoE beats Peri-LN", ["Time-MoE", "Peri-LN"]),
        ("μP, u-μP and τ-bench", ["μP", "u-μP", "τ-bench"]),
        ("LLM-based and GPT-4-level", ["LLM", "GPT-4"]),
        ("word2vec or doc2query", ["word2vec", "doc2query"]),
        ("state-of-the-art low-rank x-axis", []),
        ("", []),
    ],
)
def test_names_are_told_by_their_look(text, expected):
    assert names(text) == expected


def test_words_keep_what_stands_inside_them():
    assert words("state-of-the-art GPT-3.5, R&D + C++") == [
        "state-of-the-art",
        "GPT-3.5",
        "R&D",
        "C",
    ]


def test_spellings_of_a_name_are_equal_once_squeezed():
    assert (
        len({squeezed(name) for name in ("Flash-LLM", "FlashLLM", "flash llm", "FLASH_LLM")}) == 1
    )


def test_half_a_character_becomes_a_question_mark():
    assert whole("a\ud800b 😀") == "a?b 😀"


@pytest.mark.parametrize("function", [sentences, readable, keywords, names, words, squeezed])
@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(".", id="dots"),
        pytest.param("a.", id="letters-and-dots"),
        pytest.param(". ", id="dots-and-blanks"),
        pytest.param(".)", id="closing-brackets"),
        pytest.param(". (", id="opening-brackets"),
        pytest.param(" ", id="blanks"),
        pytest.param("a", id="letters"),
        pytest.param("aA", id="capitals-within"),
        pytest.param("A", id="capitals"),
        pytest.param("a-", id="hyphens"),
        pytest.param("-'", id="no-letters"),
        pytest.param("\\emph{", id="open-commands"),
        pytest.param("\\emph{a} ", id="commands"),
        pytest.param("\\emph ", id="commands-without-braces"),
        pytest.param("\\", id="backslashes"),
        pytest.param("$", id="dollars"),
        pytest.param("$1 ", id="money"),
        pytest.param("$a", id="open-formulas"),
        pytest.param("``", id="open-quotes"),
        pytest.param("''", id="closed-quotes"),
        pytest.param("the ", id="function-words"),
    ],
)
def test_no_text_makes_reading_slow(function, pattern):
    repeated = (pattern * LONG)[:LONG]
    began = time.perf_counter()

    function(f"A{repeated}z")

    assert time.perf_counter() - began < SECONDS


def test_commands_within_commands_do_not_make_reading_slow():
    began = time.perf_counter()

    readable("\\emph{" * 30_000 + "}" * 30_000)

    assert time.perf_counter() - began < SECONDS

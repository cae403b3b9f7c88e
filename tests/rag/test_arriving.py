"""Units of a text are found as soon as they are certain, however it arrives, in linear time."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.arriving import Arriving
from rag.language.sentences import sentences

AWKWARD = st.text(alphabet='aB17 .!?…。,:()[]【】{}"“”*_`$\\#-\n\t§', max_size=200)
TOKENS = st.lists(
    st.sampled_from(
        ["[417]", ". ", ".", " [522]", "【417】", "(417)", "Next ", "and ", "e.g. ", "$", "$$", "`",
         "```", "\n", "\n\n", "\\[", "\\]", "**", '"', "(", ")", "3.5", "# ", "- ", "1. ", ": "]
    ),
    max_size=40,
).map("".join)  # fmt: skip
TEXTS = st.one_of(AWKWARD, TOKENS, st.text(max_size=100))
LONG = 100_000
SECONDS = 3.0  # a quadratic walk needs minutes


def units(text, cuts=()):
    arriving = Arriving()
    edges = [0, *sorted(cuts), len(text)]
    whole = []
    for start, end in pairwise(edges):
        whole += arriving.feed(text[start:end])
    return [*whole, *arriving.close()]


def early(text):
    """What is certain before anything else has come."""
    return Arriving().feed(text)


@given(TEXTS, st.data())
def test_units_joined_are_the_text_however_it_was_split(text, data):
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=20))

    assert "".join(units(text, cuts)) == text
    assert units(text, cuts) == units(text)
    assert units(text, range(len(text))) == units(text)


@given(TEXTS)
def test_a_unit_is_never_empty_and_only_the_last_may_be_blank(text):
    found = units(text)

    assert all(found)
    assert all(unit.strip() for unit in found[:-1])


@pytest.mark.parametrize(
    "text",
    [
        "We try. It works! Does it?",
        "It gains 3.5 points. We stop.",
        "As Li et al. (2020) say. Yes.",
        "Li et al. Show it.",
        "Tools (i.e., Adam) help. So do e.g. SGD and others.",
        "See Fig. 3 and Eq. 4. Done.",
        "By J. Smith. Yes.",
        'He said "stop." Then yes.',
        "(It works.) We stop.",
        "Wait... what? Yes.",
        "See https://example.org/a.b?c=d.e for it. Yes.",
    ],
)
def test_plain_prose_is_cut_as_an_abstract_is(text):
    assert [unit.strip() for unit in units(text)] == [
        text[span.start : span.end] for span in sentences(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "It is fast. [417] Next one.", ["It is fast. [417]", " Next one."], id="behind"
        ),
        pytest.param(
            "It is fast.[417] Next.", ["It is fast.[417]", " Next."], id="directly-behind"
        ),
        pytest.param(
            "It is fast. [417][522] [611] Next.",
            ["It is fast. [417][522] [611]", " Next."],
            id="several",
        ),
        pytest.param(
            "It is fast.【417†source】Next.", ["It is fast.【417†source】", "Next."], id="wide"
        ),
        pytest.param("It is fast. [[417]] Next.", ["It is fast. [[417]]", " Next."], id="nested"),
        pytest.param("It is fast. (417) Next.", ["It is fast. (417)", " Next."], id="round"),
        pytest.param(
            "It is fast. [source 417] Next.", ["It is fast. [source 417]", " Next."], id="source"
        ),
        pytest.param(
            "It is fast. [CLS] leads.", ["It is fast.", " [CLS] leads."], id="other-brackets"
        ),
        pytest.param("One. (2) Two.", ["One.", " (2) Two."], id="numbered"),
        pytest.param("Li et al. [417] show.", ["Li et al. [417] show."], id="abbreviated"),
        pytest.param("Fast [417]. And so on.", ["Fast [417].", " And so on."], id="before"),
        pytest.param("Fast [417]. iOS too.", ["Fast [417].", " iOS too."], id="small-behind"),
        pytest.param("- one\n- two\n", ["- one", "\n- two", "\n"], id="list"),
        pytest.param("1. One is.\n2. Two is.", ["1. One is.", "\n2. Two is."], id="numbers"),
        pytest.param("Three:\n* a\n* b", ["Three:", "\n* a", "\n* b"], id="lead-in"),
        pytest.param("# Head\nsmall", ["# Head", "\nsmall"], id="heading"),
        pytest.param("a line that\ngoes on", ["a line that\ngoes on"], id="wrapped"),
        pytest.param("one\n\ntwo", ["one", "\n\ntwo"], id="paragraph"),
        pytest.param("etc.\nsmall", ["etc.", "\nsmall"], id="newline-decides"),
        pytest.param("$a. B$ holds. C.", ["$a. B$ holds.", " C."], id="formula"),
        pytest.param("$x$ holds. C.", ["$x$ holds.", " C."], id="short-formula"),
        pytest.param("\\[a. \nB\\] holds. C.", ["\\[a. \nB\\] holds.", " C."], id="displayed"),
        pytest.param("$$a. \nB$$ holds. C.", ["$$a. \nB$$ holds.", " C."], id="dollars"),
        pytest.param("\\(a. B\\) holds. C.", ["\\(a. B\\) holds.", " C."], id="round-formula"),
        pytest.param("`a. B` is. C.", ["`a. B` is.", " C."], id="code"),
        pytest.param("It costs $5. Or $6. Yes.", ["It costs $5.", " Or $6.", " Yes."], id="money"),
        pytest.param(
            "So:\n```py\na. B\n\nc\n```\nYes.",
            ["So:", "\n```py\na. B\n\nc\n```", "\nYes."],
            id="fence",
        ),
        pytest.param("```\nOpen. To\n\nthe end", ["```\nOpen. To\n\nthe end"], id="open-fence"),
        pytest.param("它很快。它很小。", ["它很快。", "它很小。"], id="no-blanks"),
        pytest.param("它很快。[417]它很小。", ["它很快。[417]", "它很小。"], id="wide-stop-marker"),
        pytest.param(
            "**It is fast [417].** Yes.", ["**It is fast [417].**", " Yes."], id="within-emphasis"
        ),
        pytest.param('It is "fast [417]." Yes.', ['It is "fast [417]."', " Yes."], id="quoted"),
        pytest.param(" \n ", [" \n "], id="blank"),
        pytest.param("", [], id="nothing"),
    ],
)  # fmt: skip
def test_a_unit_ends_where_a_sentence_item_heading_or_block_does(text, expected):
    assert units(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fast [417].", ["Fast [417]."]),
        ("- **Adam**: fast [417][522].", ["- **Adam**: fast [417][522]."]),
        ("**Adam** is fast 【417】!", ["**Adam** is fast 【417】!"]),
        ("Fast.", []),
        ("Fast. ", []),
        ("Fast. [41", []),
        ("Fast. [417]", []),
        ("Fast. [417] N", ["Fast. [417]"]),
        ("Fast. N", ["Fast."]),
        ("Fast.\n", ["Fast."]),
        ("See:\n", ["See:"]),
        ("快。", []),
        ("快。慢", ["快。"]),
        ("a[0].shape", []),
        ("```\na\n```", ["```\na\n```"]),
    ],
)
def test_a_unit_is_given_as_soon_as_it_is_certain(text, expected):
    assert early(text) == expected


@pytest.mark.parametrize(
    "pattern",
    ["a", " ", ".", ". ", "\n", "[", "[4", "a. [", "a. [1 ", "`", "``a", "$", "$a ", "\\[", "(",
     "a [417]. ", "(a [417]. ", "*", "[417].", "a.\n", "1", "```\n", "。"],
)  # fmt: skip
def test_a_long_text_one_character_at_a_time_takes_linear_time(pattern):
    text = pattern * (LONG // len(pattern))
    arriving, found = Arriving(), []
    began = time.perf_counter()

    for char in text:
        found += arriving.feed(char)
    found += arriving.close()

    assert "".join(found) == text
    assert time.perf_counter() - began < SECONDS

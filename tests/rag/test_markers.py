"""Citation markers are read however a model writes them; nothing else passes for one."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.markers import parse
from rag.answering.marking import written

OFFERED = ("417", "522", "419")
OURS = re.compile(r"\[(\d+)\]")
PIECES = st.lists(
    st.sampled_from(
        ["[", "]", "[[", "]]", "【", "】", "［", "］", "(", ")", "417", "522", "9", "0", "４１７",
         "٣", ",", ", ", "-", "–", ";", " and ", "^", "source ", "†source", ":", " ", "\n", ".",
         "It is", "`", "[417]", "[9]", "1" * 30, "x"]
    ),
    max_size=40,
).map("".join)  # fmt: skip
TEXTS = st.one_of(PIECES, st.text(max_size=80))
LONG = 100_000
SECONDS = 1.0


def shown(text):
    """As a reader would see it, numbered by the place of the id."""
    parts = parse(text, OFFERED).segments
    return written([(part.text, [OFFERED.index(id_) + 1 for id_ in part.ids]) for part in parts])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fast [417].", "Fast [1]."),
        ("Fast[417].", "Fast [1]."),
        ("Fast. [417]", "Fast [1]."),
        ("Fast.[417]", "Fast [1]."),
        ("Fast! [417] [522]", "Fast [1] [2]!"),
        ("Fast 【417】.", "Fast [1]."),
        ("快。【417†source】", "快 [1]。"),
        ("Fast 【417†L3-L9】.", "Fast [1]."),
        ("Fast [[417]].", "Fast [1]."),
        ("Fast [[417][522]].", "Fast [1] [2]."),
        ("Fast [417,522].", "Fast [1] [2]."),
        ("Fast [417, 522].", "Fast [1] [2]."),
        ("Fast [417; 522].", "Fast [1] [2]."),
        ("Fast [417 and 522].", "Fast [1] [2]."),
        ("Fast [417-419].", "Fast [1] [3]."),
        ("Fast [400–600].", "Fast [1] [2] [3]."),
        ("Fast (417).", "Fast [1]."),
        ("Fast (417, 522).", "Fast [1] [2]."),
        ("Fast [417][522].", "Fast [1] [2]."),
        ("Fast [417], [522] and [419].", "Fast [1] [2] [3]."),
        ("Fast [417] [417].", "Fast [1]."),
        ("Fast [^417].", "Fast [1]."),
        ("Fast [source 417].", "Fast [1]."),
        ("Fast [Sources: 417, 522].", "Fast [1] [2]."),
        ("Fast [ID 417; ID 522].", "Fast [1] [2]."),
        ("Fast [#417].", "Fast [1]."),
        ("Fast ［４１７］.", "Fast [1]."),
        ("Fast ([417]).", "Fast ([1])."),
        ("Fast [417, 9].", "Fast [1]."),
        ("A [417] and B [522].", "A [1] and B [2]."),
        ("According to [417], it is.", "According to [1], it is."),
        ("[417] says so.", "[1] says so."),
        ("Source 417 says so.", "[1] says so."),
        ("[417says so", "[417says so"),
        ("Fast [417], then [522].", "Fast [1], then [2]."),
        ("Fast [417 is open", "Fast [1] is open"),
        ("[417](x) says", "[1] (x) says"),
        ("**Fast.** [417]", "**Fast.** [1]"),
        ("Li et al. [417]", "Li et al. [1]"),
    ],
)  # fmt: skip
def test_a_marker_of_an_offered_source_is_read(text, expected):
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected", "unknown"),
    [
        ("Fast [9].", "Fast.", ("9",)),
        ("Fast. [9]", "Fast.", ("9",)),
        ("Fast [9] and small.", "Fast and small.", ("9",)),
        ("Fast [9], small.", "Fast, small.", ("9",)),
        ("Fast [3, 9].", "Fast.", ("3", "9")),
        ("Fast [2-5].", "Fast.", ("2", "5")),
        ("Fast [9][12].", "Fast.", ("9", "12")),
        ("Fast [source 9].", "Fast.", ("9",)),
        ("Fast 【9†source】.", "Fast.", ("9",)),
        ("Fast ［９］ and [٣].", "Fast and.", ("9", "3")),
        ("Fast (see [9]).", "Fast.", ("9",)),
        ("Fast [417, 9].", "Fast.", ("9",)),
        ("Fast [" + "1" * 5000 + "].", "Fast.", ("1" * 5000,)),
    ],
)
def test_a_marker_of_no_source_is_gone_and_reported(text, expected, unknown):
    marked = parse(text, OFFERED)

    assert marked.text == expected
    assert marked.unknown == unknown


@pytest.mark.parametrize(
    "text",
    [
        "The [CLS] token.",
        "Values in [0, 1].",
        "The interval [0, 10].",
        "It is [sic] so.",
        "The array [1, 2, 3] is.",
        "In (2020) and (9).",
        "See [Smith, 2020].",
        "x[i] and [MASK].",
        "It holds 417 items.",
        "Text without anything.",
        "LLM.int8() and f( ) are calls.",
        "",
    ],
)
def test_other_brackets_and_numbers_are_text(text):
    assert shown(text) == text
    assert parse(text, OFFERED).unknown == ()


def test_each_part_keeps_the_ids_that_are_cited_behind_it():
    marked = parse("X does A [417, 419] and Y does B [522].", OFFERED)

    assert [(part.text.strip(), part.ids) for part in marked.segments] == [
        ("X does A", ("417", "419")),
        ("and Y does B", ("522",)),
        (".", ()),
    ]
    assert marked.ids == ("417", "419", "522")


def test_an_index_in_code_stays_readable_without_being_a_marker():
    assert shown("Use `a[0][1]` here [417].") == "Use `a[ 0 ][ 1 ]` here [1]."


@given(TEXTS)
def test_only_offered_ids_become_markers(text):
    marked = parse(text, OFFERED)
    numbers = [OFFERED.index(id_) + 1 for part in marked.segments for id_ in part.ids]

    assert set(marked.ids) <= set(OFFERED)
    assert not set(marked.unknown) & set(OFFERED)
    assert OURS.findall(shown(text)) == list(map(str, numbers))
    assert OURS.findall(marked.text) == []


@given(st.text(alphabet="abXY é中,.!\n*_$-"))
def test_a_text_without_brackets_keeps_its_words(text):
    assert re.findall(r"\w+", parse(text, OFFERED).text) == re.findall(r"\w+", text)


@given(st.lists(st.tuples(TEXTS, st.lists(st.integers(1, 9), max_size=3)), max_size=6))
def test_what_is_written_has_exactly_the_numbers_that_were_cited(parts):
    numbers = [str(number) for _, cited in parts for number in cited]

    assert OURS.findall(written(parts)) == numbers


@pytest.mark.parametrize(
    "pattern",
    ["1", "[1", "[[", "] [", "[1 ", "[1, ", "(1", "( ", "source 1", "[417]", "[417] , ", "a ", ", ",
     "[^", " [1-2", "١", "`[0]`", "[ ", " ,", "(see ", ", ,", "[417-", " \t", ".", ". ", "]["],
)  # fmt: skip
def test_a_long_sentence_takes_linear_time(pattern):
    text = pattern * (LONG // len(pattern))
    began = time.perf_counter()

    for whole in (text, f"[{text}]", f"{text} x"):
        _ = parse(whole, OFFERED).text

    assert time.perf_counter() - began < 3 * SECONDS

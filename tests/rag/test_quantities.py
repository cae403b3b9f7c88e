"""Figures in one form, whatever way they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.quantities import agreement, quantities


def figures(text):
    return [(one.value, one.unit) for one in quantities(text)]


def agrees(sentence, source):
    [wanted] = quantities(sentence)
    return agreement(wanted, quantities(source))


@pytest.mark.parametrize(
    "text",
    ["2x faster", "two times faster", "twofold gains", "2-fold gains", "twice as fast",
     "double the speed", "2× faster", r"$2\times$ faster", "2times faster", "a x2 gain"],
)  # fmt: skip
def test_a_multiple_has_one_form(text):
    assert figures(text) == [(2.0, "times")]


@pytest.mark.parametrize(
    "text", ["40 %", "40%", "40 percent", "40 per cent", r"40\%", "forty percent"]
)
def test_a_percentage_has_one_form(text):
    assert figures(text) == [(40.0, "percent")]


@pytest.mark.parametrize(
    "text", ["1.5B", "1.5 B", "1.5 billion", "1,500 million", "1,500,000,000", "1.5×10^9", "1.5e9"]
)
def test_a_large_figure_has_one_form(text):
    assert figures(text) == [(1.5e9, "")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("half of it", [(0.5, "part")]),
        ("two-thirds of it", [(2 / 3, "part")]),
        ("one fifth of it", [(0.2, "part")]),
        ("1/5 of it", [(0.2, "part")]),
        ("18/19 items", [(18, ""), (19, "")]),
        ("30 ms", [(30, "millisecond")]),
        ("16GB", [(16, "gigabyte")]),
        ("12 hours", [(12, "hour")]),
        ("4-bit weights", [(4, "bit")]),
        ("twenty-five tasks", [(25, "")]),
        ("three hundred images", [(300, "")]),
        ("40 to 50 percent", [(40, "percent"), (50, "percent")]),
        ("40-50%", [(40, "percent"), (50, "percent")]),
        ("between 3 and 5 times", [(3, "times"), (5, "times")]),
        ("2%-15%", [(2, "percent"), (15, "percent")]),
        ("4B-72B models", [(4e9, ""), (72e9, "")]),
        ("0.01--0.02", [(0.01, ""), (0.02, "")]),
        ("-2.8 points", [(2.8, "")]),
        ("10^{-3}", [(1e-3, "")]),
        ("2:4 sparsity", [(2, ""), (4, "")]),
        ("22{,}879 images", [(22879, "")]),
        ("GPT-4, A100, INT8 and ImageNet-1K", []),
        ("the third item", []),
        ("(1) speed and (2) size", []),
    ],
)
def test_figures_are_read(text, expected):
    assert figures(text) == [(pytest.approx(value), unit) for value, unit in expected]


@pytest.mark.parametrize(
    ("sentence", "source", "how"),
    [
        ("3.65 times faster", "a 3.65x speedup", "same"),
        ("a fifth of the cost", "20% of the cost", "same"),
        ("20% of the cost", "one-fifth of the cost", "same"),
        ("six layers", "It has 6 layers.", "same"),
        ("3.62 times faster", "a 3.65x speedup", "missing"),
        ("40 percent", "40 times", "other unit"),
        ("30 seconds", "30 ms", "other unit"),
        ("about 39%", "38.8%", "rounded"),
        ("more than 2,000 videos", "2,013 videos", "rounded"),
        ("3.7 points", "3.65 points", "rounded"),
        ("39.8%", "38.8%", "missing"),
        ("about 60%", "38.8%", "missing"),
        ("six games", "four games, of six frames each", "other matter"),
        ("1.5 billion parameters", "a 1.5B model", "same"),
        ("32K tokens", "32,768 tokens", "same"),
        ("1.5 million parameters", "a 1.5B model", "missing"),
    ],
)
def test_a_figure_is_compared_with_those_of_a_source(sentence, source, how):
    assert agrees(sentence, source) == how


def test_what_is_counted_is_known():
    assert [one.noun for one in quantities("It has 12 layers and 8-head attention.")] == [
        "layers",
        "head",
    ]


@given(st.text(alphabet="0123456789.,%x×^{}-–/ eEkMBone twothird", max_size=60))
def test_any_text_is_read_without_an_error(text):
    for one in quantities(text):
        assert one.start < one.end


@given(st.integers(2, 10**9), st.sampled_from(["", "%", " ms", " times", " images"]))
def test_a_figure_agrees_with_itself(value, unit):
    text = f"It takes {value:,}{unit} here."

    assert [agreement(one, quantities(text)) for one in quantities(text)] == ["same"]


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_other_figures_are_missing(one, other):
    found = agrees(f"It takes {one} steps.", f"It takes {other} steps.")

    assert (found == "same") == (one == other)


def test_a_long_row_of_digits_is_read_in_time():
    assert quantities("9" * 5_000)

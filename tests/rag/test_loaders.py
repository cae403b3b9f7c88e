import codecs
import gzip
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import tracemalloc
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.loaders import LOADERS, Source, find_sources, load
from rag.loaders.content import Content
from rag.loaders.dates import date_of, parse_date
from rag.loaders.identifiers import identify, web_address
from rag.loaders.json_array import MAX_SIZE
from rag.loaders.lines import MAX_LINE, lines
from rag.loaders.source import SPOOL_IN_MEMORY, file_source, stream_source
from rag.loaders.table_rows import MAX_ROW
from rag.loaders.text import MAX_ABSTRACT, MAX_TITLE, clean
from rag.types import Fault, Published, Record

SAMPLES = {
    path.stem: path.read_bytes() for path in (Path(__file__).parent / "loader_samples").iterdir()
}
SHARED = Path(__file__).parents[2].parent / "shared"
ROWS = pytest.mark.parametrize("row", LOADERS, ids=lambda row: row.name)
GREETING = "Get trending papers in your email inbox!\n"
CARDS = (
    f"new\n\n{GREETING}\nSubscribe\n\nDaily Papers\n\nbyAK and the research community\n\nJun 4\n\n"
)
LONG = "We measure how tides move sand along a shore, and " * 6 + "find that they do."


def source(data):
    raw = data.encode() if isinstance(data, str) else data
    return Source("sample", lambda: io.BytesIO(raw))


def read(data):
    items = list(load(source(data)))
    return (
        [item for item in items if isinstance(item, Record)],
        [item for item in items if isinstance(item, Fault)],
    )


def pairs(records):
    return [(record.title, record.abstract) for record in records]


def jsonl(*objects):
    return "".join(json.dumps(each) + "\n" for each in objects)


def only(data):
    records, faults = read(data)
    assert faults == []
    assert len(records) == 1
    return records[0]


@ROWS
def test_every_format_has_a_sample_that_it_alone_recognises(row):
    head = SAMPLES[row.name].decode()

    assert [other.name for other in LOADERS if other.sniff(head)] == [row.name]


@ROWS
def test_every_format_reads_its_sample_whole(row):
    records, faults = read(SAMPLES[row.name])

    assert faults == []
    assert [record.title for record in records] == [
        "Slow Rivers Learn Maps",
        "A Very Small Compass: Finding North with Three Neurons",
        "Why Do Kites Overfit? (2nd Edition)",
    ]
    assert "93\\%" in records[0].abstract
    assert "UNIT_{wind}" in records[2].abstract


@pytest.mark.parametrize(
    "disguise",
    [
        pytest.param(lambda raw: raw.replace(b"\n", b"\r\n"), id="crlf"),
        pytest.param(lambda raw: codecs.BOM_UTF8 + raw, id="utf-8-with-mark"),
        pytest.param(lambda raw: raw.decode().encode("utf-16"), id="utf-16"),
        pytest.param(
            lambda raw: codecs.BOM_UTF16_BE + raw.decode().encode("utf-16-be"), id="utf-16-be"
        ),
        pytest.param(gzip.compress, id="gzip"),
        pytest.param(lambda raw: gzip.compress(raw[:200]) + gzip.compress(raw[200:]), id="gzips"),
        pytest.param(lambda raw: gzip.compress(raw.decode().encode("utf-16")), id="gzip-utf-16"),
        pytest.param(lambda raw: raw.rstrip(), id="no-last-line-end"),
        pytest.param(lambda raw: raw + b"\n \n\n", id="blank-lines-after"),
    ],
)
@ROWS
def test_every_format_survives_how_a_file_is_saved(row, disguise):
    assert read(disguise(SAMPLES[row.name])) == read(SAMPLES[row.name])


@ROWS
def test_a_half_cut_file_loses_at_most_the_last_record(row):
    whole, _ = read(SAMPLES[row.name])

    for end in range(len(SAMPLES[row.name])):
        part = SAMPLES[row.name][:end]
        records, faults = read(part)
        begun = sum(record.line <= part.count(b"\n") for record in whole)
        assert len(records) >= begun - 1
        assert records[:-1] == whole[: max(len(records) - 1, 0)]
        assert all(w.title.startswith(r.title) for r, w in zip(records, whole, strict=False))
        assert len(records) <= len(whole)
        assert records or faults


@ROWS
def test_a_cut_gzip_file_gives_whole_records_and_then_says_that_it_is_cut(row):
    whole, _ = read(SAMPLES[row.name])
    packed = gzip.compress(SAMPLES[row.name])

    for end in range(2, len(packed)):
        records, faults = read(packed[:end])
        assert pairs(records) == pairs(whole)[: len(records)]
        assert "ends in the middle" in faults[-1].reason


@ROWS
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_spoilt_file_is_read_without_an_exception(row, data):
    raw = SAMPLES[row.name]
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(start + 40, len(raw))))

    check_items(raw[:start] + data.draw(st.binary(max_size=20)) + raw[end:])


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(), st.text().map(str.encode), st.binary().map(gzip.compress)))
@example(b"[" * 100_000)
@example(b'{"title": ' + b"[" * 100_000)
@example(b"[{" * 100_000)
@example(b'{"":' + b"9" * 5_000 + b"}")
@example(codecs.BOM_UTF16_LE + b"\x00\xd8a")
@example(b"\x1f\x8b")
@example(b"\n" * 100_000)
@example(b"\xe2\x80\xa2 8 authors\n" + b"\n" * 60_000)
@example(b'title,abstract\n"' + b'""' * 40_000)
@example(b"title\tabstract\n" + b'a\t"b\n' * 5_000)
def test_any_bytes_give_records_or_faults_and_never_an_exception(raw):
    check_items(raw)


def check_items(raw):
    items = list(load(source(raw)))
    assert items
    for item in items:
        if isinstance(item, Fault):
            assert item.source == "sample"
            assert item.reason
            item.reason.encode()
        else:
            assert item.title
            assert item.abstract
            repr_of = (item.title, item.abstract, *item.authors, item.organization or "")
            "".join(repr_of).encode()


@pytest.mark.skipif(not (SHARED / "pages").is_dir(), reason="../shared/pages is absent")
def test_the_five_saved_pages_give_829_records_and_no_fault():
    found = {page.name[:3]: list(load(page)) for page in find_sources([str(SHARED / "pages")])}
    records = [item for items in found.values() for item in items]

    assert [len(items) for items in found.values()] == [41, 243, 273, 53, 219]
    assert all(isinstance(record, Record) for record in records)
    assert len({record.title for record in records}) == 807
    assert [record.organization for record in records if record.organization] == [
        "EPFL VILAB",
        "Amazon",
        "Qualcomm",
        "Stanford AI",
    ]
    assert sum(bool(record.published and not record.published.year) for record in records) == 8
    assert sum(record.published is None for record in found["000"] + found["003"]) == 1
    assert not any(record.title.startswith("Subscribe") for record in records)
    assert not any("AK" in record.authors for record in records)


def test_cards_carry_what_their_footers_say():
    first, second, third = read(SAMPLES["daily-papers-cards"])[0]

    assert (first.author_count, first.published, first.upvotes) == (8, Published(2024, 5, 13), None)
    assert (second.organization, second.author_count) == ("River Lab Delta", None)
    assert (second.published, second.upvotes) == (Published(None, 11, 3), 4)
    assert (third.author_count, third.published, third.upvotes) == (1, Published(2025, 6, 26), 2)
    assert first.line == 13


@pytest.mark.parametrize(
    ("footer", "expected"),
    [
        ("amazon Amazon\n·\nApr 20 4", ("Amazon", None, Published(None, 4, 20), 4)),
        ("Stanford Stanford AI\n·\nDec 5", ("Stanford AI", None, Published(None, 12, 5), None)),
        ("acme\n·\nDec 5", ("acme", None, Published(None, 12, 5), None)),
        ("  • 12 authors\n·\nMay 1, 2020 1,204", (None, 12, Published(2020, 5, 1), 1204)),
        ("  • 12 authors\n\n·\n\nMay 1, 2020 1.2k", (None, 12, Published(2020, 5, 1), 1200)),
        ("  • 1 author  \n · \nFeb 29", (None, 1, Published(None, 2, 29), None)),
        ("  • 3 authors", (None, 3, None, None)),
        ("", (None, None, None, None)),
    ],
)
def test_a_footer_is_read_in_all_its_forms(footer, expected):
    records, faults = read(f"{CARDS}A\n\nShort\n\n{footer}\n\nB\n\nAlso short\n\n  • 1 author\n")

    assert faults == []
    assert pairs(records) == [("A", "Short"), ("B", "Also short")]
    first = records[0]
    assert (first.organization, first.author_count, first.published, first.upvotes) == expected


@pytest.mark.parametrize("title", ["May 13, 2024", "8 authors", "• 8 authors", "Subscribe", "·s"])
def test_a_card_title_may_look_like_a_part_of_a_footer(title):
    footer = "  • 2 authors\n·\nMay 1, 2024\n"
    page = f"{CARDS}{title}\n\nOne.\n\n{footer}\n{title}\n\nTwo.\n\n{footer}"

    records, faults = read(page)

    assert faults == []
    assert pairs(records) == [(title, "One."), (title, "Two.")]


def test_a_first_title_that_is_a_date_is_kept_where_the_page_has_no_day():
    page = (
        CARDS.replace("Jun 4\n\n", "") + "May 13, 2024\n\nOne.\n\n  • 2 authors\n·\nMay 1, 2024\n"
    )

    assert only(page).title == "May 13, 2024"


def test_a_card_without_an_abstract_is_a_fault_and_the_next_one_is_read():
    page = (
        f"{CARDS}A\n\n  • 3 authors\n·\nMay 1, 2024\n\nB\n\nShort\n\n  • 1 author\n·\nMay 2, 2024\n"
    )

    records, faults = read(page)

    assert pairs(records) == [("B", "Short")]
    assert records[0].published == Published(2024, 5, 2)
    assert [(fault.line, fault.reason) for fault in faults] == [
        (13, "This title has no abstract after it.")
    ]


@pytest.mark.parametrize("footer", ["river-lab River Lab\n·\nMay 1\n\n", ""])
def test_a_card_with_neither_abstract_nor_authors_does_not_take_those_of_the_next(footer):
    page = f"{CARDS}A\n\n{footer}B\n\n{LONG}\n\n  • 1 author\n·\nMay 2, 2024\n"

    records, faults = read(page)

    assert pairs(records) == [("B", LONG)]
    assert [fault.line for fault in faults] == [13]


def test_a_footer_without_a_card_is_a_fault():
    records, faults = read(
        f"{CARDS}A\n\nShort\n\n  • 1 author\n·\nMay 2\n\n  • 2 authors\n·\nMay 3\n"
    )

    assert pairs(records) == [("A", "Short")]
    assert [fault.line for fault in faults] == [21]


def test_a_card_page_is_recognised_by_its_footers_alone():
    assert only("A\n\nShort\n\n  • 3 authors\n·\nMay 1, 2024\n").author_count == 3


def test_a_page_whose_dots_are_not_utf_8_loses_only_what_is_illegible():
    page = f"{CARDS}A\n\nShort\n\n  • 3 authors\n·\nMay 1\n\nB\n\nCafé\n\n  • 3 authors\n·\nMay 1\n"

    records, faults = read(page.encode("cp1252"))

    assert [(each.title, each.author_count) for each in records] == [("A", 3)]
    assert [fault.line for fault in faults] == [23]


def test_a_list_page_may_have_blank_lines_anywhere():
    spaced = SAMPLES["daily-papers-list"].replace(b"\n", b" \n\n\t\n")

    records, faults = read(b"\n\n" + spaced)

    assert faults == []
    assert pairs(records) == pairs(read(SAMPLES["daily-papers-list"])[0])


def test_a_list_alternates_whatever_its_lines_look_like():
    long_title = "On " + "the Shape of " * 70 + "Sand"
    page = f"{GREETING}SubscribeMay 13, 2024\nNo\nDaily Papers\n·\n{long_title}\nYes"

    records, faults = read(page)

    assert faults == []
    assert pairs(records) == [("May 13, 2024", "No"), ("Daily Papers", "·"), (long_title, "Yes")]


def test_subscribe_on_a_line_of_its_own_leaves_the_first_title_alone():
    page = f"{GREETING}Subscribe\nSubscribe to Tides\nShort\nSubscribers\nShort"

    assert [title for title, _ in pairs(read(page)[0])] == ["Subscribe to Tides", "Subscribers"]


def test_a_list_page_that_is_cut_after_a_title_says_so():
    records, faults = read(f"{GREETING}SubscribeA\nShort\nB\n")

    assert pairs(records) == [("A", "Short")]
    assert faults == [Fault("sample", 4, "This title has no abstract after it.")]


def test_a_list_title_without_abstract_does_not_swap_titles_and_abstracts_from_there_on():
    records, faults = read(f"{GREETING}SubscribeA\n{LONG}\nB\nC\n{LONG}\nD\n{LONG}\n")

    assert pairs(records) == [("A", LONG), ("C", LONG), ("D", LONG)]
    assert [fault.line for fault in faults] == [4]


@pytest.mark.parametrize("name", ["daily-papers-list", "daily-papers-cards"])
def test_two_pages_in_one_file_are_read_as_two(name):
    records, faults = read(SAMPLES[name] * 2)

    assert faults == []
    assert pairs(records[3:]) == pairs(records[:3])


def test_a_list_line_that_is_not_utf_8_costs_one_paper():
    page = f"{GREETING}SubscribeA\nCafé\nB\nShort\n".encode("latin-1")

    records, faults = read(page)

    assert pairs(records) == [("B", "Short")]
    assert [fault.line for fault in faults] == [3]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ('{"title": "a", "abstract": "b"', "not JSON"),
        ("[1]", "not an object"),
        ('"text"', "not an object"),
        ('{"abstract": "b"}', "no title"),
        ('{"title": "a"}', "no abstract"),
        ('{"title": "", "abstract": "b"}', "no title"),
        ('{"title": "a", "abstract": null}', "no abstract"),
        ('{"title": "\\u200b ", "abstract": "b"}', "title is empty"),
        ('{"title": "a", "abstract": "\\u0000"}', "abstract is empty"),
        ('{"title": 5, "abstract": "b"}', "title is not text but a number"),
        ('{"title": "a", "abstract": ["b"]}', "abstract is not text but a list"),
        ('{"title": "a", "abstract": "b\0"}', "NUL bytes"),
        ('{"title": "' + "a" * (MAX_TITLE + 1) + '", "abstract": "b"}', "1,001 characters"),
        ('{"title": "a", "abstract": "' + "b" * (MAX_ABSTRACT + 1) + '"}', "50,001 characters"),
        ('{"title": ' + "[" * 20_000, "nests too deep"),
        ('{"year": ' + "9" * 5_000 + "}", "too large a number"),
    ],
)
def test_a_bad_line_is_a_fault_with_its_number_and_the_rest_is_read(line, reason):
    good = jsonl({"title": "A", "abstract": "B"})

    records, faults = read(f"{good}\n{line}\n{good}{good}")

    assert [record.line for record in records] == [1, 4, 5]
    assert [fault.line for fault in faults] == [3]
    assert reason in faults[0].reason


def test_a_line_that_is_not_utf_8_is_a_fault_that_names_the_byte():
    records, faults = read(
        '{"title": "é", "abstract": "b"}\n'.encode("latin-1") + b'{"title": "A", "abstract": "B"}'
    )

    assert [record.line for record in records] == [2]
    assert faults[0].line == 1
    assert faults[0].reason.startswith("Byte 12 of the line is not UTF-8")


def test_a_line_that_is_far_too_long_is_skipped_without_being_held_in_memory(tmp_path):
    path = tmp_path / "long.jsonl"
    with path.open("wb") as file:
        file.write(b'{"title": "A", "abstract": "')
        for _ in range(6):
            file.write(b"b" * MAX_LINE)
        file.write(b'"}\n{"title": "A", "abstract": "B"}\n')

    tracemalloc.start()
    first, second = load(file_source("long.jsonl", path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (first.line, second.line) == (1, 2)
    assert "longer than 8 MiB" in first.reason
    assert peak < 3 * MAX_LINE


def test_everything_known_of_a_paper_is_kept():
    record = only(
        jsonl(
            {
                "_id": "x7",
                "Title": "A",
                "summary": "B\n\n  c",
                "authors": [{"name": "Ada Brook"}, "Ben  Ford", {"age": 3}],
                "organisation": {"name": "rl", "fullname": "River Lab"},
                "publication_date": "2024-05-13T10:00:00Z",
                "upvotes": "12",
                "link": "https://example.org/a?b=c",
                "doi": "https://doi.org/10.1000/ABC.5",
                "arxiv": "arXiv:2405.01234v3",
                "pmid": 99,
                "update_date": "2025-01-01",
            }
        )
    )

    assert record == Record(
        title="A",
        abstract="B c",
        authors=("Ada Brook", "Ben Ford"),
        author_count=2,
        organization="River Lab",
        published=Published(2024, 5, 13),
        upvotes=12,
        url="https://example.org/a?b=c",
        identifiers=(
            ("arxiv", "2405.01234"),
            ("doi", "10.1000/abc.5"),
            ("pmid", "99"),
            ("id", "x7"),
        ),
    )


@pytest.mark.parametrize(
    ("authors", "expected", "count"),
    [
        ("Ada Brook; Ben Ford", ("Ada Brook", "Ben Ford"), 2),
        ("Ada Brook and Ben Ford", ("Ada Brook", "Ben Ford"), 2),
        ("Brook, Ada and Ford, Ben", ("Brook, Ada", "Ford, Ben"), 2),
        ("Ada Brook, Ben Ford, and Cleo Marsh", ("Ada Brook", "Ben Ford", "Cleo Marsh"), 3),
        ("brook,a.", ("brook,a.",), 1),
        ("Sandy Anderson", ("Sandy Anderson",), 1),
        (["Ada Brook", "et al."], ("Ada Brook", "et al."), None),
        (7, (), None),
        ([], (), None),
        (["\u200b", None, 3], (), None),
    ],
)
def test_authors_come_in_many_forms(authors, expected, count):
    record = only(jsonl({"title": "A", "abstract": "B", "authors": authors}))

    assert (record.authors, record.author_count) == (expected, count)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"year": 2024, "month": "May", "day": "13"}, Published(2024, 5, 13)),
        ({"year": "2024.0", "month": 13}, Published(2024)),
        ({"published": "soon", "year": 2023}, Published(2023)),
        ({"versions": [{"created": "Mon, 2 Apr 2007 19:18:42 GMT"}]}, Published(2007, 4, 2)),
        ({"metadata": {"listed": "2025-03-18"}}, Published(2025, 3, 18)),
        ({"published": "2024-02-30"}, None),
        ({"published": ["2024"]}, None),
        ({"update_date": "2024-01-01"}, None),
    ],
)
def test_a_date_is_found_where_there_is_one_and_a_bad_one_costs_nothing_else(fields, expected):
    assert only(jsonl({"title": "A", "abstract": "B", **fields})).published == expected


@pytest.mark.parametrize("value", [-1, 1.5, True, 10**30, "many", [3], float("nan")])
def test_a_number_that_makes_no_sense_is_left_out(value):
    record = only(jsonl({"title": "A", "abstract": "B", "upvotes": value, "author_count": value}))

    assert (record.upvotes, record.author_count) == (None, None)


@pytest.mark.parametrize(("name", "title"), [("metadata", "A"), ("paper", "inner")])
def test_values_of_an_inner_object_count_too(name, title):
    inner = {"title": "inner", "authors": ["Ada Brook"], "abstract": "B"}

    record = only(jsonl({"title": "A", "abstract": None, name: inner}))

    assert (record.title, record.abstract, record.authors) == (title, "B", ("Ada Brook",))


def test_a_json_array_is_read_up_to_where_it_is_not_json():
    good = '{"title": "A", "abstract": "B"}'

    records, faults = read(f"[\n{good},\n7,\n{good},\n{{]\n")

    assert [record.line for record in records] == [2, 4]
    assert [fault.line for fault in faults] == [3, 5]
    assert "nothing after it was read" in faults[1].reason


def test_an_array_that_is_not_closed_says_so():
    for end in ("", ",", ', {"title": "B'):
        records, faults = read('[{"title": "A", "abstract": "B"}' + end)
        assert len(records) == 1
        assert "ends in the middle" in faults[0].reason


def test_bytes_in_an_array_that_are_not_utf_8_cost_one_element():
    good = b'{"title": "A", "abstract": "B"}'

    records, faults = read(b"[" + good + b',\n{"title":\n"\xe9", "abstract": "B"},\n' + good + b"]")

    assert [record.line for record in records] == [1, 4]
    assert [fault.line for fault in faults] == [3]


def test_text_after_an_array_is_reported():
    records, faults = read('[{"title": "A", "abstract": "B"}]\n{"title": "C"}')

    assert len(records) == 1
    assert faults[0].line == 2


def test_an_array_that_is_too_large_is_refused(tmp_path):
    path = tmp_path / "large.json"
    path.write_bytes(b"[{" + b" " * MAX_SIZE)

    (fault,) = load(file_source("large.json", path))

    assert "save it as JSON Lines" in fault.reason


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_may_be_parted_by_commas_semicolons_or_tabs(delimiter):
    rows = [["Year", "Title", "Abstract"], ["2024", '"A, b; c"', '"He said ""no""."']]

    record = only("\n".join(delimiter.join(row) for row in rows))

    assert (record.title, record.abstract) == ("A, b; c", 'He said "no".')
    assert record.published == Published(2024)


@pytest.mark.parametrize(
    ("table", "missing"),
    [
        ("title,year\nA,2024\n", "no column abstract; its columns are: title, year."),
        ("name;abstract\nA;B\n", "no column title; its columns are: name, abstract."),
        ("name,year\nA,2024\n", "no column title and no column abstract; its columns are: name"),
        ("title\nA\n", "no column abstract"),
    ],
)
def test_a_table_without_the_columns_that_are_needed_names_them(table, missing):
    records, faults = read(table)

    assert records == []
    assert len(faults) == 1
    assert missing in faults[0].reason


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A,B", "2 cells where the header has 3"),
        ("A,B,2024,more", "4 cells where the header has 3"),
        (",B,2024", "no title"),
        ("A, ,2024", "no abstract"),
        ("A,B\0,2024", "NUL bytes"),
        ('A,"B" or not,2024', "quotes inside a cell are to be doubled"),
        ('"A","say "B" twice",2024', "quotes inside a cell are to be doubled"),
        ("A," + "b" * (MAX_ROW + 1) + ",2024", "longer than a cell may be"),
    ],
)
def test_a_bad_row_is_a_fault_with_its_line_and_the_rest_is_read(row, reason):
    table = f'title,abstract,year\nA,"one\ntwo\nthree",2024\n\n{row}\nA,B,2024\nA,"B\nC",\n'

    records, faults = read(table)

    assert [record.line for record in records] == [2, 7, 8]
    assert [fault.line for fault in faults] == [6]
    assert reason in faults[0].reason


def test_a_line_that_is_not_utf_8_spoils_only_the_row_that_it_is_in():
    records, faults = read('title,abstract\nA,"b\ncafé, at sea"\nA,B\n'.encode("latin-1"))

    assert [record.line for record in records] == [4]
    assert [fault.line for fault in faults] == [3]


def test_a_quote_that_swallows_the_rest_is_reported_where_it_opens():
    records, faults = read('title,abstract\nA,B\nA,"one\nA,two\nA,three\n')

    assert [record.line for record in records] == [2]
    assert [fault.line for fault in faults] == [3]
    assert "Lines 3 to 5 were not read" in faults[0].reason


def test_a_quote_in_a_later_line_of_a_row_is_reported_there():
    records, faults = read('title,abstract,year\n"A\nb","one\nA,two\n')

    assert records == []
    assert [fault.line for fault in faults] == [3]


def test_reading_goes_on_at_the_next_row_with_a_quoted_cell():
    table = 'title,abstract\nA,"one\nnot, a row\n"B","two, three"\nC,four\n'

    records, faults = read(table)

    assert [record.line for record in records] == [4, 5]
    assert "Lines 2 to 3 were not read" in faults[0].reason


def test_an_open_quote_far_from_the_end_costs_no_memory_and_no_later_row():
    filler = f"A,{'b' * 97}\n" * (MAX_ROW // 90)

    records, faults = read(f'title,abstract\nA,"one\n{filler}"B","two"\n')

    assert pairs(records) == [("B", "two")]
    assert [fault.line for fault in faults] == [2]


def test_a_quote_means_nothing_in_a_tabbed_line_that_is_whole_without_it():
    records, faults = read('title\tabstract\n"Why"? A study\tB\nA\tB\n')

    assert faults == []
    assert pairs(records) == [('"Why"? A study', "B"), ("A", "B")]


def test_a_cell_may_be_longer_than_the_csv_module_allows_by_default():
    assert only("title,abstract,body\nA,B," + "x" * 200_000 + "\n").title == "A"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "looks like a PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "looks like an image"),
        (b"PK\x03\x04\x14\0\x06\0", "looks like a zip archive"),
        (bytes(range(256)) * 8, "looks like binary data"),
        (gzip.compress(b"\x1f\x8b\x08rest"), "looks like a gzip file inside a gzip file"),
        (b"Dear Sir,\nthe sea is large.\n", "format is not one of those known"),
    ],
)
def test_content_that_nobody_reads_gives_one_fault_that_says_what_is_read(raw, kind):
    records, faults = read(raw)

    assert records == []
    assert len(faults) == 1
    assert kind in faults[0].reason
    assert "Footnote reads saved Daily Papers pages, JSON arrays, JSON Lines and CSV" in (
        faults[0].reason
    )


@pytest.mark.parametrize("raw", [b"", b" \n\n", codecs.BOM_UTF8, gzip.compress(b"")])
def test_an_empty_file_is_a_fault(raw):
    assert read(raw) == ([], [Fault("sample", None, "It is empty.")])


@pytest.mark.parametrize("raw", ["[]", "title,abstract\n", GREETING + "Subscribe\n"])
def test_a_file_that_holds_no_papers_is_a_fault(raw):
    assert read(raw) == ([], [Fault("sample", None, "It holds no papers.")])


def test_damaged_gzip_data_is_a_fault_after_what_was_readable():
    packed = bytearray(gzip.compress(jsonl({"title": "A", "abstract": "B"}).encode()))
    packed[-8] ^= 0xFF

    records, faults = read(bytes(packed))

    assert pairs(records) == [("A", "B")]
    assert "damaged" in faults[0].reason


def test_gzip_data_that_expands_without_end_is_cut_off():
    packed = gzip.compress(b"\n" * 1_000_000)

    content = Content("bomb", io.BytesIO(packed), limit=100_000)

    assert sum(1 for _ in lines(content)) <= 100_000
    assert "expands to more than" in content.damage


def test_a_file_that_stops_being_readable_is_a_fault_after_what_was_read():
    class Failing(io.BytesIO):
        def read(self, size=-1):
            data = super().read(size)
            if not data:
                raise OSError(5, "Input/output error")
            return data

    records = jsonl({"title": "A", "abstract": "B"}).encode()

    first, second = load(Source("disk", lambda: Failing(records)))

    assert first.title == "A"
    assert second == Fault("disk", None, "Reading stopped here: Input/output error.")


def test_a_folder_is_read_recursively_in_order_without_hidden_files(tmp_path):
    for name in ("b/2.txt", "b/1.txt", "a.txt", "c.txt", ".hidden", ".git/x", "b/.y"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "b" / "loop").symlink_to(tmp_path)

    assert [found.name for found in find_sources([str(tmp_path)])] == [
        "a.txt",
        "b/1.txt",
        "b/2.txt",
        "c.txt",
    ]


def test_an_unknown_file_in_a_folder_is_a_fault_of_its_own(tmp_path):
    (tmp_path / "a.jsonl").write_text(jsonl({"title": "A", "abstract": "B"}))
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7")

    items = [item for found in find_sources([str(tmp_path)]) for item in load(found)]

    assert [type(item) for item in items] == [Record, Fault]
    assert items[1].source == "b.pdf"


def test_what_is_missing_or_cannot_be_opened_is_a_fault(tmp_path):
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    empty = tmp_path / "empty"
    empty.mkdir()

    faults = list(
        find_sources([str(tmp_path / "none"), str(tmp_path / "broken"), str(empty), "\0"])
    )

    assert [fault.source for fault in faults[:3]] == [
        str(tmp_path / "none"),
        str(tmp_path / "broken"),
        str(empty),
    ]
    assert "no such file" in faults[0].reason
    assert "no such file" in faults[1].reason
    assert "no files" in faults[2].reason
    assert "cannot be read" in faults[3].reason


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_a_fault(tmp_path):
    path = tmp_path / "secret.csv"
    path.write_text("title,abstract\nA,B\n")
    path.chmod(0)

    (fault,) = find_sources([str(path)])

    assert "cannot be read" in fault.reason


def test_a_file_that_vanishes_after_it_was_found_is_a_fault(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("title,abstract\nA,B\n")
    (found,) = find_sources([str(path)])
    path.unlink()

    (fault,) = load(found)

    assert "cannot be read" in fault.reason


def test_a_name_that_is_not_fit_to_be_shown_is_cleaned(tmp_path):
    path = tmp_path / "a\nb\u202e.csv"
    path.write_text("title,abstract\nA,B\n")

    assert [found.name for found in find_sources([str(path)])] == ["a b.csv"]


def test_standard_input_is_read_through_a_pipe():
    code = (
        "from rag.loaders import find_sources, load\n"
        "for source in find_sources(['-']):\n"
        "    print(source.name, [item.title for item in load(source)])\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        input=gzip.compress(SAMPLES["jsonl"]),
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )

    assert done.stdout.startswith(b"standard input ['Slow Rivers")


def test_a_named_pipe_is_read(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(SAMPLES["table"],))
    writer.start()

    (found,) = find_sources([str(pipe)])
    records = list(load(found))
    writer.join()

    assert len(records) == 3


@pytest.mark.parametrize("size", [0, 10, SPOOL_IN_MEMORY, SPOOL_IN_MEMORY + 1])
def test_a_stream_can_be_opened_again_and_again(size):
    spooled = stream_source("stream", lambda: nullcontext(io.BytesIO(b"x" * size)))

    for _ in range(2):
        with spooled.open() as file:
            assert file.seekable()
            assert len(file.read()) == size


def test_what_a_stream_left_on_disk_goes_with_it(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    long = io.BytesIO(b"x" * (SPOOL_IN_MEMORY + 1))
    spooled = stream_source("stream", lambda: nullcontext(long))
    spooled.open().close()
    assert len(list(tmp_path.iterdir())) == 1

    del spooled

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  a \t\r\n b\u00a0c\u2028d ", "a b c d"),
        ("a\u200bb\u200dc\ufeffd\u00ade", "abcde"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("tag\U000e0041\U000e007f", "tag"),
        ("nul\0esc\x1b bell\x07 c1\x9b", "nulesc bell c1"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("e\ufe0f\U000e0101", "e"),
        ("56times, 50\\% and UNIT_{ref} $x^2$", "56times, 50\\% and UNIT_{ref} $x^2$"),
        ("μ naïve 東京 é", "μ naïve 東京 é"),
    ],
)
def test_text_is_cleaned_of_what_cannot_be_seen_and_of_nothing_else(text, expected):
    assert clean(text) == expected


@given(st.text())
def test_clean_text_stays_as_it_is(text):
    once = clean(text)

    assert clean(once) == once
    once.encode()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024", (2024,)),
        (2024, (2024,)),
        (2024.0, (2024,)),
        (20240513, (2024, 5, 13)),
        ("2024-05", (2024, 5)),
        ("2024-05-13", (2024, 5, 13)),
        ("2024/5/3", (2024, 5, 3)),
        ("2024-05-13T08:30:00Z", (2024, 5, 13)),
        ("2024-05-13 08:30:00.123+02:00", (2024, 5, 13)),
        ("May 13, 2024", (2024, 5, 13)),
        ("13 May 2024", (2024, 5, 13)),
        ("13-May-2024", (2024, 5, 13)),
        ("Sept. 3rd, 2024", (2024, 9, 3)),
        ("September 2024", (2024, 9)),
        ("2024 Sep", (2024, 9)),
        ("May 13", (None, 5, 13)),
        ("Feb 29", (None, 2, 29)),
        ("Mon, 2 Apr 2007 19:18:42 GMT", (2007, 4, 2)),
    ],
)
def test_dates_are_read_with_the_parts_that_they_have(value, expected):
    assert parse_date(value) == Published(*expected)


@pytest.mark.parametrize(
    "value",
    [
        *("", "May", "soon", "2024-13", "2024-02-30", "Feb 30", "05/13/2024", "13", "0000"),
        *("May 13 14", "May 2024 June", "x" * 10_000),
        *(None, True, 0, -5, 10**400, 3.7, float("nan"), [2024]),
    ],
)
def test_what_is_no_date_is_none(value):
    assert parse_date(value) is None


@given(st.one_of(st.text(), st.integers(), st.floats(), st.dates().map(str)))
def test_a_date_is_parsed_or_none_whatever_it_is_given(value):
    parse_date(value)
    date_of(value, value, value)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_is_read_from_each_way_to_write_it(day):
    expected = Published(day.year, day.month, day.day)

    for form in ("%Y-%m-%d", "%B %d, %Y", "%d %b %Y", "%a, %d %b %Y 10:00:00 GMT"):
        assert parse_date(day.strftime(form)) == expected


@pytest.mark.parametrize(
    ("scheme", "value", "expected"),
    [
        ("arxiv", "2401.01234v2", [("arxiv", "2401.01234")]),
        ("arxiv", "https://arxiv.org/pdf/2401.01234v2.pdf", [("arxiv", "2401.01234")]),
        ("arxiv", "math.GT/0309136v1", [("arxiv", "math/0309136")]),
        ("arxiv", "hep-th/9901001", [("arxiv", "hep-th/9901001")]),
        ("arxiv", "2413.01234", []),
        ("id", "0704.0001", [("arxiv", "0704.0001")]),
        ("id", 4983, [("id", "4983")]),
        ("id", "10.1000/X.", [("doi", "10.1000/x")]),
        ("id", 2401.01234, []),
        ("doi", "doi:10.1000/X", [("doi", "10.1000/x")]),
        ("doi", "https://dx.doi.org/10.1000/a%3Cb", [("doi", "10.1000/a<b")]),
        (
            "doi",
            "10.48550/arXiv.2401.01234",
            [("doi", "10.48550/arxiv.2401.01234"), ("arxiv", "2401.01234")],
        ),
        ("doi", "unknown", []),
        ("pmid", "PMID: 0123", [("pmid", "123")]),
        ("url", "https://arxiv.org/abs/2401.01234", [("arxiv", "2401.01234")]),
        ("url", "https://huggingface.co/papers/2401.01234", [("arxiv", "2401.01234")]),
        ("url", "https://example.org/2401.01234", []),
    ],
)
def test_identifiers_are_brought_into_one_form(scheme, value, expected):
    assert list(identify([(scheme, value)])) == expected


@pytest.mark.parametrize(
    ("value", "identifiers", "expected"),
    [
        ("https://example.org", (("doi", "10.1/x"),), "https://example.org"),
        (None, (("arxiv", "2401.01234"), ("doi", "10.1/x")), "https://arxiv.org/abs/2401.01234"),
        (None, (("doi", "10.1000/a<b"),), "https://doi.org/10.1000/a%3Cb"),
        ("javascript:alert(1)", (), None),
        ("https://a b", (), None),
        ('https://a/"onclick', (), None),
        ("https://user@evil.example", (), None),
        (None, (("id", "7"),), None),
    ],
)
def test_an_address_is_kept_if_it_is_one_or_made_of_an_identifier(value, identifiers, expected):
    assert web_address(value, identifiers) == expected


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="../shared/data is absent")
def test_a_public_collection_is_read_without_a_fault():
    (found,) = find_sources([str(SHARED / "data" / "scifact" / "corpus.jsonl.gz")])

    items = list(load(found))

    assert len(items) == 5_183
    assert all(isinstance(item, Record) for item in items)
    assert items[0].identifiers == (("id", "4983"),)


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="../shared/data is absent")
def test_files_of_other_programs_are_read_or_refused_with_a_reason():
    for found in find_sources([str(SHARED / "data" / "importers")]):
        assert all(item for item in load(found))


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="../shared/data is absent")
def test_arxiv_metadata_gives_identifier_date_and_authors():
    (found,) = find_sources([str(SHARED / "data" / "arxiv-74k.jsonl.gz")])

    first = next(load(found))

    assert replace(first, title="", abstract="", authors=()) == Record(
        title="",
        abstract="",
        author_count=16,
        published=Published(2025, 3, 18),
        url="https://arxiv.org/abs/2503.11731",
        identifiers=(("arxiv", "2503.11731"),),
    )

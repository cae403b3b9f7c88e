"""Answers as files: what is written is read again by the programs that read such files."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import SplitNameParts
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pylatexenc.latex2text import LatexNodes2Text

from rag.types import (
    Answer,
    Citation,
    Dropped,
    Paper,
    Published,
    Refusal,
    Scope,
    Span,
    Verdict,
)
from ui.conversation import Kept
from ui.exports import FORMATS, ExportError, export
from ui.exports.markdown import plain
from ui.exports.names import Name, read_names
from ui.exports.works import works

TIDES = Paper(
    id="2510.12345",
    title="TideNet: Forecasting Coastal Floods with U-Nets",
    abstract="Floods are hard to forecast. TideNet forecasts them 36 hours ahead.",
    authors=("Mara Lindqvist", "João van der Reis"),
    author_count=2,
    organization="Harbour Institute",
    published=Published(2025, 10, 24),
    url="https://arxiv.org/abs/2510.12345",
    identifiers=(("arxiv", "2510.12345"),),
)
DOUGH = Paper(
    id="slow-dough",
    title=r"Slow Dough: 50\% Faster & Cheaper {Bread}",
    abstract="Bakers judge by eye.",
    author_count=3,
    published=Published(2024, 5),
    url="https://doi.org/10.1000/slow_dough",
    identifiers=(("doi", "10.1000/slow_dough"), ("pmid", "31415")),
)
ICE = Paper(id="ice", title="Ice", abstract="Ice cracks.", published=Published(None, 10))
SUPPORTS = Span(29, 67)


def answer(*papers: Paper, text: str = "It is so [1].", **given: Any) -> Answer:
    cited = tuple(Citation(number, paper, Span(0, 4)) for number, paper in enumerate(papers, 1))
    return Answer("How far?", text, cited, **given)


def written(suffix: str, *papers: Paper) -> str:
    return FORMATS[suffix].written([Kept(answer(*papers))])


def read_bibtex(text: str) -> list[dict[str, str]]:
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    return [
        {field.key: field.value for field in entry.fields}
        | {"ID": entry.key, "TYPE": entry.entry_type}
        for entry in library.entries
    ]


def test_bibtex_says_what_is_known_and_nothing_else() -> None:
    assert written(".bib", TIDES, DOUGH, ICE) == (
        "@misc{lindqvist2025tidenet,\n"
        "  title = {{TideNet}: Forecasting Coastal Floods with {U-Nets}},\n"
        "  author = {Lindqvist, Mara and van der Reis, Jo{\\~a}o},\n"
        "  year = {2025},\n"
        "  month = oct,\n"
        "  eprint = {2510.12345},\n"
        "  archiveprefix = {arXiv},\n"
        "  url = {https://arxiv.org/abs/2510.12345},\n"
        "}\n"
        "\n"
        "@article{slow2024dough,\n"
        "  title = {Slow Dough: 50\\% Faster \\& Cheaper "
        "{\\textbraceleft}Bread{\\textbraceright}},\n"
        "  year = {2024},\n"
        "  month = may,\n"
        "  doi = {10.1000/slow_dough},\n"
        "  pmid = {31415},\n"
        "  url = {https://doi.org/10.1000/slow_dough},\n"
        "}\n"
        "\n"
        "@misc{ice,\n"
        "  title = {Ice},\n"
        "}\n"
    )


def test_ris_says_what_is_known_and_nothing_else() -> None:
    assert written(".ris", TIDES, ICE) == (
        "TY  - UNPB\n"
        "ID  - lindqvist2025tidenet\n"
        "TI  - TideNet: Forecasting Coastal Floods with U-Nets\n"
        "AU  - Lindqvist, Mara\n"
        "AU  - van der Reis, João\n"
        "PY  - 2025\n"
        "DA  - 2025/10/24\n"
        "AB  - Floods are hard to forecast. TideNet forecasts them 36 hours ahead.\n"
        "AN  - arXiv:2510.12345\n"
        "UR  - https://arxiv.org/abs/2510.12345\n"
        "ER  - \n"
        "\n"
        "TY  - GEN\n"
        "ID  - ice\n"
        "TI  - Ice\n"
        "AB  - Ice cracks.\n"
        "ER  - \n"
    )


def test_csl_json_says_what_is_known_and_nothing_else() -> None:
    tides, dough, ice = json.loads(written(".json", TIDES, DOUGH, ICE))

    assert tides == {
        "id": "lindqvist2025tidenet",
        "type": "article",
        "title": "TideNet: Forecasting Coastal Floods with U-Nets",
        "author": [
            {"family": "Lindqvist", "given": "Mara"},
            {"family": "van der Reis", "given": "João"},
        ],
        "issued": {"date-parts": [[2025, 10, 24]]},
        "publisher": "arXiv",
        "number": "arXiv:2510.12345",
        "URL": "https://arxiv.org/abs/2510.12345",
        "abstract": TIDES.abstract,
    }
    assert dough["type"] == "article-journal"
    assert (dough["DOI"], dough["PMID"]) == ("10.1000/slow_dough", "31415")
    assert dough["issued"] == {"date-parts": [[2024, 5]]}
    assert "author" not in dough
    assert ice == {"id": "ice", "type": "document", "title": "Ice", "abstract": "Ice cracks."}


def test_a_list_of_authors_that_goes_on_says_so() -> None:
    known = Paper("p", "T", "A", authors=("Ada Lovelace",), author_count=7)
    unknown = Paper("q", "U", "A", authors=("Ada Lovelace", "et al."))

    first, second = read_bibtex(written(".bib", known, unknown))

    assert first["author"] == second["author"] == "Lovelace, Ada and others"


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("Ada Lovelace", Name("Lovelace", "Ada")),
        ("Lovelace, Ada", Name("Lovelace", "Ada")),
        ("Laurens van der Maaten", Name("van der Maaten", "Laurens")),
        ("Martin Luther King Jr.", Name("King", "Martin Luther", "Jr.")),
        ("Jean-Luc O'Neill-Smith", Name("O'Neill-Smith", "Jean-Luc")),
        ("DeepSeek-AI", Name(literal="DeepSeek-AI")),
        ("Gemma Team", Name(literal="Gemma Team")),
        ("Barnes and Noble", Name(literal="Barnes and Noble")),
        ("李华", Name(literal="李华")),
        ("Smith, Jr., John", Name(literal="Smith, Jr., John")),
        (",", Name(literal=",")),
    ],
)
def test_a_name_is_taken_apart_only_where_that_is_sure(given_name: str, name: Name) -> None:
    assert read_names((given_name,)) == (name,)


def test_keys_do_not_depend_on_what_else_is_exported_unless_they_would_be_the_same() -> None:
    def keys(*papers: Paper) -> list[str]:
        return [work.key for work in works([answer(*papers)])]

    one = Paper("a", "The Öl of Łódź", "A", authors=("Ærø Ångström",), published=Published(2025))
    same = Paper("b", "On öl", "A", authors=("B. Angstrom",), published=Published(2025))

    assert keys(one) == ["angstrom2025ol"]
    assert keys(one, TIDES)[0] == "angstrom2025ol"
    both = keys(one, same)
    assert len(set(both)) == 2
    assert all(key.startswith("angstrom2025ol-") for key in both)
    assert keys(same, one) == both[::-1]
    assert keys(Paper("x", "题目", "A")) == ["paper"]


def test_a_paper_that_several_answers_cite_is_listed_once() -> None:
    cited = [answer(TIDES, ICE), answer(ICE), answer(DOUGH, TIDES)]

    assert [work.title for work in works(cited)] == [
        TIDES.title,
        "Ice",
        "Slow Dough: 50% Faster & Cheaper {Bread}",
    ]


HOSTILE = st.text(
    st.one_of(
        st.sampled_from("{}\\\"'`%$#&_^~@,;:=-–—“” \n\t[]<>*|!()/.éÅßłØ中α≈𝔸"),
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Co", "Cn", "Zl", "Zp")),
    ),
    min_size=1,
    max_size=40,
).filter(str.strip)
DATES = st.one_of(
    st.none(),
    st.builds(Published, st.integers(1000, 9999), st.none() | st.integers(1, 12), st.just(None)),
    st.dates()
    .filter(lambda day: day.year > 999)
    .map(lambda day: Published(day.year, day.month, day.day)),
)
PAPERS = st.builds(
    Paper,
    id=HOSTILE,
    title=HOSTILE,
    abstract=HOSTILE,
    authors=st.lists(HOSTILE, max_size=3).map(tuple),
    published=DATES,
    url=st.none() | HOSTILE.map("https://example.org/".__add__),
    identifiers=st.lists(
        st.tuples(st.sampled_from(("arxiv", "doi", "pmid", "id")), HOSTILE), max_size=3
    ).map(tuple),
)
BIBLIOGRAPHIES = st.lists(PAPERS, min_size=1, max_size=4, unique_by=lambda paper: paper.id)


def decoded(latex: str) -> str:
    """The text that LaTeX would show; the reader used here lacks two commands."""
    known = latex.replace(r"\textbraceleft", r"\{").replace(r"\textbraceright", r"\}")
    return str(LatexNodes2Text().latex_to_text(known))


def letters(text: str) -> str:
    """What LaTeX and back leaves alone: neither quotes, dashes, accents nor blanks."""
    plain_text = text.replace("ˆ", "^").replace("ı", "i").replace("ȷ", "j")
    folded = unicodedata.normalize("NFKD", plain_text)
    return "".join(one for one in folded if one.isalnum() or one in "%&_#{}$@")


@given(BIBLIOGRAPHIES)
def test_bibtex_is_read_again_as_it_was_meant(papers: list[Paper]) -> None:
    said = works([answer(*papers)])
    entries = read_bibtex(written(".bib", *papers))

    assert [entry["ID"] for entry in entries] == [work.key for work in said]
    for entry, work in zip(entries, said, strict=True):
        assert letters(decoded(entry["title"])) == letters(work.title)
        assert entry.get("year") == (str(work.published.year) if work.published else None)
        for name in ("url", "doi", "pmid"):
            assert entry.get(name, "") == getattr(work, name)


@given(PAPERS)
def test_each_author_stays_one_author_in_bibtex(paper: Paper) -> None:
    (work,) = works([answer(paper)])
    (entry,) = bibtexparser.parse_string(
        written(".bib", paper),
        append_middleware=[
            bibtexparser.middlewares.SeparateCoAuthors(),
            SplitNameParts(),
        ],
    ).entries
    parts = entry.fields_dict["author"].value if "author" in entry.fields_dict else []

    assert len(parts) == len(work.authors)


@given(BIBLIOGRAPHIES)
def test_ris_is_read_again_as_it_was_meant(papers: list[Paper]) -> None:
    said = works([answer(*papers)])

    records = rispy.loads(written(".ris", *papers))

    assert [record["id"] for record in records] == [work.key for work in said]
    for record, work in zip(records, said, strict=True):
        assert record["title"] == work.title
        assert record.get("authors", []) == [name.last_first for name in work.authors]
        assert record.get("year") == (f"{work.published.year}" if work.published else None)
        assert record.get("doi", "") == work.doi


@given(BIBLIOGRAPHIES)
def test_csl_json_keeps_to_its_schema(papers: list[Paper]) -> None:
    items = json.loads(written(".json", *papers))

    assert len({item["id"] for item in items}) == len(papers)
    for item in items:
        assert item["type"] in ("article", "article-journal", "document")
        texts = set(item) - {"author", "issued"}
        assert texts <= {
            *("id", "type", "title", "publisher", "number", "DOI", "PMID", "URL", "abstract")
        }
        assert all(isinstance(item[name], str) for name in texts)
        for name in item.get("author", []):
            assert set(name) <= {"family", "given", "suffix"} or set(name) == {"literal"}
        if "issued" in item:
            ((year, *rest),) = item["issued"]["date-parts"]
            assert 1000 <= year <= 9999
            assert len(rest) <= 2


def test_markdown_gives_the_answer_its_references_and_their_sentences() -> None:
    cited = Citation(1, TIDES, SUPPORTS)
    weak = Citation(2, DOUGH, Span(0, 20), Verdict("weak", ("The figure is not there.",)))
    said = Answer(
        "How far ahead?",
        "TideNet sees *36 hours* ahead [1]. Bakers do not [2].",
        (cited, weak),
        model="small-model",
        dropped=(Dropped("Wrong.", ("No.",)),),
    )

    assert FORMATS[".md"].written([Kept(said)]) == (
        "# How far ahead?\n\n"
        "TideNet sees *36 hours* ahead [1]. Bakers do not [2].\n\n"
        "## References\n\n"
        "1. Mara Lindqvist, João van der Reis. **TideNet: Forecasting Coastal Floods with "
        "U-Nets**. Harbour Institute. Oct 24, 2025. <https://arxiv.org/abs/2510.12345>\n\n"
        "   > TideNet forecasts them 36 hours ahead.\n\n"
        "2. 3 authors. **Slow Dough: 50% Faster \\& Cheaper {Bread}**. May 2024. "
        "<https://doi.org/10.1000/slow_dough>\n\n"
        "   > Bakers judge by eye.\n\n"
        "   *Weak: The figure is not there.*\n\n"
        "Written by small-model; each sentence was checked against the source that it cites. "
        "1 sentence was left out: no source supports it.\n"
    )


def test_markdown_of_a_conversation_has_a_section_with_references_an_answer() -> None:
    refused = Answer("Why?", "No.", refusal=Refusal("not-on-shelf", "Nothing fits.", (ICE,)))

    page = FORMATS[".md"].written([Kept(answer(TIDES)), Kept(refused), Kept(answer(ICE))])

    headings = [line for line in page.splitlines() if line.startswith("#")]
    assert headings == [
        "# Questions and answers",
        *("## How far?", "### References"),
        "## Why?",
        *("## How far?", "### References"),
    ]
    assert "**No answer.** Nothing fits.\n\nNearest on the shelf:\n\n- Ice" in page
    assert "1. **Ice**. Oct" in page


def test_markdown_says_within_what_each_question_was_asked() -> None:
    refused = Answer("Why?", "No.", refusal=Refusal("not-on-shelf", "Nothing fits.", (ICE,)))
    ours = Scope(since=Published(2025, 10), organization="Harbour *Institute*")

    page = FORMATS[".md"].written([
        Kept(answer(TIDES), ours),
        Kept(refused, Scope(paper_ids=("ice",))),
        Kept(answer(ICE)),
    ])  # fmt: skip

    assert "## How far?\n\n*within: since Oct 2025, Harbour \\*Institute\\**\n\nIt is" in page
    assert "## Why?\n\n*within: 1 chosen paper*\n\n**No answer.**" in page
    assert page.count("within:") == 2


@given(HOSTILE)
def test_no_text_of_a_paper_is_taken_for_markdown(text: str) -> None:
    (paragraph,) = [token for token in MarkdownIt().parse(plain(text)) if token.type == "inline"]

    shown = "".join(child.content for child in paragraph.children or ())
    assert {child.type for child in paragraph.children or ()} <= {"text", "text_special"}
    assert shown == " ".join(text.split())


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    library = tmp_path / "mine.bib"
    library.write_text("@misc{precious}", encoding="utf-8")

    with pytest.raises(ExportError, match="exists already"):
        export(library, [Kept(answer(TIDES))])

    assert library.read_text(encoding="utf-8") == "@misc{precious}"


@pytest.mark.parametrize(
    ("name", "said", "why"),
    [
        ("refs.docx", answer(TIDES), r"end its name in one of \.md \(Markdown\), \.bib"),
        ("refs", answer(TIDES), "does not say a format"),
        ("nowhere/refs.bib", answer(TIDES), "There is no folder"),
        ("refs.bib", answer(), "No paper is cited"),
    ],
)
def test_what_cannot_be_written_is_told_and_leaves_no_file(
    tmp_path: Path, name: str, said: Answer, why: str
) -> None:
    with pytest.raises(ExportError, match=why):
        export(tmp_path / name, [Kept(said)])

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_is_written_to_a_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"refs{suffix.upper()}"

    export(path, [Kept(answer(TIDES))])

    assert path.read_text(encoding="utf-8") == FORMATS[suffix].written([Kept(answer(TIDES))])

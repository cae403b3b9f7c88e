"""The papers page and the page of a paper, as a browser without scripts gets them."""

import re
from html import unescape
from html.parser import HTMLParser

import httpx
import pytest
from fastapi import FastAPI
from shelved import BEES, DOUGH, MAPS, TIDES, Search, Shelf, pages

from rag.errors import ModelError
from rag.types import Published, Range, Record, Scope
from ui.exports import FORMATS
from ui.web import papers_query as query
from ui.web.pages import router
from ui.web.papers_query import Asked

HOSTILE = (
    "<script>window.__pwn=1</script>",
    "<img src=http://evil.example/i onerror=alert(1)>",
    '"><iframe src=http://evil.example></iframe>',
    "{{ 7 * 7 }}{% include 'base.html' %}",
    "![x](http://evil.example/m)",
    "</title></textarea></style><form action=http://evil.example><input>",
    "$\\href{javascript:alert(1)}{x}$",
)
OURS = set(
    "html head meta title body a header nav main h1 h2 h3 p form div label input button details "
    "summary datalist option select section ol ul li span svg desc rect table caption thead tbody "
    "tr th td article dl dt dd".split()
)


@pytest.fixture
def shelf(tmp_path):
    opened = Shelf(tmp_path / "catalogue.sqlite")
    opened.add("/home/mara/secret/page-1.txt", TIDES, DOUGH)
    opened.add("/home/mara/secret/page-2.txt", BEES, MAPS)
    yield opened
    opened.close()


@pytest.fixture
def search(shelf):
    return Search(shelf)


@pytest.fixture
def get(search, shelf):
    app = pages(search, shelf)

    async def got(path, **params):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.get(path, params=params or None)

    return got


def ids(shelf):
    return {paper.title: paper.id for paper in shelf.find()}


def titles(response):
    assert response.status_code == 200
    return [
        unescape(one) for one in re.findall(r'<h3><a href="/papers/[^>]*>(.*?)</a>', response.text)
    ]


def count(response):
    return unescape(re.search(r'id="count"[^>]*>(.*?)<', response.text)[1])


def problem(response):
    return [unescape(one) for one in re.findall(r'role="alert">(.*?)<', response.text)]


async def test_the_newest_papers_come_first(get):
    response = await get("/papers")

    shown = ["TideNet: Forecasting 10^2 Coastal Floods", "Counting Bees", "Slow Dough", "Old Maps"]
    assert titles(response) == shown
    assert count(response) == "4 papers"
    assert (
        "Mara Lindqvist, João Reis · Harbour Institute · Oct 24, 2025 · 12 upvotes" in response.text
    )


@pytest.mark.parametrize(
    ("sort", "first"),
    [("oldest", "Slow Dough"), ("upvotes", "TideNet"), ("title", "Counting"), ("no", "TideNet")],
)
async def test_papers_are_sorted_as_asked(get, sort, first):
    assert titles(await get("/papers", sort=sort))[0].startswith(first)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"since": "2025-09"}, ["TideNet"]),
        ({"until": "2024"}, ["Slow Dough"]),
        ({"since": "2025", "until": "2025-08"}, ["Counting Bees"]),
        ({"organization": "hive"}, ["Counting Bees"]),
        ({"source": "page-2.txt"}, ["Counting Bees", "Old Maps"]),
        ({"author": "joao reis"}, ["TideNet"]),
        ({"author": "M. Lindqvist"}, ["TideNet"]),
        ({"author": "Curie"}, []),
        ({"upvotes": "3"}, ["TideNet", "Counting Bees"]),
        ({"upvotes": "4"}, ["TideNet"]),
    ],
)
async def test_filters_are_hard(get, filters, found):
    shown = titles(response := await get("/papers", **filters))

    assert len(shown) == len(found)
    assert all(one.startswith(start) for one, start in zip(shown, found, strict=True))
    assert all(f'value="{value}"' in response.text for value in filters.values())


async def test_words_are_searched_for_within_the_filters(get, search, shelf):
    search.ids = [ids(shelf)["Slow Dough"], ids(shelf)["Counting Bees"], ids(shelf)["Old Maps"]]

    response = await get("/papers", words="  rising   bread ", since="2024")

    assert titles(response) == ["Slow Dough", "Counting Bees"]
    assert search.asked[0][:2] == ("rising bread", Scope(since=Published(2024)))
    assert count(response) == "The 2 papers nearest to “rising bread”"
    assert response.text.count('class="gauge ') == 2


async def test_what_was_searched_for_is_sorted_as_asked(get, search, shelf):
    search.ids = [ids(shelf)["Slow Dough"], ids(shelf)["Counting Bees"]]

    assert titles(await get("/papers", words="x", sort="title")) == ["Counting Bees", "Slow Dough"]


async def test_a_search_without_result_lists_nothing(get):
    response = await get("/papers", words="nothing")

    assert titles(response) == []
    assert count(response) == "No paper on the shelf fits."


@pytest.mark.parametrize(
    "words", ["2510.12345", "arXiv:2510.12345v2", "https://doi.org/10.1000/tides"]
)
async def test_an_identifier_finds_its_paper_alone(get, search, words):
    assert len(titles(await get("/papers", words=words))) == 1
    assert search.asked == []


async def test_an_identifier_of_no_paper_finds_none(get):
    assert count(await get("/papers", words="2510.99999")) == "No paper on the shelf fits."


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ({"since": "soon"}, "“soon” is not a date"),
        ({"until": "2025-13"}, "“2025-13” is not a date"),
        ({"until": "Oct 24"}, "“Oct 24” is not a date"),
        ({"upvotes": "-1"}, "“-1” is not a whole number"),
        ({"upvotes": "²"}, "“²” is not a whole number"),
        ({"since": "2025-03", "until": "2025-02"}, "Nothing is since 2025-03 and until 2025-02"),
    ],
)
async def test_a_filter_that_says_nothing_is_told(get, filters, sentence):
    response = await get("/papers", **filters)

    assert response.status_code == 200
    assert len(problem(response)) == 1
    assert problem(response)[0].startswith(sentence)


async def test_many_papers_are_shown_page_by_page(get, shelf):
    shelf.add("many.txt", *(Record(f"Paper {n:02}", "One.", upvotes=100 - n) for n in range(60)))

    first = await get("/papers", sort="upvotes", source="many.txt")
    assert titles(first) == [f"Paper {n:02}" for n in range(25)]
    assert count(first) == "1 to 25 of 60 papers"
    following = unescape(re.search(r'rel="next" href="(.*?)"', first.text)[1])
    second = await get(following)
    assert titles(second) == [f"Paper {n:02}" for n in range(25, 50)]
    assert count(second) == "26 to 50 of 60 papers"
    assert 'rel="next"' not in (await get(following.replace("page=2", "page=3"))).text


@pytest.mark.parametrize("page", ["0", "-3", "x", "9" * 30, "2.5", "%00"])
async def test_any_page_number_is_answered(get, page):
    response = await get("/papers", page=page)

    assert response.status_code == 200
    assert titles(response) or "Back to the first page" in response.text


async def test_an_error_of_the_search_is_a_sentence(get, search):
    search.error = ModelError("The model's weights cannot be read.")

    response = await get("/papers", words="tides")

    assert problem(response) == ["The model's weights cannot be read."]


async def test_what_nobody_foresaw_is_a_page_with_a_reference(get, search):
    search.error = RuntimeError("a secret sk-123 of the provider")

    response = await get("/papers", words="tides")

    assert response.status_code == 500
    assert re.search(r"reference [0-9a-f]{8}", response.text)
    assert "sk-123" not in response.text


async def test_an_empty_shelf_says_how_to_fill_it(tmp_path):
    shelf = Shelf(tmp_path / "empty.sqlite")
    transport = httpx.ASGITransport(pages(Search(shelf), shelf))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        response = await client.get("/papers")

    assert "The shelf is empty." in count(response)
    shelf.close()


async def test_where_files_lie_is_nobodys_business(get, shelf):
    for path in ("/papers", f"/papers/{ids(shelf)['Slow Dough']}"):
        response = await get(path)
        assert "page-1.txt" in response.text
        assert "mara" not in response.text.replace("Mara", "")


async def test_a_paper_shows_its_record(get):
    text = (await get("/papers/2510.12345")).text

    for part in (
        "<h1>TideNet: Forecasting 10^2 Coastal Floods</h1>",
        "TideNet forecasts flood levels 36 hours ahead.",
        "<dd>Oct 24, 2025</dd>",
        "<dd>Mara Lindqvist, João Reis</dd>",
        "<dd>Harbour Institute</dd>",
        "<dd>arXiv 2510.12345 · DOI 10.1000/tides</dd>",
        "<dd>page-1.txt</dd>",
        'href="/?only=2510.12345"',
        'href="https://example.org/tides?a=1&amp;b=2" target="_blank" rel="noopener noreferrer"',
    ):
        assert part in text


async def test_dates_are_shown_as_far_as_known(get, shelf):
    assert "<dd>May 2024</dd>" in (await get(f"/papers/{ids(shelf)['Slow Dough']}")).text
    assert "Published" not in (await get(f"/papers/{ids(shelf)['Old Maps']}")).text


async def test_similar_papers_are_others(get, search, shelf):
    search.ids = ["2510.12345", ids(shelf)["Slow Dough"], ids(shelf)["Old Maps"]]

    response = await get("/papers/2510.12345")

    assert titles(response) == ["Slow Dough", "Old Maps"]
    assert search.asked[0][0].startswith("TideNet")


async def test_a_paper_is_shown_where_nothing_similar_can_be_searched_for(get, search):
    search.error = ModelError("no weights")

    response = await get("/papers/2510.12345")

    assert response.status_code == 200
    assert "Similar" not in response.text


async def test_a_paper_that_is_not_indexed_yet_says_so(get, search, shelf):
    pending = shelf.stage("new.txt", [Record("Fresh", "Not yet.")])[0].paper.id

    response = await get(f"/papers/{pending}")

    assert "waits to be indexed" in response.text
    assert "/?only=" not in response.text
    assert search.asked == []


@pytest.mark.parametrize("paper_id", ["nothing", "2510.1234", "%3Cscript%3E", "a" * 5000])
@pytest.mark.parametrize("end", ["", "/cite.bib"])
async def test_an_unknown_paper_is_a_page_with_a_sentence(get, paper_id, end):
    response = await get(f"/papers/{paper_id}{end}")

    assert response.status_code == 404
    assert "<script>" not in response.text
    assert "No paper on the shelf has the id" in response.text


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("bib", "@article{lindqvist2025"),
        ("ris", "TY  - "),
        ("json", '[\n  {\n    "id": "lindqvist'),
    ],
)
async def test_a_paper_can_be_cited(get, form, begins):
    response = await get(f"/papers/2510.12345/cite.{form}")

    assert response.text.lstrip().lower().startswith(begins.lower())
    assert response.headers["content-disposition"] == f'attachment; filename="2510-12345.{form}"'


async def test_a_paper_offers_every_format_of_a_bibliography(get):
    page = (await get("/papers/2510.12345")).text

    offered = [suffix for suffix in FORMATS if f"/papers/2510.12345/cite{suffix}" in page]
    assert offered == [".bib", ".ris", ".json"]


async def test_papers_that_are_selected_are_asked_about(get):
    response = await get("/papers/ask?only=a.b&only=c%26d")

    assert (response.status_code, response.headers["location"]) == (303, "/?only=a.b,c%26d")


async def test_asking_about_more_than_can_be_chosen_is_told_and_nothing_is_cut(get):
    ids = "&".join(f"only=paper-{number}" for number in range(101))

    response = await get(f"/papers/ask?{ids}")

    assert response.status_code == 400
    assert "100 papers at most" in response.text
    assert (await get(f"/papers/ask?{ids[: ids.rindex('&')]}")).status_code == 303


async def test_asking_about_nothing_is_told(get):
    response = await get("/papers/ask")

    assert response.status_code == 400
    assert "Select papers first" in response.text


@pytest.mark.parametrize("text", HOSTILE)
async def test_text_of_a_paper_or_a_person_is_only_text(get, search, shelf, text):
    evil = Record(
        f"Evil {text}",
        text,
        authors=(text,),
        organization=text,
        published=Published(2025, 1),
        url=f"javascript:{text}",
        identifiers=(("doi", f"10.1/{text}"),),
    )
    [paper_id] = shelf.add(f"/tmp/{text.replace('/', '')}", evil)  # noqa: S108
    search.ids = [paper_id]
    for path, params in (
        ("/papers", {}),
        ("/papers", {"words": text, "since": text, "organization": text, "source": text}),
        (f"/papers/{paper_id}", {}),
        (f"/papers/{text.replace('/', '')}", {}),
    ):
        response = await get(path, **params)
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        page = Page(response.text)
        assert page.tags <= OURS
        assert page.handlers == []
        assert all(re.match(r"/(?!/)|#|https://example\.org/", one) for one in page.targets)


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.targets, self.handlers = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        known = dict(attributes)
        is_ours = tag in ("script", "link") and known.get("src", known.get("href", "/look/"))
        if not (is_ours and is_ours.startswith("/look/")):
            self.tags.add(tag)
        self.targets += [known[one] for one in ("href", "src", "action") if one in known]
        self.handlers += [one for one in known if one.startswith(("on", "style", "form"))]


def test_an_address_says_what_was_asked_and_no_more():
    asked = query.read({"words": " a  b ", "since": "", "sort": "title", "page": "3", "x": "y"})

    assert asked == Asked(words="a b", sort="title", page=3)
    assert asked.at(4) == "/papers?words=a+b&sort=title&page=4"
    assert asked.narrowed(source="a&b") == "/papers?words=a+b&source=a%26b&sort=title"
    assert Asked().at(1) == "/papers"


def test_what_is_typed_becomes_a_scope():
    asked = Asked(since="2025-10", until="x", organization="Lab", author="Ada", upvotes="7")

    assert query.scope(asked) == Scope(
        since=Published(2025, 10), organization="Lab", authors=("Ada",), upvotes=Range(least=7)
    )


async def test_text_is_no_template(get, shelf):
    shelf.add("x.txt", Record("Value {{ 7 * 7 }} and {% raw %}", "One.", published=Published(2026)))

    assert "Value {{ 7 * 7 }}" in titles(await get("/papers"))[0]


async def test_the_bar_is_told_to_the_chat():
    app = FastAPI()
    app.include_router(router())

    @app.middleware("http")
    async def guard(request, call_next):
        request.state.links = (("/sign-out", "Sign out"),)
        return await call_next(request)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://a") as client:
        bar = (await client.get("/bar")).json()

    assert bar["links"] == [["/", "Chat"], ["/papers", "Papers"], ["/sign-out", "Sign out"]]

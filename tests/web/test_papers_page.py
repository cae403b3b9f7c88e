"""The papers in a real browser."""

import json
import re
from importlib.resources import files
from urllib.parse import urlsplit

import pytest
from acting import Acting, Papers
from playwright.sync_api import expect
from shelved import BEES, DOUGH, MAPS, TIDES, Search, Shelf, open_to_browsers, pages

from rag.types import Published, Record
from ui.server.services import Services
from ui.web import pages as links

pytestmark = pytest.mark.e2e
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
EVIL = (
    "<script>window.__pwn=1</script><img src=//evil.example/i onerror=window.__pwn=1> "
    "![x](https://evil.example/m) <div style='position:fixed;inset:0'>over</div> "
    "</title><iframe src=https://evil.example></iframe>"
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    opened = Shelf(tmp_path_factory.mktemp("shelf") / "catalogue.sqlite")
    opened.add("page-1.txt", TIDES, DOUGH)
    opened.add("page-2.txt", BEES, MAPS, Record("Long" * 60, "word" * 200))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def search(shelf):
    search = Search(shelf)
    search.ids = [paper.id for paper in shelf.find(sort="title")]
    return search


@pytest.fixture(scope="module")
def address(search, shelf):
    with open_to_browsers(pages(search, shelf)) as where:
        yield where


def violations(page):
    page.evaluate(AXE)
    broken = page.evaluate("axe.run(document)")["violations"]
    return [(one["id"], one["impact"], one["nodes"][0]["html"]) for one in broken]


def test_a_search_has_an_address_without_empty_fields(visit, address):
    page = visit(f"{address}/papers")
    page.get_by_role("searchbox").fill("rising bread")
    page.keyboard.press("Enter")
    page.wait_for_url("**/papers?*words=*")

    assert page.url == f"{address}/papers?words=rising+bread"
    assert page.errors == []


def test_sorting_needs_no_button(visit, address):
    page = visit(f"{address}/papers?words=x")
    page.get_by_label("Sort by").select_option("title")
    page.wait_for_url("**/papers?*sort=title*")

    assert page.locator(".papers h3").first.inner_text().startswith("Counting Bees")


@pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone"])
def test_the_sorting_keeps_its_place_when_filters_are_opened(visit, address, options):
    page = visit(f"{address}/papers", **options)
    sorting, fields = page.get_by_label("Sort by"), page.locator(".fields")
    before = sorting.bounding_box()

    page.get_by_text("Filters", exact=True).click()
    fields.wait_for()

    assert sorting.bounding_box() == before
    assert before["y"] + before["height"] <= fields.get_by_text("Since").bounding_box()["y"]


def test_selected_papers_are_counted_and_asked_about(visit, address):
    page = visit(f"{address}/papers")
    button = page.locator("#selection button.main")
    assert button.is_disabled()
    page.get_by_label("Select: Slow Dough").check()
    page.get_by_label("Select: Counting Bees").check()
    expect(button).to_have_text("Ask about 2 selected")

    button.click()
    page.wait_for_url("**/?only=*")

    assert re.search(r"/\?only=counting-bees-\w+,slow-dough-\w+$", page.url)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Where 110 papers are served, on five pages."""
    shelf = Shelf(tmp_path_factory.mktemp("many") / "catalogue.sqlite")
    shelf.add("page-1.txt", *(Record(f"Paper {n:03}", f"About {n}.") for n in range(110)))
    with open_to_browsers(pages(Search(shelf), shelf)) as where:
        yield where
    shelf.close()


def chosen(page):
    return page.locator("#selection :checked")


def test_what_is_selected_stays_so_while_one_pages_and_sorts(visit, many):
    page = visit(f"{many}/papers?sort=title")
    button, status = (
        page.locator("#selection button.main"),
        page.locator("#selection [role=status]"),
    )
    page.get_by_label("Select: Paper 003").check()
    page.get_by_role("link", name="Next").click()
    page.wait_for_url("**page=2**")
    expect(button).to_have_text("Ask about 1 selected")
    expect(status).to_have_text("1 of them not on this page.")
    page.get_by_label("Select: Paper 030").check()

    page.get_by_label("Sort by").select_option("oldest")
    page.wait_for_url("**sort=oldest**")
    expect(button).to_have_text("Ask about 2 selected")
    page.goto(f"{many}/papers?sort=title")
    expect(page.get_by_label("Select: Paper 003")).to_be_checked()
    expect(chosen(page)).to_have_count(1)
    button.click()

    page.wait_for_url("**/?only=*")
    assert re.search(r"/\?only=paper-003-\w+,paper-030-\w+$", page.url)
    page.go_back()
    page.get_by_label("Select: Paper 003").uncheck()
    page.reload()
    expect(button).to_have_text("Ask about 1 selected")
    assert page.errors == []


def test_a_selection_is_cleared_and_stays_cleared_where_one_goes_back(visit, many):
    page = visit(f"{many}/papers?sort=title")
    page.get_by_label("Select: Paper 003").check()
    page.goto(f"{many}/papers?sort=title&page=2")
    page.get_by_label("Select: Paper 030").check()
    clear = page.get_by_role("button", name="Clear selection")
    clear.click()
    expect(chosen(page)).to_have_count(0)
    expect(page.locator("#selection button.main")).to_be_disabled()
    expect(clear).to_be_hidden()

    page.go_back()

    page.wait_for_url("**/papers?sort=title")
    expect(chosen(page)).to_have_count(0)
    expect(page.locator("#selection button.main")).to_be_disabled()


def test_what_is_selected_is_told_where_a_search_finds_nothing(visit, many):
    page = visit(f"{many}/papers?author=nobody")
    expect(page.locator("#selection")).to_be_hidden()
    page.goto(f"{many}/papers?sort=title")
    page.get_by_label("Select: Paper 003").check()

    page.goto(f"{many}/papers?author=nobody")

    page.get_by_role("button", name="Ask about 1 selected").click()
    page.wait_for_url("**/?only=paper-003-*")


def test_no_more_can_be_selected_than_can_be_asked_about(visit, many):
    page = visit(f"{many}/papers?sort=title")
    kept = json.dumps([f"paper-{number}" for number in range(99)])
    page.evaluate("kept => sessionStorage.setItem('footnote-chosen', kept)", kept)
    page.reload()
    page.get_by_label("Select: Paper 003").check()

    expect(page.locator("#selection [role=status]")).to_contain_text("100 papers at most")
    expect(page.get_by_label("Select: Paper 004")).to_be_disabled()
    page.get_by_label("Select: Paper 003").uncheck()
    expect(page.get_by_label("Select: Paper 004")).to_be_enabled()


@pytest.mark.parametrize("kept", ["{", "7", '{"a": 1}', "[1, null]"])
def test_what_somebody_else_put_into_the_tab_does_no_harm(visit, many, kept):
    page = visit(f"{many}/papers?sort=title")
    page.evaluate("kept => sessionStorage.setItem('footnote-chosen', kept)", kept)
    page.reload()

    page.get_by_label("Select: Paper 003").check()
    expect(page.locator("#selection button.main")).to_have_text("Ask about 1 selected")
    assert page.errors == []


def test_all_works_without_scripts(visit, address):
    page = visit(f"{address}/papers", java_script_enabled=False)
    page.get_by_label("Select: Slow Dough").check()
    page.locator("#selection button.main").click()
    page.wait_for_url("**/?only=slow-dough-*")
    page.goto(f"{address}/papers")
    page.get_by_label("Sort by").select_option("title")
    page.locator(".go").click()
    page.wait_for_url("**sort=title**")

    assert page.locator(".papers h3").first.inner_text() == "Counting Bees"


def test_a_row_of_a_chart_filters(visit, address):
    page = visit(f"{address}/papers")
    page.get_by_text("Charts", exact=True).click()
    page.get_by_role("link", name="page-2.txt").click()
    page.wait_for_url("**source=page-2.txt")

    assert page.locator("#count").inner_text() == "3 papers"
    assert page.get_by_label("Page or file").input_value() == "page-2.txt"


def test_a_paper_opens_and_is_asked_about(visit, address):
    page = visit(f"{address}/papers")
    page.get_by_role("link", name="TideNet").click()
    page.wait_for_url("**/papers/2510.12345")
    with page.expect_download() as download:
        page.get_by_role("link", name="BibTeX").click()

    assert download.value.suggested_filename == "2510-12345.bib"
    assert (
        page.get_by_role("link", name="Ask about it").get_attribute("href") == "/?only=2510.12345"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(visit, address, scheme, options):
    page = visit(f"{address}/papers?words=floods&since=soon", color_scheme=scheme, **options)
    page.get_by_text("Charts", exact=True).click()
    page.get_by_label("Select: Slow Dough").check()
    found = violations(page)
    for path in ("/papers/2510.12345", "/papers/nothing"):
        page.goto(address + path)
        found += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(f"{address}/papers")

    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_chat_leads_to_the_papers(visit):
    def chat():
        from ui.web.application import application

        return application(Services(Acting(), Papers()), links.router())

    with open_to_browsers(chat) as where:
        page = visit(where)
        page.locator("#bar .bar-links").get_by_role("link", name="Papers").wait_for()

        assert page.locator("#bar .bar-links a").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.errors == []


def test_text_of_a_hostile_paper_does_nothing_but_be_read(visit, tmp_path):
    shelf = Shelf(tmp_path / "catalogue.sqlite")
    record = Record(EVIL, EVIL, (EVIL,), None, EVIL, Published(2025), 1, f"javascript:{EVIL}")
    [paper_id] = shelf.add("evil.txt", record)
    shelf.add("<b>.txt", DOUGH)
    search = Search(shelf)
    search.ids = [paper_id]
    with open_to_browsers(pages(search, shelf)) as where:
        page = visit(f"{where}/papers?words=%3Cimg+src%3D//evil.example%3E")
        page.goto(f"{where}/papers")
        assert "<script>" in page.locator(".papers").inner_text()
        page.goto(f"{where}/papers/{paper_id}")
        assert "<iframe" in page.locator(".abstract").inner_text()

        assert page.evaluate("window.__pwn") is None
        assert {urlsplit(one).netloc for one in page.requested} == {urlsplit(where).netloc}
        assert page.locator("main :is(img, iframe, script, [style])").count() == 0
        assert page.get_by_text("Open the original").count() == 0
    shelf.close()

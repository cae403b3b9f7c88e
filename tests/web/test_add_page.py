"""Signing in and adding papers in a real browser, over a real shelf."""

import json
from functools import partial
from importlib.resources import files
from urllib.parse import urlsplit

import pytest
from acting import Acting, served
from playwright.sync_api import expect

from rag.build import build
from rag.config import load_settings
from ui.server.jobs import Jobs, adding
from ui.server.services import Services
from ui.web import add_page
from ui.web.access import Access, entrance
from ui.web.accounts import hashed, keep
from ui.web.bar_links import BarLinks

pytestmark = pytest.mark.e2e
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
PASSWORD = "correct horse"  # noqa: S105
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DARK = {"color_scheme": "dark"}
LINES = (
    '{"title": "Moss and Memory", "abstract": "Moss remembers rain for nine days. We test it."}\n'
    "no json\n"
    '{"title": "<img src=//evil.example/x> Bare"}\n'
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Where the chat and the page are served to those who have signed in, and the shelf."""
    home = tmp_path_factory.mktemp("home")
    keep(home / "users", "mara", hashed(PASSWORD))
    way_in = entrance(Access(users=home / "users", upload=True), "127.0.0.1", home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOOTNOTE_HOME", str(home))
        settings = load_settings()
    with build(settings) as application:
        jobs = Jobs(adding(application.shelf, application.encoder), home)
        routers = (*way_in.routers, add_page.router(jobs))
        guards = (*way_in.guards, partial(BarLinks, links=(("/add", "Add"),)))
        services = Services(Acting(), application.shelf)
        with served(services, *routers, guards=guards) as address:
            yield address, application.shelf


@pytest.fixture
def papers(tmp_path):
    path = tmp_path / "moss.jsonl"
    path.write_text(LINES, encoding="utf-8")
    return path


def sign_in(page, password=PASSWORD):
    page.get_by_label("Name").fill("mara")
    page.get_by_label("Password").fill(password)
    # Until the page that follows stands there, with its scripts.
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()


def send(page, path):
    page.get_by_label("Files").set_input_files(path)
    page.get_by_role("button", name="Add to the shelf").click()


def serious(page):
    """What axe finds wrong, but for small matters."""
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run()).violations")
    return [json.dumps(one["id"]) for one in found if one["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without any"])
def test_somebody_signs_in_adds_papers_reads_what_was_rejected_and_finds_the_rest(
    site, visit, papers, script
):
    address, shelf = site
    page = visit(f"{address}/add", java_script_enabled=script)
    sign_in(page, "wrong horse")
    expect(page.get_by_role("alert")).to_contain_text("That name and password do not")
    sign_in(page)

    send(page, papers)
    page.get_by_text("Done", exact=True).wait_for()

    expect(page.locator(".faults li")).to_have_text([
        "moss.jsonl:2: The line is not JSON: Expecting value at column 1.",
        "moss.jsonl:3: There is no abstract.",
    ])  # fmt: skip
    assert [paper.title for paper in shelf.find()] == ["Moss and Memory"]
    assert page.errors == []
    assert {urlsplit(one).hostname for one in page.requested} == {"127.0.0.1"}


def test_the_welcome_follows_and_signing_out_closes_the_chat(site, visit, papers):
    address, _ = site
    page = visit(f"{address}/add")
    sign_in(page)
    send(page, papers)
    page.get_by_role("link", name="Ask about them").click()
    page.locator("#welcome").get_by_text("Moss and Memory").wait_for()
    expect(page.locator("#scope")).to_contain_text("moss.jsonl")

    page.goto(f"{address}/sign-out")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.goto(address)

    page.get_by_role("button", name="Sign in").wait_for()


def test_too_large_a_file_is_told_before_it_is_sent(site, visit, papers):
    page = visit(f"{site[0]}/add")
    sign_in(page)
    page.locator("#adding").evaluate("form => { form.dataset.mostBytes = 10; }")

    send(page, papers)

    expect(page.get_by_role("alert")).to_contain_text("more than 100 MB")
    assert page.url.endswith("/add")


@pytest.mark.parametrize("options", [{}, DARK, PHONE], ids=["wide", "dark", "phone"])
def test_nothing_bars_anybody(site, visit, papers, options):
    page = visit(f"{site[0]}/add", **options)
    found = serious(page)
    sign_in(page)
    page.get_by_label("Files").wait_for()
    found += serious(page)
    send(page, papers)
    page.get_by_text("Done", exact=True).wait_for()

    assert found + serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

"""Signing in and out in a real browser, under a name on plain http as in any office."""

from urllib.parse import urlsplit

import pytest
from acting import DOUGH, TIDES, Acting, Papers, served
from playwright.sync_api import expect
from visiting import answered

from ui.server.services import Services
from ui.web.access import Access, entrance
from ui.web.accounts import hashed, keep
from ui.web.bar_links import BarLinks
from ui.web.pages import router as bar
from ui.web.sessions import COOKIE

pytestmark = pytest.mark.e2e
PASSWORD = "correct horse"  # noqa: S105
NAMED = ("shelf.test", "127.0.0.1")


@pytest.fixture
def port(tmp_path):
    """Where those who have signed in find the chat, under any name."""
    keep(tmp_path / "users", "mara", hashed(PASSWORD))
    way_in = entrance(Access(users=tmp_path / "users"), "0.0.0.0", tmp_path)  # noqa: S104
    guards = (*way_in.guards, lambda app: BarLinks(app, links=()))
    services = Services(Acting(), Papers(TIDES, DOUGH))
    with served(services, *way_in.routers, bar(), guards=guards) as address:
        yield urlsplit(address).port


def sign_in(page):
    page.get_by_label("Name").fill("mara")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator("#box textarea").wait_for()


@pytest.mark.parametrize("name", NAMED)
def test_somebody_signs_in_asks_and_signs_out_for_good(visit, port, name):
    page = visit(f"http://{name}:{port}/")
    posted = []
    page.on("request", lambda one: one.method == "POST" and posted.append(one.all_headers()))
    sign_in(page)
    assert posted[0]["origin"] == f"http://{name}:{port}"
    # A browser says more of itself where it trusts the connection; here it does not.
    assert ("sec-fetch-site" in posted[0]) == (name == "127.0.0.1")
    answered(page, "What is TideNet?")
    [session] = [one for one in page.context.cookies() if one["name"] == COOKIE]

    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.context.add_cookies([session])
    page.goto(f"http://{name}:{port}/")

    page.wait_for_url("**/sign-in?next=%2F")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_form_of_another_site_is_not_done(visit, port):
    page = visit(f"http://shelf.test:{port}/")
    sign_in(page)
    # Its pages are anybody's: ours serve, whose policy would keep the form from being sent.
    page.route(
        "http://evil.test/",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f'<form method="post" action="http://shelf.test:{port}/sign-out"><button>go</button>',
        ),
    )
    page.goto("http://evil.test/")

    with page.expect_response("**/sign-out") as answer:
        page.get_by_role("button", name="go").click()

    assert answer.value.status == 403
    page.goto(f"http://shelf.test:{port}/")
    page.locator("#box textarea").wait_for()


def test_where_somebody_goes_from_here_is_not_told_from_where(visit, port):
    page = visit(f"http://shelf.test:{port}/")
    sign_in(page)
    told = []
    page.route(
        "http://paper.test/", lambda route: (told.append(route.request.headers), route.fulfill())
    )

    page.evaluate("""() => {
        const link = document.createElement("a");
        link.href = "http://paper.test/";
        document.body.append(link);
        link.click();
    }""")
    page.wait_for_url("http://paper.test/")

    assert len(told) == 1
    assert "referer" not in told[0]

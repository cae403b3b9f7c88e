"""A real server on a free port, and a real browser where there is one."""

import shutil

import pytest
from acting import DOUGH, TIDES, Acting, Papers, served

from ui.server.services import Services

PATIENCE = 20_000  # milliseconds
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def chromium():
    """Started once a module, whose tests are not async: playwright's own loop runs meanwhile."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("There is no chromium; apt-get install chromium, and these tests run.")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)

    with sync_playwright() as playwright:
        # In a container there is neither a sandbox nor much shared memory.
        flags = ["--no-sandbox", "--disable-dev-shm-usage"]
        # Names that are this machine, to be seen as any other site is.
        flags.append("--host-resolver-rules=MAP *.test 127.0.0.1")
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def acting():
    return Acting()


@pytest.fixture
def address(acting):
    """Where the chat is served over the engine that acts."""
    with served(Services(acting, Papers(TIDES, DOUGH))) as where:
        yield where


@pytest.fixture
def visit(chromium):
    """Opens a page in a context of its own, and notes what it asks for and what goes wrong."""
    contexts = []

    def visited(where, **options):
        context = chromium.new_context(**({"viewport": {"width": 1400, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.requested, page.errors = [], []
        page.on("request", lambda request: page.requested.append(request.url))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(where)
        return page

    yield visited
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(visit):
    """Opens the chat, until one can ask."""

    def opened(where, **options):
        page = visit(where, **options)
        page.locator("#box textarea").wait_for()
        return page

    return opened

"""Thumbs and the operator's page in a real browser."""

from contextlib import contextmanager
from importlib.resources import files

import pytest
from acting import DOUGH, TIDES, Acting, Papers, Served
from playwright.sync_api import expect
from visiting import answered

from rag.store.health import Health, IndexHealth
from ui.answer_log import AnswerLog, Feedback
from ui.conversation import Conversations
from ui.server.recording import Recorder
from ui.server.services import Services
from ui.server.serving import address_of, listening
from ui.web import feedback, feedback_texts, operating

pytestmark = pytest.mark.e2e
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
SOUND = Health(
    2, (), (), (), None, IndexHealth("vectors"), IndexHealth("words"), IndexHealth("token vectors")
)
DARK = {"color_scheme": "dark"}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


class Desk(Served):
    """The chat with its records, and the operator's page."""

    def __init__(self, services, log, bound):
        super().__init__(services, bound)
        self.operation = operating.Operation(services, log, lambda: SOUND)

    async def _serve(self):
        from ui.server.serving import server_for
        from ui.web.application import application

        routers = (feedback.router(self.operation.log), operating.router(self.operation))
        app = application(self.services, *routers, guards=(self.operation.link,))
        self.server = server_for(app, self.opened.set)
        await self.server.serve(sockets=[self.bound])


@pytest.fixture
def log(tmp_path):
    with AnswerLog(tmp_path) as opened:
        yield opened


@contextmanager
def desk(log, folder):
    bound = listening("127.0.0.1", 0)
    with Conversations(folder) as conversations:
        shelf = Papers(TIDES, DOUGH)
        services = Services(Acting(), shelf, conversations=conversations, recorder=Recorder(log))
        server = Desk(services, log, bound)
        server.start()
        try:
            assert server.opened.wait(20), "the server did not start"
            yield address_of(bound)
        finally:
            server.end()
            bound.close()


@pytest.fixture
def address(log, tmp_path):
    with desk(log, tmp_path) as where:
        yield where


def ask(page, question):
    """Until the answer has its thumbs."""
    before = page.locator("#chat .rate .thumb.up").count()
    answered(page, question)
    page.locator("#chat .rate .thumb.up").nth(before).wait_for()


def last(log):
    return log.latest(limit=1)[0]


def until_kept(page, log, feedback):
    for _ in range(100):
        if last(log).feedback == feedback:
            return
        page.wait_for_timeout(50)
    assert last(log).feedback == feedback


def serious(page):
    found = page.evaluate(AXE + "\naxe.run().then((result) => result.violations)")
    return [
        (one["id"], [node["html"] for node in one["nodes"]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def test_a_thumb_is_kept_and_taken_back(open_page, address, log):
    page = open_page(address)
    ask(page, "What is TideNet?")
    up = page.get_by_role("button", name=feedback_texts.HELPFUL, exact=True)

    up.click()
    page.get_by_text(feedback_texts.THANKS).wait_for()
    expect(up).to_have_attribute("aria-pressed", "true")
    assert last(log).feedback == Feedback("up")
    up.click()

    page.get_by_text(feedback_texts.TAKEN_BACK).wait_for()
    expect(up).to_have_attribute("aria-pressed", "false")
    assert last(log).feedback is None
    assert page.errors == []


def test_what_was_told_stays_where_gradio_writes_its_nodes_anew(open_page, address):
    page = open_page(address)
    ask(page, "What is TideNet?")
    page.get_by_role("button", name=feedback_texts.HELPFUL, exact=True).click()
    page.get_by_text(feedback_texts.THANKS).wait_for()

    page.locator("#chat .rate").evaluate("row => row.replaceChildren()")

    up = page.get_by_role("button", name=feedback_texts.HELPFUL, exact=True)
    expect(up).to_have_attribute("aria-pressed", "true")
    assert page.locator("#chat .rate .said").inner_text() == feedback_texts.THANKS


def test_a_thumb_down_asks_why_and_the_keyboard_is_enough(open_page, address, log):
    page = open_page(address)
    ask(page, "refuse this")
    down = page.get_by_role("button", name=feedback_texts.UNHELPFUL, exact=True)
    down.focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name=feedback_texts.WHY).wait_for()
    until_kept(page, log, Feedback("down"))

    page.wait_for_function("document.activeElement.name === 'reason'")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("It is on the shelf.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    until_kept(page, log, Feedback("down", "not-answered", "It is on the shelf."))
    page.get_by_text(feedback_texts.REASONS["not-answered"]).wait_for()
    expect(page.locator("#why")).to_have_count(0)
    expect(page.locator(".thumb.down")).to_be_focused()


def test_whoever_says_no_more_has_said_it_is_bad(open_page, address, log):
    page = open_page(address)
    ask(page, "What is TideNet?")
    page.locator(".thumb.down").click()
    page.get_by_role("dialog").wait_for()

    page.keyboard.press("Escape")

    page.get_by_role("dialog").wait_for(state="hidden")
    until_kept(page, log, Feedback("down"))
    assert page.get_by_text("Stopped.").count() == 0


def test_what_was_said_is_there_again_when_the_conversation_is_opened_again(
    open_page, address, log
):
    page = open_page(address)
    ask(page, "What is TideNet?")
    page.locator(".thumb.down").click()
    page.get_by_label(feedback_texts.REASONS["wrong-citation"]).check()
    page.get_by_role("button", name=feedback_texts.SEND).click()
    until_kept(page, log, Feedback("down", "wrong-citation"))
    page.wait_for_url("**/?c=*")

    page.reload()

    page.locator(".thumb.down[aria-pressed=true]").wait_for()
    page.get_by_text(feedback_texts.REASONS["wrong-citation"]).wait_for()
    ask(page, "And Slow Dough?")
    expect(page.locator(".thumb[aria-pressed=true]")).to_have_count(1)


def test_where_it_cannot_be_kept_that_is_said_and_the_thumb_is_as_before(open_page, address, log):
    page = open_page(address)
    ask(page, "What is TideNet?")
    page.route("**/feedback", lambda route: route.abort())

    page.locator(".thumb.up").click()

    page.get_by_text(feedback_texts.NOT_KEPT).wait_for()
    expect(page.locator(".thumb.up")).to_have_attribute("aria-pressed", "false")


def test_an_answer_that_failed_has_no_thumbs(open_page, address, log):
    page = open_page(address)
    page.locator("#box textarea").fill("fail please")
    page.locator("#box textarea").press("Enter")
    page.get_by_text("Something went wrong here").wait_for()

    assert page.locator(".thumb").count() == 0
    assert last(log).given.outcome == "failed"


@pytest.mark.parametrize("view", [{}, DARK, PHONE], ids=["light", "dark", "phone"])
def test_axe_finds_nothing_serious_in_thumbs_dialog_and_page(open_page, address, log, view):
    page = open_page(address, **view)
    ask(page, "What is TideNet?")
    assert serious(page) == []
    page.locator(".thumb.down").click()
    page.get_by_role("dialog").wait_for()
    assert serious(page) == []
    page.get_by_label(feedback_texts.REASONS["other"]).check()
    page.get_by_role("button", name=feedback_texts.SEND).click()
    until_kept(page, log, Feedback("down", "other"))
    log.notice("ab12cd34", "RuntimeError", "draft.py:7")

    page.goto(f"{address}/operator")
    assert serious(page) == []
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, "the page scrolls sideways"


def test_the_operator_finds_what_was_asked_and_checks_the_shelf(open_page, address, log):
    page = open_page(address)
    ask(page, "refuse this")
    page.goto(f"{address}/operator")

    entry = page.locator(".entry").first
    assert "refuse this" in entry.inner_text()
    assert "No abstract on this shelf tells of GPT-4." in entry.inner_text()
    page.get_by_role("link", name="Refused 1").click()
    page.wait_for_url("**show=refused**")
    assert page.locator(".entry").count() == 1
    page.get_by_role("button", name="Check the shelf").click()

    page.get_by_text("Catalogue and indexes agree.").wait_for()
    assert page.errors == []
    assert all(url.startswith((address, "data:")) for url in page.requested)

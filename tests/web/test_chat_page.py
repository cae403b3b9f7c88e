"""The chat in a real browser."""

import re
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.resources import files
from urllib.parse import urlsplit

import pytest
from acting import DOUGH, SENTENCE, SPAN, TIDES, Acting, Papers, cited, served
from fastapi import APIRouter
from playwright.sync_api import expect
from visiting import answered, ask

from rag.types import Citation, Paper, Span
from ui.server.services import Services

pytestmark = pytest.mark.e2e
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
COUNT_SHIFTS = """() => {
    window.shifts = 0;
    new PerformanceObserver((list) => {
        for (const one of list.getEntries()) {
            if (!one.hadRecentInput) window.shifts += one.value;
        }
    }).observe({ type: "layout-shift" });
}"""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def color(locator, name="background-color"):
    return locator.evaluate("(node, name) => getComputedStyle(node)[name]", name)


def test_an_answer_arrives_sentence_by_sentence(open_page, address, acting):
    page = open_page(address)
    ask(page, "hang after the first sentence")

    page.locator("#chat").get_by_text(SENTENCE).wait_for()
    assert page.locator("#chat").get_by_text("Perhaps it takes ten hours.").count() == 0
    acting.go_on.set()

    page.locator("#chat").get_by_text("Perhaps it takes ten hours.").wait_for()
    summary = page.locator("#chat .steps summary")
    expect(summary).to_have_text(re.compile("^2 passages from 2 papers"))
    assert page.errors == []


def test_the_steps_fold_away_and_open(open_page, address):
    page = open_page(address)
    answered(page, "What is TideNet?")
    steps = page.locator("#chat .steps")

    assert steps.get_attribute("open") is None
    steps.locator("summary").click()
    assert steps.get_attribute("open") is not None


@pytest.mark.parametrize("how", ["button", "Escape"])
def test_stop_ends_the_answer_at_once_and_closes_the_stream(open_page, address, acting, how):
    page = open_page(address)
    ask(page, "hang after the first sentence")
    page.locator("#chat").get_by_text(SENTENCE).wait_for()

    began = time.perf_counter()
    page.locator("#box .stop-button").wait_for()
    if how == "button":
        page.locator("#box .stop-button").click()
    else:
        page.keyboard.press("Escape")
    page.get_by_text("Stopped.").wait_for()

    assert time.perf_counter() - began < 2
    expect(page.locator("#chat").get_by_text(SENTENCE)).to_be_visible()
    page.locator("#chat a.cite").click()
    # What it said so far can still be looked at.
    expect(page.locator("#src-1-1 .abstract mark")).to_have_text(SENTENCE)
    wait_until(lambda: acting.closed == 1)
    answered(page, "What is TideNet?")


def test_an_error_tells_nothing_of_itself_and_one_can_ask_again(open_page, address, acting):
    page = open_page(address)
    ask(page, "fail after the first sentence")

    notice = page.locator("#chat .notice")
    notice.wait_for()
    assert re.search(r"reference [0-9a-f]{8}", notice.inner_text())
    assert "sk-123" not in page.content()
    answered(page, "What is TideNet?")
    # What failed is no part of the conversation.
    assert acting.asked[-1][:2] == ("What is TideNet?", ())


def test_a_page_that_is_closed_ends_its_answer(open_page, address, acting):
    page = open_page(address)
    ask(page, "hang after the first sentence")
    page.locator("#chat").get_by_text(SENTENCE).wait_for()

    page.close()

    wait_until(lambda: acting.closed == 1)


def test_a_marker_opens_its_card_and_its_own_sentence(open_page, address):
    page = open_page(address)
    answered(page, "What is TideNet?")
    marks = page.locator("#src-1-1 .abstract mark")
    expect(marks).to_have_text(["Floods are hard to forecast.", SENTENCE])
    unselected = color(marks.nth(1))

    page.locator("#chat a.cite").first.click()

    assert color(marks.nth(1)) != unselected
    assert color(marks.nth(0)) == unselected
    assert marks.nth(1).evaluate("mark => mark.getBoundingClientRect().top < innerHeight")


def test_a_selected_number_shows_its_own_verdict_and_tells_it(open_page, address):
    page = open_page(address)
    answered(page, "What is TideNet?")
    verdicts = page.locator("#src-1-1 .verdict")
    expect(verdicts).to_have_count(2)

    page.locator("#cite-1-1").click()

    expect(verdicts.locator("visible=true")).to_contain_text(["Weakly supported"])
    told = page.get_by_role("status").filter(has_text="Source 1")
    expect(told).to_have_text(
        f"Source 1. {TIDES.title}. Weakly supported. Floods are hard to forecast."
    )


def test_the_number_of_a_card_leads_back_to_the_answer(open_page, address):
    page = open_page(address, **PHONE)
    answered(page, "What is TideNet?")
    marker = page.locator("#cite-1-0")
    marker.tap()
    expect(page.locator("#src-1-1")).to_be_in_viewport()

    page.get_by_role("link", name="1: Back to the answer").tap()

    expect(marker).to_be_focused()
    expect(marker).to_be_in_viewport()


def lengthy(question):
    """An answer higher than any window."""
    return cited(
        question, text=f"- {SENTENCE} [1]\n" * 40, citations=(Citation(1, TIDES, SPAN),) * 40
    )


def test_a_question_stays_in_sight_while_a_long_answer_grows_below_it(open_page):
    with served(Services(Acting(lengthy), Papers(TIDES))) as where:
        page = open_page(where)
        for question in ("What is TideNet?", "And what else?"):
            answered(page, question)
            asked = page.locator("#chat [data-testid=user]").last
            expect(asked).to_be_in_viewport(ratio=1)
            log = page.locator("#chat [role=log]").bounding_box()
            assert log["y"] <= asked.bounding_box()["y"] < log["y"] + 60


def test_whoever_scrolls_while_an_answer_grows_is_left_alone(open_page):
    engine = Acting(lengthy)
    with served(Services(engine, Papers(TIDES))) as where:
        page = open_page(where)
        answered(page, "What is TideNet?")
        ask(page, "hang after the first sentence")
        page.locator("#cite-2-0").wait_for()
        log = page.locator("#chat [role=log]")
        log.evaluate("log => { log.scrollTop = 100 }")
        engine.go_on.set()
        page.locator("#cite-2-39").wait_for()
        page.locator("#box .submit-button").wait_for()

        assert log.evaluate("log => log.scrollTop") == 100


def test_a_number_never_begins_a_line(open_page, address):
    """However wide the window is, it stands beside the end of its sentence."""
    page = open_page(address)
    answered(page, "What is TideNet?")
    stray = """() => {
        const rows = (node) => { const range = document.createRange(); range.selectNode(node);
            return [...range.getClientRects()].map((one) => Math.round(one.bottom)); };
        return [...document.querySelectorAll("#chat a.cite")].filter((marker) => {
            const before = Math.max(...rows(marker.previousSibling));
            return marker.getBoundingClientRect().top > before;
        }).length;
    }"""
    found = []
    for width in range(900, 1400, 9):
        page.set_viewport_size({"width": width, "height": 900})
        found.append(page.evaluate(stray))

    assert set(found) == {0}


def test_a_title_opens_our_page_of_the_paper_beside_the_chat(open_page, acting):
    papers = APIRouter()
    papers.get("/papers/{paper_id}")(lambda paper_id: paper_id)
    with served(Services(acting, Papers(TIDES, DOUGH)), papers) as where:
        page = open_page(where)
        answered(page, "What is TideNet?")
        card = page.locator("#src-1-1")
        with page.expect_popup() as opened:
            card.get_by_role("link", name=TIDES.title, exact=True).click()

        assert opened.value.url == f"{where}/papers/tides"
        page.locator("details.also summary").click()
        other = page.locator("details.also").get_by_role("link", name=DOUGH.title)
        assert other.get_attribute("href") == "/papers/dough"
        outside = card.get_by_role("link", name="The original at example.org")
        assert outside.get_attribute("href") == TIDES.url
        assert outside.get_attribute("rel") == "noopener noreferrer"


def test_how_near_a_paper_is_is_seen_and_heard(open_page, address):
    page = open_page(address)
    answered(page, "What is TideNet?")
    nearness = page.locator("#src-1-1 .relevance")

    expect(nearness).to_have_text("Relevance 90 of 100")
    expect(nearness).to_have_attribute("title", "Relevance to the question: 90 of 100")
    of_its_place = """gauge => {
        const bar = parseFloat(getComputedStyle(gauge, "::before").width);
        return bar / gauge.clientWidth;
    }"""
    assert 0.88 < nearness.locator(".gauge").evaluate(of_its_place) < 0.92


def test_arrows_lead_through_the_citations(open_page, address):
    page = open_page(address)
    answered(page, "What is TideNet?")
    page.locator("#evidence").click(position={"x": 5, "y": 5})

    focused = []
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
        focused.append(page.evaluate("document.activeElement.id"))

    assert focused == ["cite-1-0", "cite-1-1", "cite-1-1", "cite-1-0"]


def test_a_marker_of_an_earlier_answer_brings_its_evidence_back(open_page, address):
    page = open_page(address)
    answered(page, "What is TideNet?")
    answered(page, "please refuse")
    page.locator("#turn-2").wait_for()
    expect(page.locator("#src-1-1")).to_be_hidden()

    page.locator("#cite-1-0").click()

    expect(page.locator("#src-1-1")).to_be_visible()
    expect(page.locator("#turn-2")).to_be_hidden()


def test_a_follow_up_is_asked_with_what_was_said(open_page, address, acting):
    page = open_page(address)
    answered(page, "What is TideNet?")
    answered(page, "And what else?")
    page.locator("#turn-2 .card").wait_for()

    question, history, _ = acting.asked[-1]
    assert question == "And what else?"
    assert [turn.content for turn in history] == ["What is TideNet?", cited("").text]


def test_a_new_chat_forgets_the_old_one(open_page, address, acting):
    page = open_page(address)
    answered(page, "What is TideNet?")

    page.locator("#new").click()
    page.locator("#welcome").wait_for()
    expect(page.locator("#chat .answer")).to_have_count(0)
    answered(page, "And what else?")

    assert acting.asked[-1][1] == ()


def test_a_refusal_says_why_and_shows_the_nearest(open_page, address):
    page = open_page(address)
    answered(page, "please refuse")

    expect(page.locator("#chat .refusal")).to_contain_text("tells of GPT-4")
    assert page.locator("#chat .answer").count() == 0
    expect(page.locator("#evidence .card.near h3")).to_have_text("Slow Dough")


def test_the_empty_chat_says_what_is_there_and_its_examples_are_answered(open_page, address):
    page = open_page(address)
    page.locator("#example-0:enabled").wait_for()
    shelf = page.locator("#shelf").inner_text()

    assert "TideNet: Forecasting Coastal Floods" in shelf
    assert "page-1.txt" in shelf
    assert "mara" not in shelf, "where files lie is nobody's business"
    page.locator("#example-0").click()
    page.locator("#evidence .card").wait_for()
    expect(page.locator("#chat .answer")).to_have_count(1)


def test_shift_enter_begins_a_new_line(open_page, address, acting):
    page = open_page(address)
    box = page.locator("#box textarea")
    box.fill("one")
    box.press("Shift+Enter")
    box.type("two")

    assert box.input_value() == "one\ntwo"
    assert acting.asked == []


def test_on_a_phone_the_evidence_is_below_the_answer_and_the_box_in_reach(open_page, address):
    page = open_page(address, **PHONE)
    answered(page, "What is TideNet?")

    # Both at once: what is scrolled moves between two questions.
    below = """() => {
        const of = (where) => document.querySelector(where).getBoundingClientRect();
        return of("#src-1-1").top > of("#chat .answer").bottom;
    }"""
    page.locator("#src-1-1").wait_for()
    page.wait_for_function(below)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#chat a.cite").last.tap()
    expect(page.locator("#box textarea")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing(open_page, address, scheme, options):
    page = open_page(address, color_scheme=scheme, **options)
    page.locator("#example-0:enabled").wait_for()
    page.evaluate(AXE)
    found = violations(page)
    answered(page, "What is TideNet?")
    found += violations(page)
    answered(page, "please refuse")
    page.locator("#turn-2").wait_for()
    found += violations(page)

    assert found == []


def violations(page):
    broken = page.evaluate("axe.run(document)")["violations"]
    return [(one["id"], one["impact"], one["nodes"][0]["html"]) for one in broken]


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_the_page_follows_light_and_dark(open_page, address, scheme, is_dark):
    page = open_page(address, color_scheme=scheme)

    red = int(re.search(r"\d+", color(page.locator("body")))[0])
    assert (red < 80) == is_dark


def test_nothing_moves_while_an_answer_streams(open_page, address, acting):
    page = open_page(address)
    page.locator("#example-0:enabled").wait_for()
    page.evaluate(COUNT_SHIFTS)
    ask(page, "hang after the first sentence")
    page.locator("#chat").get_by_text(SENTENCE).wait_for()
    time.sleep(0.6)  # what moves right after a key was pressed does not count
    acting.go_on.set()
    page.locator("#evidence .card").wait_for()

    assert page.evaluate("window.shifts") < 0.02


def test_a_screen_reader_hears_text_and_not_its_source(open_page, address):
    page = open_page(address)
    answered(page, "What is TideNet?")

    expect(page.locator("#chat [data-testid][aria-label]")).to_have_count(0)
    expect(page.get_by_role("link", name="Source 1", exact=True)).to_have_count(2)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_have_count(1)
    assert page.locator("#chat [role=log]").get_attribute("aria-live") == "polite"
    assert page.locator("h1").count() == 1


@pytest.fixture
def canary():
    """A server where nothing should ever arrive, and what did."""
    visits = []

    class Canary(BaseHTTPRequestHandler):
        def do_GET(self):
            visits.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_HEAD = do_GET

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Canary)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", visits
    server.shutdown()
    server.server_close()


def hostile(canary):
    return (
        f"<script>window.__pwn=1;fetch('{canary}/s')</script>",
        f"<img src={canary}/i onerror=window.__pwn=1>",
        f"![x]({canary}/m)",
        f"[click]({canary}/l) <{canary}/auto> [ref]: {canary}/ref",
        f"<form action={canary}/f><input name=key placeholder='API key'><button>go</button></form>",
        f'<div style="position:fixed;inset:0;background:url({canary}/c)">overlay</div>',
        f"```mermaid\ngraph TD; A[<img src={canary}/g>]\n```",
        f"<iframe src={canary}/frame></iframe><svg onload=window.__pwn=1>",
        "javascript:alert(1) [x](javascript:window.__pwn=1)",
        f"$$\\href{{{canary}/k}}{{x}}$$ <style>@import '{canary}/st'</style>",
        f"<a href='{canary}/a' ping='{canary}/p'>x</a><link rel=prefetch href={canary}/pre>",
        "`` ` `` <b>bold</b> </article></section></span><base href=http://evil.example/>",
    )


def test_text_of_a_hostile_paper_does_nothing_but_be_read(open_page, canary):
    canary_address, visits = canary
    texts = hostile(canary_address)
    abstract = " ".join(texts)
    papers = [
        Paper(f"p{n}", text, abstract, authors=(text,), organization=text, url=f"javascript:'{n}'")
        for n, text in enumerate(texts)
    ]
    citations = tuple(Citation(n + 1, one, Span(0, 40)) for n, one in enumerate(papers))
    said = "\n".join(f"- **{text}**: {text} [{n + 1}]" for n, text in enumerate(texts))
    engine = Acting(lambda question: cited(question, text=said, citations=citations, papers=papers))
    with served(Services(engine, Papers(*papers, sources=texts))) as where:
        page = open_page(where)
        answered(page, abstract[:3900])
        for marker in page.locator("#chat a.cite").all():
            marker.click()
        time.sleep(0.3)

        assert visits == []
        assert page.evaluate("window.__pwn") is None
        inside = page.locator(".prose :is(img, form, input, iframe, script, style, svg)")
        assert inside.count() == 0
        targets = page.locator(":is(#chat, #evidence) a").evaluate_all(
            "all => all.map(one => one.getAttribute('href'))"
        )
        ours = re.compile("(#src)-1-[0-9]+|(#cite)-1-[0-9]+|(/papers)/p[0-9]+")
        assert {ours.fullmatch(one).group(1, 2, 3) for one in targets} == {
            ("#src", None, None),
            (None, "#cite", None),
            (None, None, "/papers"),
        }
        assert (
            page.locator(".prose [style]").evaluate_all(
                "all => all.filter(one => /fixed|url/.test(one.getAttribute('style'))).length"
            )
            == 0
        )
        assert "<script>" in page.locator("#evidence").inner_text()
        assert elsewhere(page.requested, where) == []


def elsewhere(addresses, where):
    """Those that leave the server which was asked."""
    here = urlsplit(where).netloc
    return [one for one in addresses if urlsplit(one).netloc not in ("", here)]


def test_the_page_asks_for_nothing_from_elsewhere(open_page, address):
    page = open_page(address)
    page.locator("#example-0:enabled").wait_for()
    answered(page, "What is TideNet?")

    assert len(page.requested) > 10
    assert elsewhere(page.requested, address) == []


def test_several_people_are_answered_at_the_same_time(open_page, address, acting):
    first, second = open_page(address), open_page(address)
    ask(first, "hang after the first sentence")
    first.locator("#chat").get_by_text(SENTENCE).wait_for()

    answered(second, "What is TideNet?")

    assert first.locator("#chat").get_by_text("Perhaps it takes ten hours.").count() == 0
    acting.go_on.set()
    first.locator("#chat").get_by_text("Perhaps it takes ten hours.").wait_for()


def test_a_full_queue_says_so(open_page, acting):
    from ui.server.places import Places

    places = Places(running=1, waiting=0)
    with served(Services(acting, Papers(TIDES, DOUGH), places)) as where:
        first, second = open_page(where), open_page(where)
        ask(first, "hang after the first sentence")
        first.locator("#chat").get_by_text(SENTENCE).wait_for()

        ask(second, "What is TideNet?")

        expect(second.locator("#chat .notice")).to_contain_text("Many people ask")
        acting.go_on.set()
        first.locator("#evidence .card").wait_for()
        answered(second, "What is TideNet?")


def wait_until(happened, *, seconds=5):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)

"""Past conversations and filters in a real browser."""

import re
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import pytest
from acting import DOUGH, SENTENCE, TIDES, Acting, Papers, cited, served

from rag.types import Citation, Scope, Span
from ui.answer_log import AnswerLog
from ui.conversation import Conversations
from ui.server.recording import Recorder
from ui.server.services import Services

pytestmark = pytest.mark.e2e
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


class Confined(Acting):
    """Answers from what the scope leaves, as an engine must."""

    async def stream(self, question, history=(), scope=None):
        paper = DOUGH if scope and "dough" in scope.paper_ids else TIDES
        citations = (Citation(1, paper, Span(0, 20)),)
        self.answer = lambda asked: cited(
            asked, text=f"This is {paper.title}. [1]", citations=citations, papers=(paper,)
        )
        async for event in super().stream(question, history, scope):
            yield event


@contextmanager
def open_shelf(home, engine):
    """A server whose conversations outlive it."""
    papers = Papers(TIDES, DOUGH)
    with Conversations(home) as kept:
        recorder = Recorder(AnswerLog(home))
        with served(Services(engine, papers, conversations=kept, recorder=recorder)) as where:
            yield where


@pytest.fixture
def where(tmp_path, acting):
    with open_shelf(tmp_path, acting) as address:
        yield address


def ask(page, question):
    before = page.locator("#chat [data-testid=user]").count()
    box = page.locator("#box textarea")
    box.fill(question)
    box.press("Enter")
    page.locator("#chat [data-testid=user]").nth(before).wait_for()
    page.locator("#box .submit-button").wait_for()
    page.wait_for_url(re.compile(r"c=[0-9a-f]{16}"))


def titles(page):
    return page.locator("#past li a").all_inner_texts()


def test_a_reload_finds_the_conversation_with_its_evidence(open_page, where):
    page = open_page(where)
    ask(page, "What is TideNet?")

    page.reload()

    page.get_by_text(SENTENCE).first.wait_for()
    assert page.locator("#chat a.cite").count() == 2
    page.locator("#chat a.cite").first.click()
    assert SENTENCE in page.locator("#src-1-1 .abstract mark").all_inner_texts()
    assert "Also considered (1)" in page.locator("#evidence").inner_text()
    assert page.locator("#chat .steps summary").inner_text().startswith("2 passages")
    assert page.errors == []


def test_a_follow_up_works_after_a_restart(chromium, tmp_path):
    context = chromium.new_context()
    with open_shelf(tmp_path, Acting()) as where:
        page = context.new_page()
        page.goto(where)
        page.locator("#box textarea").wait_for()
        ask(page, "What is TideNet?")
        opened = page.url.partition("?")[2]
        page.close()
    engine = Acting()

    with open_shelf(tmp_path, engine) as where:
        page = context.new_page()
        page.goto(f"{where}/?{opened}")  # cookies know no ports
        page.get_by_text(SENTENCE).first.wait_for()
        ask(page, "And what else?")

        question, history, _ = engine.asked[-1]
        assert question == "And what else?"
        assert [turn.content for turn in history] == ["What is TideNet?", cited("").text]
        assert page.url.endswith(opened), "it is the same conversation still"
    context.close()


def test_conversations_are_listed_opened_and_begun_anew(open_page, where):
    page = open_page(where)
    ask(page, "What is TideNet?")
    first = page.url
    page.locator("#new").click()
    page.locator("#welcome").wait_for()
    page.wait_for_url(lambda url: "c=" not in url)
    ask(page, "Who bakes?")
    page.locator("#past li").nth(1).wait_for()
    assert titles(page) == ["Who bakes?", "What is TideNet?"]

    page.locator("#past a", has_text="What is TideNet?").click()
    page.locator("#chat", has_text="What is TideNet?").wait_for()
    assert page.url == first
    current = page.locator("#past a[aria-current=page]")
    assert current.all_inner_texts() == ["What is TideNet?"]

    page.go_back()
    page.locator("#chat", has_text="Who bakes?").wait_for()
    assert page.locator("#chat [data-testid=user]").count() == 1


def test_a_conversation_is_renamed_with_keys_alone(open_page, where):
    page = open_page(where)
    ask(page, "What is TideNet?")
    page.locator("#past li a").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.keyboard.type("Floods")
    page.keyboard.press("Enter")

    page.locator("#past a", has_text="Floods").wait_for()
    page.reload()
    page.locator("#past a", has_text="Floods").wait_for()


def test_a_conversation_is_deleted_once_that_is_confirmed(open_page, where):
    page = open_page(where)
    ask(page, "What is TideNet?")
    gone = page.url
    page.locator("#past li").hover()
    page.locator("#past .delete").click()
    page.locator("dialog").get_by_role("button", name="Cancel").click()
    assert titles(page) == ["What is TideNet?"]

    page.locator("#past li").hover()
    page.locator("#past .delete").click()
    assert "What is TideNet?" in page.locator("dialog").inner_text()
    page.locator("dialog").get_by_role("button", name="Delete").click()

    page.locator("#welcome").wait_for()
    page.locator("#past li").wait_for(state="detached")
    page.goto(gone)
    page.get_by_text("There is no such conversation").wait_for()
    page.wait_for_url(lambda url: "c=" not in url)
    assert page.locator("#welcome").is_visible()


def test_two_browsers_do_not_see_each_others(open_page, where):
    mine = open_page(where)
    ask(mine, "What is TideNet?")

    theirs = open_page(mine.url)

    theirs.get_by_text("There is no such conversation").wait_for()
    assert titles(theirs) == []
    assert theirs.get_by_text(SENTENCE).count() == 0


def test_a_conversation_is_fetched_as_a_file(open_page, where):
    page = open_page(where)
    ask(page, "What is TideNet?")
    page.locator("#exports summary").click()

    with page.expect_download() as fetched:
        page.get_by_role("link", name="BibTeX").click()

    assert fetched.value.suggested_filename == "what-is-tidenet.bib"
    assert "TideNet" in Path(fetched.value.path()).read_text()


def test_an_answer_is_copied_with_its_sources(open_page, where):
    page = open_page(where, permissions=["clipboard-read", "clipboard-write"])
    ask(page, "What is TideNet?")

    page.get_by_role("button", name="Copy with sources").click()
    page.get_by_role("button", name="Copied").wait_for()

    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{TIDES.title}: {SENTENCE} [1]")
    assert f"\n\n[1] {TIDES.title}. " in copied
    assert "https://example.org/tides" in copied


def test_a_filter_changes_the_answer_and_stands_in_its_record(open_page, tmp_path):
    engine = Confined()
    with open_shelf(tmp_path, engine) as where:
        page = open_page(f"{where}/?only=dough")
        page.locator("#scope li", has_text="only “Slow Dough”").wait_for()
        ask(page, "What is it?")
        assert "This is Slow Dough." in page.locator("#chat .answer").inner_text()
        assert "within: 1 chosen paper" in page.locator("#chat .steps").inner_text()

        page.locator("#scope li button").click()
        page.locator("#scope li").wait_for(state="detached")
        assert "only" not in page.url
        ask(page, "And what is it now?")
        assert "This is TideNet" in page.locator("#chat .answer").last.inner_text()

        page.reload()
        page.locator("#chat .answer").nth(1).wait_for()
        assert "within: 1 chosen paper" in page.locator("#chat .steps").first.inner_text()
        assert "within" not in page.locator("#chat .steps").last.inner_text()
    assert engine.asked[0][2] == Scope(paper_ids=("dough",))


def test_filters_are_chosen_in_a_dialog(open_page, where, acting):
    page = open_page(where)
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_label("From month").fill("2025-10")
    page.get_by_label("Organisation").fill("Harbour")
    page.get_by_label("Page or file").select_option("page-1.txt")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Apply").click()

    page.locator("#scope li").nth(2).wait_for()
    assert [one.strip() for one in page.locator("#scope li span").all_inner_texts()] == [
        "since Oct 2025", "Harbour", "page-1.txt",
    ]  # fmt: skip
    assert page.evaluate("document.activeElement.textContent") == "Filter"
    ask(page, "What is TideNet?")
    scope = acting.asked[-1][2]
    assert (scope.since.year, scope.since.month, scope.organization) == (2025, 10, "Harbour")
    assert scope.source == "page-1.txt"


def test_a_filter_that_cannot_be_is_told(open_page, where, acting):
    page = open_page(f"{where}/?since=banana")
    page.get_by_text("“banana” is no date").wait_for()
    box = page.locator("#box textarea")
    box.fill("What is TideNet?")
    box.press("Enter")

    page.locator("#chat .notice", has_text="“banana” is no date").wait_for()
    assert acting.asked == [] or all(one[0] != "What is TideNet?" for one in acting.asked)


def test_a_question_in_the_address_waits_in_the_box(open_page, where):
    page = open_page(f"{where}/?ask=What%20is%20TideNet%3F")

    page.wait_for_url(lambda url: "ask=" not in url)
    assert page.locator("#box textarea").input_value() == "What is TideNet?"
    assert page.locator("#chat .message-row").count() == 0


def test_on_a_phone_conversations_are_behind_a_button(open_page, where):
    page = open_page(where, **PHONE)
    ask(page, "What is TideNet?")
    assert not page.locator("#past").is_visible()

    page.get_by_role("button", name="Show conversations").tap()
    assert page.locator("#past li a").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.keyboard.press("Escape")

    assert not page.locator("#past").is_visible()


def test_the_list_stays_folded(open_page, where):
    page = open_page(where)
    page.get_by_role("button", name="Hide conversations").click()
    assert not page.locator("#past").is_visible()

    page.reload()

    page.get_by_role("button", name="Show conversations").wait_for()
    assert not page.locator("#past").is_visible()


@pytest.mark.parametrize("options", [{}, PHONE | {"color_scheme": "dark"}], ids=["wide", "phone"])
def test_axe_finds_nothing(open_page, where, options):
    page = open_page(f"{where}/?organization=Harbour", **options)
    ask(page, "What is TideNet?")
    if options:
        page.locator("#fold").click()
    page.evaluate(AXE)
    found = violations(page)
    if options:
        page.locator("#past-shade").click(position={"x": 380, "y": 400})
    page.locator("#scope .filter").click()
    page.locator("dialog").wait_for()
    found += violations(page)

    assert found == []


def violations(page):
    broken = page.evaluate("axe.run(document)")["violations"]
    return [(one["id"], one["impact"], one["nodes"][0]["html"]) for one in broken]

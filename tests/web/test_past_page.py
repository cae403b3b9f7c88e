"""Past conversations and filters in a real browser."""

import re
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import pytest
from acting import DOUGH, SENTENCE, TIDES, Acting, Papers, cited, served
from playwright.sync_api import expect
from visiting import ask, kept

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


def listed(page, *titles):
    """Waits until these are the titles of the conversations, in this order."""
    expect(page.locator("#past li a")).to_have_text(list(titles))


def test_the_window_is_called_by_its_conversation(open_page, where):
    page = open_page(where)
    kept(page, "What is TideNet?")
    expect(page).to_have_title("What is TideNet? · Footnote")

    page.locator("#new").click()

    expect(page).to_have_title("Footnote: answers with checked citations")


def test_back_leads_from_a_new_chat_to_the_conversation_that_was_left(open_page, where):
    page = open_page(f"{where}/?organization=Harbour")
    kept(page, "What is TideNet?")
    page.locator("#new").click()
    page.locator("#welcome").wait_for()
    kept(page, "And what else?")

    page.go_back()

    expect(page.locator("#chat [data-testid=user]")).to_have_text("What is TideNet?")
    assert "organization=Harbour" in page.url
    page.go_forward()
    expect(page.locator("#chat [data-testid=user]")).to_have_text("And what else?")


def test_a_reload_finds_the_conversation_with_its_evidence(open_page, where):
    page = open_page(where)
    kept(page, "What is TideNet?")

    page.reload()

    expect(page.locator("#chat a.cite")).to_have_count(2)
    page.locator("#chat a.cite").first.click()
    expect(page.locator("#src-1-1 .abstract mark").last).to_have_text(SENTENCE)
    expect(page.locator("#evidence")).to_contain_text("Also considered (1)")
    expect(page.locator("#chat .steps summary")).to_have_text(re.compile("^2 passages"))
    assert page.errors == []


def test_a_follow_up_works_after_a_restart(chromium, tmp_path):
    context = chromium.new_context()
    with open_shelf(tmp_path, Acting()) as where:
        page = context.new_page()
        page.goto(where)
        page.locator("#box textarea").wait_for()
        kept(page, "What is TideNet?")
        opened = page.url.partition("?")[2]
        page.close()
    engine = Acting()

    with open_shelf(tmp_path, engine) as where:
        page = context.new_page()
        page.goto(f"{where}/?{opened}")  # cookies know no ports
        page.locator("#chat .ended").wait_for()
        kept(page, "And what else?")

        question, history, _ = engine.asked[-1]
        assert question == "And what else?"
        assert [turn.content for turn in history] == ["What is TideNet?", cited("").text]
        assert page.url.endswith(opened), "it is the same conversation still"
    context.close()


def test_conversations_are_listed_opened_and_begun_anew(open_page, where):
    page = open_page(where)
    kept(page, "What is TideNet?")
    first = page.url
    page.locator("#new").click()
    page.locator("#welcome").wait_for()
    page.wait_for_url(lambda url: "c=" not in url)
    kept(page, "Who bakes?")
    listed(page, "Who bakes?", "What is TideNet?")

    page.locator("#past a", has_text="What is TideNet?").click()
    expect(page.locator("#chat [data-testid=user]")).to_have_text("What is TideNet?")
    page.wait_for_url(first)
    expect(page.locator("#past a[aria-current=page]")).to_have_text("What is TideNet?")
    page.locator(f"#kept-{first[-16:]}").wait_for()

    page.go_back()
    expect(page.locator("#chat [data-testid=user]")).to_have_text("Who bakes?")


def test_a_conversation_is_renamed_with_keys_alone(open_page, where):
    page = open_page(where)
    kept(page, "What is TideNet?")
    page.locator("#past li a").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.keyboard.type("Floods")
    page.keyboard.press("Enter")

    listed(page, "Floods")
    expect(page.get_by_role("button", name="Rename: Floods")).to_be_focused()
    page.reload()
    listed(page, "Floods")


def answering(page):
    """Begins an answer beside the conversation that is there, which ends when a test says so."""
    page.locator("#new").click()
    page.locator("#welcome").wait_for()
    ask(page, "hang after the first sentence")
    page.locator("#chat").get_by_text(SENTENCE).wait_for()
    page.locator("#box .stop-button").wait_for()


def ended_and_listed(page, acting):
    """Lets it end, until both times that it makes the page list anew are dealt with."""
    lists = []
    page.on("requestfinished", lambda one: "/conversations" in one.url and lists.append(one))
    acting.go_on.set()
    page.locator("#chat .ended").wait_for()
    page.locator("#box .submit-button").wait_for()
    for _ in range(1000):
        if len(lists) > 1:
            break
        page.wait_for_timeout(20)
    page.evaluate("() => new Promise((done) => setTimeout(done, 50))")
    assert len(lists) > 1


def test_whoever_types_a_name_is_not_interrupted_by_an_answer_that_ends(open_page, where, acting):
    page = open_page(where)
    kept(page, "What is TideNet?")
    answering(page)
    page.locator("#past .rename").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Floods ")

    ended_and_listed(page, acting)
    field = page.get_by_label("Title of the conversation")
    expect(field).to_be_focused()
    expect(field).to_have_value("Floods ")
    page.keyboard.type("ahead")
    page.keyboard.press("Enter")

    listed(page, "hang after the first sentence", "Floods ahead")
    page.reload()
    listed(page, "hang after the first sentence", "Floods ahead")


@pytest.mark.parametrize("what", ["a", ".rename", ".delete"])
def test_what_is_focused_in_the_list_stays_focused_when_an_answer_ends(
    open_page, where, acting, what
):
    page = open_page(where)
    kept(page, "What is TideNet?")
    answering(page)
    held = page.locator("#past li").filter(has_text="TideNet").locator(what)
    held.focus()

    ended_and_listed(page, acting)

    listed(page, "hang after the first sentence", "What is TideNet?")
    expect(held).to_be_focused()


def test_a_row_that_is_pressed_while_the_list_changes_is_still_the_one_that_is_released(
    open_page, where, acting
):
    page = open_page(where)
    kept(page, "What is TideNet?")
    answering(page)
    page.locator("#past .delete").focus()
    page.keyboard.down("Space")

    ended_and_listed(page, acting)
    page.keyboard.up("Space")

    page.locator("dialog").get_by_text("“What is TideNet?”").wait_for()


def test_a_name_is_kept_where_the_next_one_is_begun_with_the_pointer(open_page, where):
    page = open_page(where)
    kept(page, "What is TideNet?")
    page.locator("#new").click()
    page.locator("#welcome").wait_for()
    kept(page, "Who bakes?")
    listed(page, "Who bakes?", "What is TideNet?")
    rows = page.locator("#past li")
    rows.first.hover()
    rows.first.locator(".rename").click()
    page.keyboard.type("Bread")

    rows.last.hover()
    rows.last.locator(".rename").click()
    expect(rows.first.locator("a")).to_have_text("Bread")
    page.keyboard.type("Floods")
    page.keyboard.press("Enter")

    listed(page, "Bread", "Floods")


def test_a_name_that_could_not_be_kept_is_told_and_the_old_one_stays(open_page, where):
    page = open_page(where)
    kept(page, "What is TideNet?")
    page.route("**/conversations/*", lambda route: route.abort())
    page.locator("#past .rename").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Floods")
    page.keyboard.press("Enter")

    page.locator("#past").get_by_text("That could not be done.").wait_for()
    listed(page, "What is TideNet?")


def test_a_conversation_is_deleted_once_that_is_confirmed(open_page, where):
    page = open_page(where)
    kept(page, "What is TideNet?")
    gone = page.url
    page.locator("#past li").hover()
    page.locator("#past .delete").click()
    page.locator("dialog").get_by_role("button", name="Cancel").click()
    page.locator("dialog").wait_for(state="detached")
    listed(page, "What is TideNet?")

    page.locator("#past li").hover()
    page.locator("#past .delete").click()
    assert "What is TideNet?" in page.locator("dialog").inner_text()
    page.locator("dialog").get_by_role("button", name="Delete").click()

    page.locator("#welcome").wait_for()
    page.locator("#past li").wait_for(state="detached")
    page.goto(gone)
    page.get_by_text("There is no such conversation").wait_for()
    page.wait_for_url(lambda url: "c=" not in url)
    page.locator("#welcome").wait_for()


def test_two_browsers_do_not_see_each_others(open_page, where):
    mine = open_page(where)
    kept(mine, "What is TideNet?")

    theirs = open_page(mine.url)

    theirs.get_by_text("There is no such conversation").wait_for()
    assert theirs.request.get(f"{where}/conversations").json()["conversations"] == []
    listed(theirs)
    assert theirs.get_by_text(SENTENCE).count() == 0


def test_a_conversation_is_fetched_as_a_file(open_page, where):
    page = open_page(where)
    kept(page, "What is TideNet?")
    page.locator("#exports summary").click()

    with page.expect_download() as fetched:
        page.get_by_role("link", name="BibTeX").click()

    assert fetched.value.suggested_filename == "what-is-tidenet.bib"
    assert "TideNet" in Path(fetched.value.path()).read_text()


def test_escape_closes_the_list_of_files(open_page, where):
    page = open_page(where)
    kept(page, "What is TideNet?")
    summary = page.locator("#exports summary")
    summary.click()
    page.get_by_role("link", name="BibTeX").focus()

    page.keyboard.press("Escape")

    expect(page.get_by_role("link", name="BibTeX")).to_be_hidden()
    expect(summary).to_be_focused()


def test_an_answer_is_copied_with_its_sources(open_page, where):
    page = open_page(where, permissions=["clipboard-read", "clipboard-write"])
    kept(page, "What is TideNet?")

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
        kept(page, "What is it?")
        expect(page.locator("#chat .answer")).to_contain_text("This is Slow Dough.")
        expect(page.locator("#chat .steps")).to_contain_text("within: 1 chosen paper")

        page.locator("#scope li button").click()
        page.locator("#scope li").wait_for(state="detached")
        assert "only" not in page.url
        kept(page, "And what is it now?")
        expect(page.locator("#chat .answer").last).to_contain_text("This is TideNet")

        page.reload()
        expect(page.locator("#chat .steps")).to_have_text([
            re.compile("within: 1 chosen paper"), re.compile("^((?!within).)*$"),
        ])  # fmt: skip
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
    expect(page.get_by_role("button", name="Filter", exact=True)).to_be_focused()
    kept(page, "What is TideNet?")
    scope = acting.asked[-1][2]
    assert (scope.since.year, scope.since.month, scope.organization) == (2025, 10, "Harbour")
    assert scope.source == "page-1.txt"


def test_filters_are_left_as_they_are_or_cleared_together(open_page, where):
    page = open_page(where)
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_label("Organisation").fill("Harbour")
    expect(page.get_by_role("button", name="Clear all")).to_be_hidden()
    page.get_by_role("button", name="Cancel").click()
    page.locator("dialog").wait_for(state="detached")
    assert "organization" not in page.url

    page.goto(f"{where}/?organization=Harbour&since=2025")
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("button", name="Clear all").click()

    expect(page.locator("#scope li")).to_have_count(0)
    assert page.url == f"{where}/"


def test_a_dialog_fits_on_a_phone(open_page, where):
    page = open_page(where, **PHONE)
    page.get_by_role("button", name="Filter", exact=True).tap()

    box = page.locator("dialog").bounding_box()
    assert box["x"] >= 8
    assert box["x"] + box["width"] <= 390 - 8


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
    kept(page, "What is TideNet?")
    expect(page.locator("#past")).to_be_hidden()

    page.get_by_role("button", name="Show conversations").tap()
    page.locator("#past li a").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.keyboard.press("Escape")

    expect(page.locator("#past")).to_be_hidden()


def test_where_the_list_lies_over_the_page_nothing_below_it_is_reached(open_page, where):
    page = open_page(where, viewport={"width": 1000, "height": 700})
    kept(page, "What is TideNet?")
    page.get_by_role("button", name="Show conversations").click()
    listed(page, "What is TideNet?")

    for _ in range(12):
        page.keyboard.press("Tab")
        inside = "!document.activeElement.closest('gradio-app')"
        assert page.evaluate(inside)
    page.set_viewport_size({"width": 1400, "height": 700})

    page.locator("#box textarea").click()
    expect(page.locator("#box textarea")).to_be_focused()


def test_the_list_stays_folded(open_page, where):
    page = open_page(where)
    page.get_by_role("button", name="Hide conversations").click()
    expect(page.locator("#past")).to_be_hidden()

    page.reload()

    page.get_by_role("button", name="Show conversations").wait_for()
    expect(page.locator("#past")).to_be_hidden()


@pytest.mark.parametrize("options", [{}, PHONE | {"color_scheme": "dark"}], ids=["wide", "phone"])
def test_axe_finds_nothing(open_page, where, options):
    page = open_page(f"{where}/?organization=Harbour", **options)
    kept(page, "What is TideNet?")
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

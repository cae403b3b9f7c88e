"""How long it takes from Enter to the first sentence in the page, in a real browser.

    python -m benchmarks.first_sentence HOME [QUESTIONS.jsonl] [--questions N]

Every question is asked once of Footnote's chat and once of the chat that Gradio makes by itself
over the same engine, now the one first, now the other. Needs playwright and a chromium. HOME is a
shelf that nobody uses; give a copy. Both servers need one of their own: it is copied once more.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measuring import machine, percentile
from benchmarks.serving import mixed_questions, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
GOAL = 300  # milliseconds
PATIENCE = 60  # seconds for one answer
SETTLED = 1.5  # seconds for a page to load its parts, and for an answer to end
WARM = 3  # questions before the clock runs
ANEW = 5  # questions, after which a new conversation is begun
# Notes when Enter was pressed, and when an answer first had words.
WATCH = """answers => {
  const shown = () => document.querySelectorAll(answers);
  const words = () => [...shown()].map(one => one.textContent.trim()).join('');
  window.watched = {};
  document.addEventListener('keydown', event => {
    if (event.key === 'Enter') window.watched = {began: performance.now(), before: words()};
  }, true);
  new MutationObserver(() => {
    const seen = window.watched;
    if (seen.began && !seen.first && words() !== seen.before)
      seen.first = performance.now() - seen.began;
  }).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


@dataclass(slots=True)
class Chat:
    """A page with a chat: where to type, and what holds its answers."""

    name: str
    address: str
    box: str
    answers: str
    page: Page
    times: list[float] = field(default_factory=list)

    def open(self) -> None:
        self.page.goto(self.address)
        self.page.locator(self.box).wait_for()
        time.sleep(SETTLED)
        self.page.evaluate(WATCH, self.answers)

    def ask(self, question: str) -> float:
        """Milliseconds until an answer begins."""
        box = self.page.locator(self.box)
        box.fill(question)
        time.sleep(0.2)  # nobody presses Enter sooner
        box.press("Enter")
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            time.sleep(0.1)
            if first := self.page.evaluate("window.watched.first || 0"):
                time.sleep(SETTLED)
                return float(first)
        raise SystemExit(f"{self.name} gave no answer to “{question}”.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("home", type=Path, help="folder of a shelf that nobody uses")
    parser.add_argument("questions", type=Path, nargs="?")
    parser.add_argument("--questions", dest="count", type=int, default=20)
    options = parser.parse_args()
    questions = mixed_questions(options.questions)[: WARM + options.count]
    print(f"{options.home}; {options.count} questions; {machine()}")
    with _chats(options.home.resolve()) as chats:
        _ask_all(chats, questions)
        for chat in chats:
            middle, late = statistics.median(chat.times), percentile(chat.times, 0.95)
            print(f"{chat.name:17} first sentence: median {middle:4.0f} ms, p95 {late:4.0f} ms")
        ours, plain = (statistics.median(chat.times) for chat in chats)
    print(f"{plain / ours:.2f} times as fast as gr.ChatInterface; goal {GOAL} ms; {machine()}")


def _ask_all(chats: Sequence[Chat], questions: Sequence[str]) -> None:
    for number, question in enumerate(questions):
        for chat in chats if number % 2 else chats[::-1]:
            if number % ANEW == 0:
                chat.open()
                chat.ask(questions[0])  # a page's first answer loads what it shows with
            if number >= WARM:
                chat.times.append(chat.ask(question))


@contextmanager
def _chats(home: Path) -> Iterator[list[Chat]]:
    footnote = str(Path(sys.executable).with_name("footnote"))
    plain = [sys.executable, "-m", "benchmarks.plain_chat"]
    with ExitStack() as stack:
        copy = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "home"
        shutil.copytree(home, copy)
        browser = stack.enter_context(_browser())
        ours, _ = stack.enter_context(served(home, [footnote, "serve", "--port"]))
        other, _ = stack.enter_context(served(copy, plain))
        yield [
            Chat(
                "Footnote",
                ours,
                "#box textarea",
                "#chat .answer, #chat .refusal",
                browser.new_page(),
            ),
            Chat(
                "gr.ChatInterface",
                other,
                "textarea",
                ".bot.message:not(.pending)",
                browser.new_page(),
            ),
        ]


@contextmanager
def _browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise SystemExit("There is no chromium on this machine.")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        yield browser
        browser.close()


if __name__ == "__main__":
    main()

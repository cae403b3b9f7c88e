"""What somebody does on the chat page, each step waited for until the page has done its part."""

from __future__ import annotations

import re


def ask(page, question):
    """Types it and presses Enter; what comes of it is for the test to wait for."""
    box = page.locator("#box textarea")
    box.fill(question)
    box.press("Enter")


def answered(page, question):
    """Asks, until the whole answer stands there and the next question can be asked."""
    ended = page.locator("#chat .ended")
    before = ended.count()
    ask(page, question)
    ended.nth(before).wait_for()
    page.locator("#box .submit-button").wait_for()


def kept(page, question):
    """The same, until the address says under which name the conversation is kept."""
    answered(page, question)
    page.wait_for_url(re.compile(r"c=[0-9a-f]{16}"))

"""Text as HTML: whatever it holds, it can do nothing but be read."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.web import markup

OURS = {"p", "ul", "ol", "li", "strong", "a"}


class Seen(HTMLParser):
    """The tags, attributes and text of a piece of HTML."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.said = [], [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.said += data


def written(text, **options):
    return markup.Writer(2, **options).write(text)


def test_bold_lists_paragraphs_and_markers_are_made():
    text = "**LoRA**: it saves. [1] More. [2]\n\nSo:\n- one [1]\n- two"

    assert written(text) == (
        '<p><strong>LoRA</strong>: it saves.<a class="cite" id="cite-2-0" href="#src-2-1">[1]</a>'
        ' More.<a class="cite" id="cite-2-1" href="#src-2-2">[2]</a></p>'
        '<p>So:</p><ul><li>one<a class="cite" id="cite-2-2" href="#src-2-1">[1]</a></li>'
        "<li>two</li></ul>"
    )


def test_a_numbered_list_and_a_heading_are_known():
    assert written("## Why\n1. one\n2) two") == (
        "<p><strong>Why</strong></p><ol><li>one</li><li>two</li></ol>"
    )


def test_markers_of_an_answer_that_was_broken_off_lead_nowhere():
    assert written("It saves. [1]", is_linked=False) == "<p>It saves. [1]</p>"


@given(st.text(alphabet="<>&\"'`*_[]()!#$|~\n -1ax\u202e\u200b\u2028", max_size=80) | st.text())
def test_no_text_becomes_anything_but_our_own_markup(text):
    html = written(text)
    seen = Seen(html)

    assert set(seen.tags) <= OURS
    assert {name for name, _ in seen.attributes} <= {"class", "id", "href"}
    assert all(value.startswith("#src-2-") for name, value in seen.attributes if name == "href")
    # A line break would end the block that Markdown takes for HTML.
    assert "\n" not in html
    assert "\r" not in html


@given(st.text())
def test_plain_text_has_no_tag_and_no_line_break(text):
    html = markup.plain(text)

    assert Seen(html).tags == []
    assert len(html.splitlines()) <= 1


def test_what_cannot_be_seen_is_left_out():
    assert markup.plain("a\u202eb\u200bc\ufeffd\U000e0041e\x07") == "abcde"


def test_what_somebody_typed_keeps_its_lines():
    assert markup.lines("one <b>\n\ntwo") == "one &lt;b&gt;<br><br>two"


@pytest.mark.parametrize("url", ["https://arxiv.org/abs/1?a=b&c=d", "http://example.org"])
def test_an_address_of_the_web_is_linked(url):
    html = markup.link(url, "x")

    assert ("href", url) in Seen(html).attributes
    assert ("rel", "noopener noreferrer") in Seen(html).attributes


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,<script>",
        "//evil.example",
        "/file=etc",
        "https://",
        "https://user:word@evil.example",
        "https://exa mple.org",
        "https://[",
        "ftp://example.org",
        "https://example.org/\u202e",
    ],
)
def test_any_other_address_is_not(url):
    assert markup.link(url, "x") == "x"

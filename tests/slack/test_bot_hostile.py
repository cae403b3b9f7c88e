"""What models, papers and people write calls nobody, links nowhere and fetches nothing."""

import re

import pytest
from bot_at_work import TIDES, Obedient, at_work, cited
from fake.markup import _LIVE
from hypothesis import given
from hypothesis import strategies as st

from rag.types import Answer, Citation, Completed, Delta, Paper, Refusal, Retrieved, Span
from ui.slack.decoding import written
from ui.slack.escaping import JOINER, Markdown, markdown, mrkdwn, plain
from ui.slack.rich_text import is_address

HOSTILE = (
    "<!channel> <!here|here> <!everyone> <@U0000000001> <@W1|x> <#C01> <!subteam^S1> @here "
    "@channel @everyone <https://evil.example/?q=1|your answer> [link](https://evil.example) "
    "![x](https://evil.example/a.png) &lt;!channel&gt; &#60;!channel> \n[1]: https://evil.example\n"
    "https://evil.example/ www.evil.example ```\n*b* _i_ ~s~ `c` <\u200b!channel> <\u2060@U1>"
)
PIECES = st.text(
    alphabet=st.one_of(st.sampled_from("<>!@#&[]():/`|^ channelhereU01;lt\n"), st.characters()),
    max_size=40,
)


class InPieces(Obedient):
    """Answers in pieces of so many characters, whatever stands there."""

    def __init__(self, text, size):
        super().__init__()
        self.text, self.size = text, size

    async def _events(self, question):
        answer = cited(question, text=self.text)
        yield Retrieved(answer.retrieved)
        for at in range(0, len(self.text), self.size):
            yield Delta(self.text[at : at + self.size], answer.citations if not at else ())
        yield Completed(answer)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 5000])
@pytest.mark.parametrize("is_streamed", [True, False])
async def test_a_hostile_answer_calls_nobody_however_it_is_cut(
    slack, tmp_path, monkeypatch, size, is_streamed
):
    monkeypatch.setattr("ui.slack.reply.PACE", 0)
    if not is_streamed:
        slack.trouble("chat.startStream", error="channel_type_not_supported", times=9)
    engine = InPieces(f"{HOSTILE} It is so. [1]", size)
    async with at_work(slack, tmp_path, engine):
        asked = await slack.mention(slack.ada, slack.general, "What?")
        reply = await slack.answer(asked)

    assert not slack.pings
    assert not slack.unfurled
    assert "It is so. [1]" in reply.shown
    if is_streamed and size < 10:
        assert len(reply.stream.pieces) > 10


async def test_a_hostile_paper_calls_nobody_in_sources_evidence_and_checks(slack, tmp_path):
    paper = Paper(
        "p",
        f"title {HOSTILE}",
        f"{HOSTILE}. More.",
        authors=("<!channel>", "<@U1>"),
        organization="@here",
        url="https://example.org/<!channel>",
    )
    cites = (Citation(1, paper, Span(0, len(HOSTILE))),)

    def answer(asked):
        return Answer(asked, "It is so. [1]", cites)

    async with at_work(slack, tmp_path, Obedient(answer)):
        asked = await slack.mention(slack.ada, slack.general, "What?")
        reply = await slack.answer(asked)
        await slack.click(reply, "evidence:1", slack.ada)
        view = await slack.until(lambda: slack.view_of(slack.ada))

    assert not slack.pings
    assert "title" in view.shown
    assert not links(reply.blocks)
    assert not links(view.blocks)


async def test_a_refusal_that_repeats_a_hostile_question_calls_nobody(slack, tmp_path):
    reason = f"No abstract tells of {HOSTILE}."
    nearest = Paper("p", HOSTILE, "It.", url="javascript:alert(1)")

    def answer(asked):
        return Answer(asked, reason, refusal=Refusal("not-on-shelf", reason, (nearest,)))

    async with at_work(slack, tmp_path, Obedient(answer)):
        asked = await slack.mention(slack.ada, slack.general, HOSTILE, wire=True)
        reply = await slack.answer(asked)
        await slack.slash(slack.ada, slack.general, HOSTILE)
        (whisper,) = await slack.until(lambda: slack.whispers(slack.ada))

    assert not slack.pings
    assert not links(reply.blocks)
    assert not links(whisper.blocks)


def links(node):
    """The addresses of all links below."""
    if isinstance(node, list):
        return [url for child in node for url in links(child)]
    if not isinstance(node, dict):
        return []
    own = [node["url"]] if node.get("type") == "link" else []
    return own + [url for child in node.values() for url in links(child)]


@given(st.lists(PIECES, max_size=6))
def test_a_text_is_escaped_the_same_however_it_is_cut(pieces):
    streamed = Markdown()

    assert "".join(map(streamed.write, pieces)) == markdown("".join(pieces))


@given(st.lists(PIECES, max_size=6))
def test_nothing_that_is_escaped_is_live(pieces):
    streamed = Markdown()
    text = "".join(map(streamed.write, pieces))

    assert not _LIVE.search(text)
    assert not re.search(r"@\w|\]\(|!\[|\]:|://|&[#a-zA-Z]", text)
    assert not re.search(r"[<>]|@\w", mrkdwn("".join(pieces)))


@given(st.text())
def test_escaping_only_puts_something_in_between(text):
    seen = "".join(one for one in plain(text, 10**6).split())
    kept = re.sub(rf"[\s{JOINER}]", "", markdown(text))

    assert re.sub(r"\s", "", seen) == kept


@pytest.mark.parametrize("text", ["a < b", "p <0.05", "x <= 3", "{a} & b [1] (see 2)", "5 > 4"])
def test_what_papers_write_stays_as_it_is(text):
    assert markdown(text) == text


@given(st.text())
def test_any_text_of_slacks_can_be_read(text):
    said = written(text, "U1")

    assert "\r" not in said.text
    assert not said.text.startswith(("\n", " "))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<@U1> hello", "hello"),
        ("<@U1|footnote>: hello", ": hello"),
        ("<@U2|mara> hello", "@mara hello"),
        ("see <#C1|lab> &amp; <#C2>", "see #lab & a channel"),
        ("<!subteam^S1|@team> <!here> <!date^1^{date}|today>", "@team today"),
        ("<https://example.org|this> <https://example.org>", "this https://example.org"),
        ("<mailto:a@b.org|a@b.org> &amp;lt; &quot;", "a@b.org &lt; &quot;"),
        ("1 &lt; 2\n\n 3  &gt; 2 ", "1 < 2\n3 > 2"),
    ],
)
def test_what_slack_writes_in_brackets_is_read_as_people_see_it(text, read):
    assert written(text, "U1").text == read


@pytest.mark.parametrize(
    ("text", "names_bot", "is_for_another"),
    [
        ("<@U2> what is it?", False, True),
        ("<@U1> and <@U2>?", True, False),
        ("<@U2> ask <@U1>", True, False),
        ("what does <@U2> say?", False, False),
        ("what is it?", False, False),
    ],
)
def test_whom_a_message_is_for_is_told_by_its_names(text, names_bot, is_for_another):
    said = written(text, "U1")

    assert (said.names_bot, said.is_for_another) == (names_bot, is_for_another)


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "https://user@evil.example",
        "https://example.org/a b",
        "https://example.org/>|<!channel>",
        "http://[",
        "ftp://example.org",
        "https://" + "a" * 3000,
        "https://example.org/\u202e",
    ],
)
def test_an_address_that_is_none_of_the_webs_is_no_link(url):
    assert not is_address(url)


def test_an_address_of_the_web_is_a_link():
    assert is_address(TIDES.url)

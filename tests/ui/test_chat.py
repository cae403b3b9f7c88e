"""Conversations: kept on disk, and carried on in the terminal."""

from __future__ import annotations

import asyncio
import io
import os
import pty
import select
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from six_papers import PAPERS, Footnote, started

from rag.errors import ChatError
from rag.types import (
    Answer,
    Citation,
    Completed,
    Delta,
    Dropped,
    Event,
    Hit,
    Paper,
    Passage,
    Published,
    Refusal,
    Retrieved,
    Scope,
    Span,
    Timing,
    Turn,
    Usage,
    Verdict,
)
from ui.chat_commands import Chat, obey
from ui.commands.chatting import Session
from ui.conversation import FILE, ConversationError, Conversations, Kept, turns

FLOODS = "How far ahead does TideNet forecast flood levels?"
BEES = Paper(
    id="bees",
    title="Counting Bees",
    abstract="A camera counts bees. It misses few.",
    authors=("A. Apis",),
    published=Published(2025, 5),
    identifiers=(("arxiv", "2505.00001"),),
)
WHOLE = Answer(
    question="How are bees counted?",
    text="By a camera [1].",
    citations=(Citation(1, BEES, Span(0, 21), Verdict("weak", ("Far off.",), Span(0, 21), 0.6)),),
    refusal=None,
    retrieved=(),
    timings=(Timing("retrieve", 0.25),),
    usage=Usage(100, 20, 0.001, True),
    model="small",
    failure="It broke off.",
    dropped=(Dropped("Bees fly.", ("Nothing says so.",)),),
)
REFUSED = Answer("Why?", "No.", refusal=Refusal("off-topic", "Not about papers.", (BEES,)))


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Conversations]:
    with Conversations(tmp_path / "home") as conversations:
        yield conversations


def test_an_answer_is_kept_whole_but_for_the_text_of_what_was_merely_retrieved(
    kept: Conversations,
) -> None:
    hit = Hit(BEES, Passage("bees#0", "bees", "A camera", Span(0, 8)), 0.5)
    begun = kept.begin(WHOLE.question)

    for answer in (WHOLE, REFUSED, Answer("Thanks", "You are welcome.", retrieved=(hit,))):
        kept.add(begun, answer)

    slim = Hit(replace(BEES, abstract=""), Passage("bees#0", "bees", "", Span(0, 8)), 0.5)
    thanked = Answer("Thanks", "You are welcome.", retrieved=(slim,))
    assert kept.answers(begun) == [WHOLE, REFUSED, thanked]


@given(question=st.text(max_size=50), text=st.text(max_size=50))
def test_any_text_is_kept_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, question: str, text: str
) -> None:
    with Conversations(tmp_path_factory.getbasetemp() / "any") as kept:
        begun = kept.begin(question)
        kept.add(begun, Answer(question, text))
        assert kept.answers(begun) == [Answer(question, text)]


def test_the_conversation_gone_on_with_last_comes_first(kept: Conversations) -> None:
    first, second = kept.begin("  One\nof  two "), kept.begin("Two " * 100)
    kept.add(first, WHOLE)

    assert [(one.id, one.answers) for one in kept.latest(5)] == [(first, 1), (second, 0)]
    assert [one.id for one in kept.latest(1)] == [first]
    assert kept.latest(1)[0].title == "One of two"
    assert kept.find(second[:6].upper()).id == second
    assert len(kept.find(second).title) == 200


def test_a_conversation_that_is_not_there_is_a_sentence(kept: Conversations) -> None:
    kept.begin("One")
    kept.begin("Two")

    with pytest.raises(ConversationError, match="There is no conversation 'xyz'"):
        kept.find("xyz")
    with pytest.raises(ConversationError, match="There is no conversation '%'"):
        kept.find("%")
    with pytest.raises(ConversationError, match="Several conversations begin with ''"):
        kept.find("")
    with pytest.raises(ConversationError, match="There is no conversation 'gone'"):
        kept.add("gone", WHOLE)


def test_conversations_are_nobody_elses_business(kept: Conversations, tmp_path: Path) -> None:
    kept.add(kept.begin("Secret?"), WHOLE)

    for path in (tmp_path / "home").glob(f"{FILE}*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_engine_is_handed_questions_and_answers_in_turn() -> None:
    assert turns([WHOLE, REFUSED]) == [
        Turn("user", "How are bees counted?"),
        Turn("assistant", "By a camera [1]."),
        Turn("user", "Why?"),
        Turn("assistant", "No."),
    ]


class Parrot:
    """Answers with what it was asked, and fails or waits where it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Turn, ...], Scope]] = []
        self.was_closed = False

    async def stream(
        self, question: str, history: Sequence[Turn] = (), scope: Scope = Scope()
    ) -> AsyncIterator[Event]:
        self.asked.append((question, tuple(history), scope))
        if question == "fail":
            raise ChatError("auth", "The key is wrong.")
        if question == "break":
            raise ZeroDivisionError("x")
        yield Retrieved(())
        yield Delta(f"{question} ")
        try:
            if question == "wait":
                await asyncio.sleep(60)
            yield Delta("[1].")
        finally:
            self.was_closed = True
        cited = (Citation(1, BEES, Span(0, 21)),)
        yield Completed(Answer(question, f"{question} [1].", cited))


def talk(kept: Conversations, *lines: str) -> tuple[Parrot, Chat, int]:
    """What came of typing these lines."""
    parrot, chat = Parrot(), Chat(kept)
    before = sys.stdin
    sys.stdin = io.StringIO("".join(f"{line}\n" for line in lines))
    try:
        with asyncio.Runner() as runner:
            code = Session(parrot, Scope(source="x"), chat, runner).run()
    finally:
        sys.stdin = before
    return parrot, chat, code


def test_each_question_goes_with_what_was_said_before(
    kept: Conversations, capsys: pytest.CaptureFixture[str]
) -> None:
    parrot, chat, code = talk(kept, "one", "", "two", "/new", "three")

    said = (Turn("user", "one"), Turn("assistant", "one [1]."))
    assert [(question, history) for question, history, _ in parrot.asked] == [
        ("one", ()),
        ("two", said),
        ("three", ()),
    ]
    assert parrot.asked[0][2] == Scope(source="x")
    assert code == 0
    assert [one.answers for one in kept.latest(5)] == [1, 2]
    assert kept.kept(chat.conversation_id or "") == chat.said
    assert chat.said[-1].scope == Scope(source="x")
    assert "> one\none [1].\n\n[1] Counting Bees, 2025\n\n> two\n" in capsys.readouterr().out


def test_no_error_ends_a_conversation(
    kept: Conversations, capsys: pytest.CaptureFixture[str]
) -> None:
    _, chat, code = talk(kept, "fail", "break", "/export nowhere/x.md", "\ufeffwell", "/quit", "no")

    printed = capsys.readouterr()
    assert [answer.question for answer in chat.answers] == ["well"]
    assert "Error: The key is wrong.\n" in printed.err
    assert "Error: Footnote met something it did not expect (ZeroDivisionError: x)." in printed.err
    assert "Traceback" not in printed.err
    assert code == 1


def test_a_failed_export_is_a_sentence(
    kept: Conversations, capsys: pytest.CaptureFixture[str]
) -> None:
    talk(kept, "one", "/export nowhere/x.md", "/export x.pdf")

    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("Error: There is no folder nowhere;")
    assert said[1].startswith("Error: x.pdf does not say a format;")


def obeyed(chat: Chat, line: str, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    obey(line, chat)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("/fly", "There is no command /fly. /help lists those that there are.\n"),
        ("/sources", "No answer of this conversation cites anything yet.\n"),
        ("/export", "Nothing has been answered in this conversation yet.\n"),
        ("/history", "Nothing has been answered in this conversation yet.\n"),
        ("/new", "A new conversation. The former one is kept.\n"),
    ],
)
def test_a_command_that_has_nothing_to_show_says_so(
    kept: Conversations, capsys: pytest.CaptureFixture[str], line: str, shown: str
) -> None:
    assert obeyed(Chat(kept), line, capsys) == shown


def test_the_sources_are_those_of_the_last_answer_that_cites(
    kept: Conversations, capsys: pytest.CaptureFixture[str]
) -> None:
    chat = Chat(kept, said=[Kept(WHOLE), Kept(Answer("Thanks", "You are welcome."))])

    assert obeyed(chat, "/sources", capsys) == (
        "[1] Counting Bees, 2025\n    │ **A camera counts bees.** It misses few.\n"
        "    weak: Far off.\n"
    )
    assert obeyed(chat, "/sources [1]", capsys) == obeyed(chat, "/sources", capsys)
    assert obeyed(chat, "/sources 2", capsys) == "There is no [2] in the last answer.\n"


def test_the_history_shows_questions_answers_and_refusals(
    kept: Conversations, capsys: pytest.CaptureFixture[str]
) -> None:
    assert obeyed(Chat(kept, said=[Kept(WHOLE), Kept(REFUSED)]), "/history", capsys) == (
        "How are bees counted?\nBy a camera [1].\n\n[1] Counting Bees, 2025\n\n"
        "Why?\nNo answer. Not about papers.\n\nNearest on the shelf\n"
        "- Counting Bees, 2025\n  bees\n"
    )


def test_an_export_without_a_name_gets_one_that_is_free(
    kept: Conversations, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    chat = Chat(kept, said=[Kept(WHOLE, Scope(source="bees.txt"))])

    assert obeyed(chat, "/export", capsys) == "Written to footnote-how-are-bees-counted.md.\n"
    assert obeyed(chat, "/export", capsys) == "Written to footnote-how-are-bees-counted-2.md.\n"
    assert obeyed(chat, "/export bees.ris", capsys) == "Written to bees.ris.\n"
    assert (tmp_path / "bees.ris").read_text(encoding="utf-8").startswith("TY  - UNPB\n")
    page = (tmp_path / "footnote-how-are-bees-counted.md").read_text(encoding="utf-8")
    assert "\n*within: bees.txt*\n" in page


def test_the_help_names_every_command(
    kept: Conversations, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = obeyed(Chat(kept), "/help", capsys)

    for name in ("/sources", "/export", "/history", "/new", "/help", "/quit", "Ctrl-C"):
        assert name in shown


def test_a_piped_conversation_is_answered_kept_and_gone_on_with(shelf: Footnote) -> None:
    chatting = started("chat", "--only", "2510.12345")
    first, _ = chatting.communicate(f"{FLOODS}\n/export floods.bib\n", timeout=120)
    listed = shelf("chat", "--list")
    going_on = started("chat", "--continue")
    second, complained = going_on.communicate("/history\n/export\n", timeout=120)

    assert (chatting.returncode, going_on.returncode) == (0, 0)
    assert f"> {FLOODS}\n" in first
    assert "36 hours" in first
    assert "@misc{lindqvist2025tidenet," in Path("floods.bib").read_text(encoding="utf-8")
    assert FLOODS in listed.out
    assert "1 question " in listed.out
    assert complained == ""
    assert f"{FLOODS}\n**{PAPERS[0]['title']}**" in second
    assert f"# {FLOODS}" in Path("footnote-how-far-ahead-does-tidenet-forecast.md").read_text(
        encoding="utf-8"
    )


def test_there_is_nothing_to_list_or_to_go_on_with_at_first(shelf: Footnote) -> None:
    assert shelf("chat", "--list").out.startswith("No conversation is kept yet;")
    unknown = shelf("chat", "0123")

    assert unknown.code == 1
    assert unknown.err.startswith("Error: There is no conversation '0123';")


def test_a_chat_over_an_empty_shelf_says_how_to_fill_it(models: Path, footnote: Footnote) -> None:
    shown = footnote("chat")

    assert shown.code == 0
    assert shown.out.startswith("The shelf is empty. Add papers")


TYPING = """
import asyncio, sys
from pathlib import Path
from test_chat import Parrot
from rag.types import Scope
from ui import line_editor
from ui.chat_commands import Chat
from ui.commands.chatting import Session
from ui.conversation import Conversations

parrot = Parrot()
with (
    Conversations(Path("home")) as kept,
    line_editor.recall(Path("home/recalled"), ("/sources", "/history")),
    asyncio.Runner() as runner,
):
    code = Session(parrot, Scope(), Chat(kept), runner).run()
    print("asked", [question for question, *_ in parrot.asked], "closed", parrot.was_closed)
sys.exit(code)
"""


class Terminal:
    """A person at a terminal."""

    def __init__(self) -> None:
        self.end, inner = pty.openpty()
        paths = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[2])])
        self.process = subprocess.Popen(
            [sys.executable, "-c", TYPING],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env=os.environ | {"PYTHONPATH": paths, "TERM": "xterm", "LC_ALL": "C.UTF-8"},
            start_new_session=True,
            preexec_fn=_control_terminal,
        )
        os.close(inner)
        self.shown = b""
        self.poll = select.poll()
        self.poll.register(self.end, select.POLLIN)

    def type(self, keys: str, until: str) -> None:
        """Types, and waits until that is shown."""
        time.sleep(0.3)  # readline listens only a moment after it has shown the prompt
        os.write(self.end, keys.encode())
        self.wait(until)

    def wait(self, until: str) -> None:
        deadline = time.monotonic() + 30
        while until.encode() not in self.shown:
            assert time.monotonic() < deadline, self.shown.decode("utf-8", "replace")
            if self.poll.poll(100):
                self.shown += os.read(self.end, 4096)
        self.shown = self.shown.partition(until.encode())[2]


def _control_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def test_stopping_an_answer_gives_the_prompt_back_and_leaving_keeps_what_was_typed(
    tmp_path: Path,
) -> None:
    terminal = Terminal()
    terminal.wait("› ")
    terminal.type("wait\r", until="\r\n")
    terminal.wait("wait")  # the answer has begun

    terminal.type("\x03", until="Stopped.")
    terminal.wait("› ")
    terminal.type("/hi\t\r", until="Nothing has been answered")
    terminal.wait("› ")
    terminal.type("\x03", until="Ctrl-C again, or Ctrl-D, leaves.")
    terminal.wait("› ")
    terminal.type("\x03", until="asked ['wait'] closed True")

    assert terminal.process.wait(timeout=30) == 0
    os.close(terminal.end)
    recalled = tmp_path / "home" / "recalled"
    assert recalled.read_text(encoding="utf-8").split() == ["wait", "/history"]
    assert stat.S_IMODE(recalled.stat().st_mode) == 0o600

"""What is kept of each answer, and what was said of it."""

import sqlite3
import stat
import threading
import time
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from acting import Acting, Papers, cited, refused

from rag.config import load_settings
from rag.errors import FootnoteError
from ui.alike import content, groups
from ui.answer_log import DAY, FILE, AnswerLog, Feedback, Given
from ui.server import incidents
from ui.server.exchange import Exchange
from ui.server.recording import Recorder, answer_log
from ui.server.services import Services
from ui.web.overview import numbers, overview
from ui.web.progress import answered


@pytest.fixture
def log(tmp_path):
    with AnswerLog(tmp_path) as opened:
        yield opened


def done(answer, seconds=0.5):
    return Exchange(answer.question, state="done", answer=answer, seconds=seconds)


async def test_an_answer_is_kept_with_what_it_stood_on(log):
    noted = await Recorder(log).noted(done(cited("What is TideNet?")), "user:mara")

    (entry,) = log.latest(limit=9)
    assert entry.id == noted.id
    assert len(noted.id) == 32
    given = entry.given
    assert (given.outcome, given.question, given.seconds) == ("answered", "What is TideNet?", 0.5)
    assert (given.cited, given.verdicts) == (("tides",), (1, 1, 0))
    assert abs(entry.at - datetime.now().astimezone()) < timedelta(seconds=9)


async def test_a_refusal_is_kept_with_its_reason(log):
    await Recorder(log).noted(done(refused("What is GPT-4?")))

    given = log.latest("refused", limit=9)[0].given
    assert (given.outcome, given.kind) == ("refused", "not-on-shelf")
    assert given.reason == "No abstract on this shelf tells of GPT-4."


async def test_half_a_character_in_a_question_is_kept_as_a_question_mark(log):
    noted = await Recorder(log).noted(done(cited("What is \ud800?")))

    (entry,) = log.latest(limit=9)
    assert (entry.id, entry.given.question) == (noted.id, "What is ??")


async def test_whose_answer_it_was_is_kept_as_a_digest(log):
    recorder = Recorder(log)
    for owner in ("user:mara", "user:mara", "user:joao", ""):
        await recorder.noted(done(cited("q")), owner)

    owners = [entry.given.owner for entry in log.latest(limit=9)]
    assert owners[0] == ""
    assert len(set(owners)) == 3
    assert "mara" not in "".join(owners)


async def test_where_texts_are_not_kept_nothing_of_them_is_in_the_file(log, tmp_path):
    recorder = Recorder(log, keeps_texts=False)
    await recorder.noted(done(refused("What is my secret disease?")))
    await recorder.noted(Exchange("Another secret?", state="failed", notice="Secret!"))
    log.close()

    written = b"".join(path.read_bytes() for path in tmp_path.iterdir()).lower()
    assert b"secret" not in written
    assert b"gpt-4" not in written
    assert b"not-on-shelf" in written


async def test_what_was_stopped_or_is_noted_already_is_not_noted(log):
    recorder = Recorder(log)
    noted = await recorder.noted(done(cited("q")))
    for exchange in (noted, Exchange("q"), Exchange("q").ended("stopped", "Stopped.")):
        assert await recorder.noted(exchange) is exchange

    assert log.count() == 1


async def test_every_answer_of_a_page_is_noted_once_and_bears_its_id(log):
    services = Services(Acting(), Papers(), recorder=Recorder(log)).for_asker("user:mara")
    for question in ("What?", "refuse this", "fail please"):
        grown = [one async for one in answered(services, Exchange(question), [])]
        assert [one.id for one in grown[:-1]] == [""] * (len(grown) - 1)
        assert grown[-1].id == log.latest(limit=1)[0].id

    kept = log.latest(limit=9)
    assert [one.given.outcome for one in kept] == ["failed", "refused", "answered"]
    assert all(one.given.owner for one in kept)
    assert "sk-123" not in repr(kept)


async def test_a_log_that_cannot_be_written_never_costs_the_answer(log, caplog):
    log.close()
    exchange = done(cited("q"))

    assert await Recorder(log).noted(exchange) is exchange
    assert "cannot be used" not in caplog.text
    assert "ShelfError" in caplog.text


def test_feedback_is_kept_changed_and_taken_back(log):
    name = log.note(Given("answered"))
    assert log.feedback([name]) == {}

    assert log.rate(name, Feedback("up"))
    assert log.rate(name, Feedback("down", "out-of-date", "2019"))
    assert log.rate(name, Feedback("down", "out-of-date", "2019"))
    assert log.feedback([name, "x"]) == {name: Feedback("down", "out-of-date", "2019")}
    assert log.latest("down", limit=9)[0].feedback == Feedback("down", "out-of-date", "2019")

    assert log.rate(name, None)
    assert log.feedback([name]) == {}
    assert log.count("down") == 0


def test_feedback_on_no_answer_is_not_kept(log):
    assert not log.rate("0" * 32, Feedback("up"))
    assert log.feedback(["0" * 32]) == {}


def test_everything_is_there_after_it_is_opened_again_and_only_for_its_owner(tmp_path):
    with AnswerLog(tmp_path) as log:
        name = log.note(Given("answered", "q"))
        log.rate(name, Feedback("up"))
    with AnswerLog(tmp_path) as log:
        assert log.latest(limit=1)[0].feedback == Feedback("up")

    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_answers_are_listed_by_kind_a_page_at_a_time(log):
    for number in range(7):
        log.note(Given("refused" if number % 2 else "answered", f"q{number}"))

    listed = [one.given.question for one in log.latest("refused", limit=2, offset=1)]
    assert listed == ["q3", "q1"]
    assert (log.count(), log.count("refused"), log.count("failed")) == (7, 3, 0)


def test_many_threads_note_and_rate_at_once(log):
    def work():
        for _ in range(10):
            assert log.rate(log.note(Given("answered")), Feedback("up"))

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert log.count() == 50
    assert len(log.feedback(one.id for one in log.latest(limit=99))) == 50


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(FootnoteError, match=r"The record of answers cannot be kept in .*file"):
        AnswerLog(tmp_path / "file")


def aged(folder, days):
    """Makes everything that is kept there so many days older."""
    with closing(sqlite3.connect(folder / FILE)) as db, db:
        for table in ("answers", "incidents"):
            db.execute(f"UPDATE {table} SET at = at - ?", (days * DAY,))  # noqa: S608


def test_what_is_too_old_is_gone_when_the_log_is_opened_with_what_was_said_of_it(tmp_path):
    with AnswerLog(tmp_path, keep_days=30) as log:
        old = log.note(Given("answered", "An old secret?"))
        log.rate(old, Feedback("down", "other", "A secret remark."))
        log.notice("ab12cd34", "RuntimeError", "draft.py:7")
    aged(tmp_path, 20)
    with AnswerLog(tmp_path, keep_days=30) as log:
        new = log.note(Given("answered", "A new one?"))
        log.rate(new, Feedback("up"))
        assert log.count() == 2
    aged(tmp_path, 20)

    with AnswerLog(tmp_path, keep_days=30) as log:
        assert [one.id for one in log.latest(limit=9)] == [new]
        assert log.feedback([old, new]) == {new: Feedback("up")}
        assert log.noticed(9) == []
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"secret" not in written
    assert b"A new one?" in written


def test_what_becomes_too_old_while_it_is_open_goes_without_anybody_asking(tmp_path):
    with answer_log(tmp_path, keep_days=30, tidied_every=0.02) as log:
        log.note(Given("answered", "q"))
        aged(tmp_path, 31)
        end = time.monotonic() + 10
        while log.count() and time.monotonic() < end:
            time.sleep(0.01)

        assert log.count() == 0
    assert "tidy the record of answers" not in {one.name for one in threading.enumerate()}


def test_that_nothing_can_be_deleted_is_noted_and_tried_again(tmp_path, caplog):
    with answer_log(tmp_path, tidied_every=0.02) as log:
        log.close()
        end = time.monotonic() + 10
        while caplog.text.count("ShelfError") < 2 and time.monotonic() < end:
            time.sleep(0.01)

    assert caplog.text.count("ShelfError") >= 2


def test_of_what_goes_wrong_all_the_time_the_last_thousand_are_kept(log, tmp_path):
    rows = [(f"{number:08}", time.time(), "RuntimeError", "draft.py:7") for number in range(1200)]
    with closing(sqlite3.connect(tmp_path / FILE)) as db, db:
        db.executemany(
            "INSERT INTO incidents (reference, at, kind, place) VALUES (?, ?, ?, ?)", rows
        )

    log.notice("ab12cd34", "RuntimeError", "draft.py:7")

    kept = [one.reference for one in log.noticed(9999)]
    assert (len(kept), kept[0], kept[-1]) == (1000, "ab12cd34", "00000201")


@pytest.mark.parametrize("days", ["0", "-1", "x", "40000"])
def test_how_long_it_is_kept_is_a_number_of_days(monkeypatch, days):
    assert load_settings().keep_days == 365
    monkeypatch.setenv("FOOTNOTE_KEEP_DAYS", days)

    with pytest.raises(FootnoteError, match="FOOTNOTE_KEEP_DAYS is wrong"):
        load_settings()


def gone_wrong():
    try:
        {}["sk-123"]
    except KeyError as error:
        return error


def test_incidents_are_kept_while_the_log_is_open_without_their_message(tmp_path):
    with answer_log(tmp_path) as log:
        reference = incidents.note(gone_wrong())
        (noticed,) = log.noticed(9)
    incidents.note(ValueError())

    assert (noticed.reference, noticed.kind) == (reference, "KeyError")
    assert "sk-123" not in repr(noticed)
    assert "test_answer_log.py:" in noticed.place
    with closing(AnswerLog(tmp_path)) as log:
        assert len(log.noticed(9)) == 1


def test_questions_alike_are_together_the_most_frequent_first():
    asked = [
        "What is GPT-4?",
        "How does quantum teleportation of qubits work?",
        "Tell me about gpt-4 please",
        "Explain quantum teleportation of a qubit",
        "GPT-4?",
        "Who won the match?",
    ]

    assert groups(asked) == [(0, 2, 4), (1, 3), (5,)]
    assert groups([]) == []


def test_a_question_of_empty_words_alone_is_its_words():
    assert content("What is it?") == {"what", "is", "it"}
    assert content("?!") == frozenset()
    assert groups(["?!", "..."]) == [(0,), (1,)]


def test_numbers_are_of_the_day_the_week_and_the_month(log):
    for outcome, seconds in (("answered", 1), ("answered", 3), ("refused", 8), ("failed", None)):
        name = log.note(Given(outcome, "How tall is it?", seconds=seconds))
    log.rate(name, Feedback("down"))
    now = datetime.now().astimezone()

    today, week, month = overview(log, now).periods
    assert today.numbers == week.numbers == month.numbers
    assert (today.numbers.answered, today.numbers.refused, today.numbers.failed) == (2, 1, 1)
    assert (today.numbers.total, today.numbers.downs, today.numbers.seconds) == (4, 1, 3)
    tomorrow = overview(log, now + timedelta(days=1))
    assert [one.numbers.total for one in tomorrow.periods] == [0, 4, 4]
    assert [numbers.total for _, numbers in tomorrow.days] == [4]
    assert overview(log, now + timedelta(days=31)).days == ()


def test_no_numbers_are_none():
    assert numbers([]).seconds is None
    assert numbers([]).total == 0

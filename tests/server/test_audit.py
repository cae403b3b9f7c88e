"""The audit: a line a request, without texts and names, in files that turn."""

import json
import logging
import stat

from rag.types import Answer, Citation, Paper, Refusal, Usage
from ui.server import audit as audits
from ui.server.audit import FILE, KEPT, Audit, Audited, Noted
from ui.server.principals import Principal

MARA = Principal("user mara", "user:mara", frozenset(("ask",)))
BEES = Paper("bees", "Counting Bees", "Bees are counted.")
ANSWER = Answer(
    "How many bees?",
    "Many. [1] Very many. [1]",
    (Citation(1, BEES, None), Citation(1, BEES, None)),
    usage=Usage(100, 20),
    model="a-model",
)


def lines(home):
    return [json.loads(one) for one in (home / FILE).read_text().splitlines()]


async def knocking(audit, tell=lambda: None, *, ends=True):
    async def app(scope, receive, send):
        tell()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": not ends})

    async def nowhere(message=None):
        return {}

    await Audited(app, audit=audit, surface="test")({"type": "http"}, nowhere, nowhere)


def told():
    audits.by(MARA)
    audits.asked("How many bees?")
    audits.answered(ANSWER)


async def test_a_line_tells_what_was_cited_and_spent_but_neither_who_nor_what(tmp_path):
    await knocking(Audit(tmp_path), told)
    (line,) = lines(tmp_path)

    assert line["cited"] == ["bees"]
    assert (line["model"], line["tokens"], line["outcome"]) == ("a-model", 120, "answered")
    assert len(line["principal"]) == len(line["question"]) == 16
    assert not any(one in (tmp_path / FILE).read_text() for one in ("mara", "many bees", "Many"))


async def test_the_same_question_and_person_can_be_told_again(tmp_path):
    audit = Audit(tmp_path)
    await knocking(audit, told)
    await knocking(audit, told)
    await knocking(audit, lambda: audits.asked("Another?"))
    first, second, third = lines(tmp_path)

    assert first["question"] == second["question"] != third["question"]
    assert first["principal"] == second["principal"] != third["principal"]


async def test_texts_are_kept_where_it_was_set(tmp_path):
    await knocking(Audit(tmp_path, keeps_texts=True), told)

    assert lines(tmp_path)[0]["text"] == "How many bees?"


async def test_an_outcome_is_told_apart_from_others(tmp_path):
    refused = Answer("Q", "No.", refusal=Refusal("not-on-shelf", "No."))
    audit = Audit(tmp_path)
    await knocking(audit)
    await knocking(audit, lambda: (audits.asked("Q"), audits.answered(refused)))
    await knocking(audit, lambda: audits.asked("Q"))
    await knocking(audit, lambda: audits.asked("Q"), ends=False)

    assert [one["outcome"] for one in lines(tmp_path)] == ["none", "refused", "failed", "left"]


def test_outside_of_a_request_nothing_happens(tmp_path):
    told()

    assert not list(tmp_path.iterdir())


def test_half_a_character_and_line_breaks_do_no_harm(tmp_path):
    audit = Audit(tmp_path, keeps_texts=True)
    audit.note(Noted("test", question='a\ud800\n"b"\r\u2028'))

    assert len((tmp_path / FILE).read_bytes().splitlines()) == 1
    assert lines(tmp_path)[0]["surface"] == "test"


def test_a_full_file_is_turned_and_the_oldest_forgotten(tmp_path):
    audit = Audit(tmp_path, most=1000)
    for number in range(100):
        audit.note(Noted("test", status=number))
    names = sorted(one.name for one in tmp_path.iterdir())

    assert names == [FILE, *(f"{FILE}.{number}" for number in range(1, KEPT + 1))]
    for name in names:
        path = tmp_path / name
        assert path.stat().st_size <= 1000
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    in_order = [*reversed(names[1:]), FILE]
    kept = [
        json.loads(line)["status"]
        for name in in_order
        for line in (tmp_path / name).read_text().splitlines()
    ]
    assert kept == list(range(kept[0], 100))


def test_what_cannot_be_written_is_an_incident_not_an_error(tmp_path, caplog):
    (tmp_path / FILE).mkdir()
    with caplog.at_level(logging.ERROR, "footnote.web"):
        Audit(tmp_path).note(Noted("test"))

    assert "IsADirectoryError" in caplog.text

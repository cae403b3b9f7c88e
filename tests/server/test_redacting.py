"""No log holds a key, whoever wrote it and however it is formatted."""

import io
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonjsonlogger.json import JsonFormatter

from ui.server.keys import local_key
from ui.server.redacting import redact_logs, redacted

OURS = "fn_0a1b2c3d_" + "aB3" * 13 + "x"
SECRETS = {
    OURS: "aB3aB3",
    local_key(): "local_",
    "sk-proj-abc_DEF-123456": "abc_DEF",
    "xoxb-12345-67890-abcdef": "67890",
    "xapp-1-A0123-456-abcdef": "A0123",
    "Bearer eyJhbGciOi.J9.sig": "eyJ",
    "bearer  hunter2-hunter2": "hunter2",
}
PLAIN = (
    "a risk-free desk-bound task",
    "see fn_name in f(x)",
    "the bearer of letters",
    "box-office fox-trot xox-y sk-1 fn_x",
)


@pytest.fixture
def written():
    """What two handlers of others write: text, and JSON."""
    before = logging.getLogRecordFactory()
    redact_logs()
    plain, lines = io.StringIO(), io.StringIO()
    logger = logging.getLogger("somebody.else")
    handlers = [logging.StreamHandler(plain), logging.StreamHandler(lines)]
    handlers[0].setFormatter(logging.Formatter("%(message)s [%(request_id)s]"))
    handlers[1].setFormatter(JsonFormatter("%(message)s %(request_id)s"))
    logger.handlers, logger.propagate = handlers, False
    yield logger, lambda: plain.getvalue() + lines.getvalue()
    logger.handlers, logger.propagate = [], True
    logging.setLogRecordFactory(before)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_key_is_cut_out_of_a_text(secret):
    shown = redacted(f"before {secret}, after")

    assert secret.split(" ")[-1] not in shown
    assert shown.startswith("before ")
    assert shown.endswith(", after")


def test_the_id_of_our_own_key_stays_so_that_it_can_be_revoked():
    assert redacted(OURS) == "fn_0a1b2c3d_…"


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_no_key_stays(text):
    assert redacted(text) == text


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_key_is_found_in_whatever_text(before, after):
    assert "aB3aB3aB3" not in redacted(f"{before} {OURS} {after}")


def test_a_message_its_arguments_and_its_traceback_are_all_redacted(written):
    logger, seen = written
    logger.warning("sent %s with %r", OURS, {"authorization": "Bearer hunter2-hunter2"})
    try:
        int(OURS)
    except ValueError:
        logger.exception("it failed with sk-abcdefgh")

    whole = seen()
    for secret in ("aB3aB3", "hunter2", "abcdefgh"):
        assert secret not in whole
    assert "base 10: 'fn_0a1b2c3d_…'" in whole


def test_a_call_with_the_wrong_arguments_is_still_written(written):
    logger, seen = written
    logger.warning("two %s %s", OURS)

    assert "two" in seen()
    assert "aB3aB3" not in seen()


def test_a_record_without_an_exception_has_none(written):
    logger, seen = written
    logger.warning("nothing %s", "happened", exc_info=sys.exc_info())

    assert "nothing happened []" in seen()
    assert "Traceback" not in seen()

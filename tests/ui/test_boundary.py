"""Where errors end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.errors import ConfigError
from ui.boundary import guarded


def failing(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        pytest.param(ConfigError("Set it."), "Set it.", id="ours"),
        pytest.param(
            OSError(28, "No space left on device", "/shelf"),
            "No space left on device: /shelf. Check that there is room, "
            "and that you may use the path.",
            id="disk",
        ),
        pytest.param(
            KeyError("x"),
            "Footnote met something it did not expect (KeyError: 'x'). "
            "Run the same command with FOOTNOTE_DEBUG=1 and report what it prints.",
            id="unexpected",
        ),
        pytest.param(
            ValueError("two\nlines"),
            "Footnote met something it did not expect (ValueError: two lines). "
            "Run the same command with FOOTNOTE_DEBUG=1 and report what it prints.",
            id="several-lines",
        ),
    ],
)
def test_every_error_is_one_line(
    capsys: pytest.CaptureFixture[str], error: Exception, sentence: str
) -> None:
    assert guarded(failing(error)) == 1
    assert capsys.readouterr().err == f"Error: {sentence}\n"


@pytest.mark.parametrize(
    ("leaving", "code"),
    [
        (SystemExit(), 0),
        (SystemExit(2), 2),
        (SystemExit("why"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_the_way_a_command_ends_is_its_exit_code(leaving: BaseException, code: int) -> None:
    assert guarded(failing(leaving)) == code


def test_the_traceback_is_there_for_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_DEBUG", "1")

    with pytest.raises(KeyError):
        guarded(failing(KeyError("x")))

"""The demonstration, as a stranger runs it: a real shelf, real models, a real browser."""

import re
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.e2e


@pytest.fixture
def demo(monkeypatch, tmp_path, graphs):
    """Where `footnote demo` has opened its chat."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(graphs, target_is_directory=True)
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    command = [sys.executable, "-c", "from ui.cli import main; main()", "demo"]
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE) as process:
        try:
            yield next(filter(None, map(opened, process.stdout)))
            process.send_signal(signal.SIGTERM)
            process.stdout.close()
            assert process.wait(10) == 0
        finally:
            process.kill()


def opened(line):
    found = re.search(r"is open at (http://127\.0\.0\.1:\d+)", line)
    return found and found[1]


def test_the_demo_ends_with_a_chat_whose_examples_are_answered(open_page, demo):
    page = open_page(demo)
    examples = [page.locator(f"#example-{number}") for number in range(4)]
    for example in examples:
        example.and_(page.locator(":enabled")).wait_for(timeout=30_000)
    assert len({example.inner_text() for example in examples}) == 4

    examples[0].click()
    page.locator("#evidence .card").first.wait_for()
    cited = page.locator("#evidence mark").first.inner_text()

    assert cited in page.locator("#chat .answer").inner_text()
    assert page.errors == []

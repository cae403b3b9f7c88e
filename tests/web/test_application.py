"""The server: headers, closed routes, where it listens, how it ends."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from acting import TIDES, Acting, Papers, served

from ui.server.headers import HEADERS
from ui.server.services import Services
from ui.server.serving import AddressError, address_of, check_address, listening
from ui.web.open_routes import is_open

EVERYWHERE = "0.0.0.0"  # noqa: S104


@pytest.fixture(scope="module")
def where():
    with served(Services(Acting(), Papers(TIDES))) as address:
        yield address


@pytest.fixture(scope="module")
def blocks():
    """The page as it is mounted."""
    return asyncio.run(mounted())


async def mounted():
    import gradio as gr

    from ui.web.application import application

    made = []
    with pytest.MonkeyPatch.context() as patch:
        queue = gr.Blocks.queue
        patch.setattr(gr.Blocks, "queue", lambda one, **kw: made.append(one) or queue(one, **kw))
        application(Services(Acting(), Papers(TIDES)))
    return made[-1]


def get(url, *, method="GET"):
    response = httpx.request(method, url)
    return response.status_code, response.headers, response.text


@pytest.mark.parametrize("path", ["/", "/healthz", "/look/style.css", "/gradio_api/upload", "/no"])
def test_every_response_forbids_what_is_not_ours(where, path):
    _, headers, _ = get(where + path)

    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert "server" not in headers


def test_health_is_told_without_the_chat(where):
    assert get(f"{where}/healthz")[::2] == (200, '{"status":"ok"}')
    assert get(f"{where}/healthz", method="HEAD")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/docs",
        "/redoc",
        "/openapi.json",
        "/monitoring",
        "/monitoring/summary",
        "/login",
        "/gradio_api/upload",
        "/gradio_api/file=pyproject.toml",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/proxy=http://127.0.0.1/",
        "/gradio_api/runs",
        "/gradio_api/openapi.json",
        "/gradio_api/vibe-code",
        "/gradio_api/component_server",
        "/gradio_api/call/ask",
        "/gradio_api/call/v2/ask",
        "/gradio_api/deep_link",
        "/gradio_api/stream/a/b/c/playlist.m3u8",
        "//gradio_api/upload",
        "/gradio_api//upload",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_the_chat_does_not_need_is_closed(where, path, method):
    assert get(where + path, method=method)[0] in (404, 405)


def test_what_the_chat_needs_is_open():
    for path in ("/", "/config", "/theme.css", "/gradio_api/queue/join", "/gradio_api/heartbeat/a"):
        assert is_open(path)


def test_nothing_is_offered_to_programs_where_nothing_was_handed_over(where):
    told = httpx.get(f"{where}/gradio_api/info").json()

    assert told["named_endpoints"] == told["unnamed_endpoints"] == {}


def test_no_event_takes_the_conversation_from_the_browser(blocks):
    import gradio as gr

    taken = {type(one) for event in blocks.fns.values() for one in event.inputs}

    assert taken == {gr.State, gr.Textbox, gr.Button}


def test_no_event_is_offered_as_an_interface(blocks):
    assert {event.api_visibility for event in blocks.fns.values()} == {"private"}


def test_files_are_checked_as_strictly_as_by_a_launched_page(blocks):
    assert blocks.has_launched is True
    assert blocks.show_error is False


def test_nothing_is_counted_or_recorded_for_others(blocks):
    import gradio as gr

    assert blocks.analytics_enabled is False
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert gr.analytics.analytics_enabled() is False


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_this_machine_alone_needs_no_guard(host):
    check_address(host, is_guarded=False)


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "192.168.1.4", "example.org"])
def test_others_are_let_in_only_where_that_is_said(host):
    with pytest.raises(AddressError, match="--insecure"):
        check_address(host, is_guarded=False)
    check_address(host, is_guarded=True)


@pytest.mark.parametrize("way", ["--users", "--proxy-header", "--insecure", "127.0.0.1"])
def test_who_is_refused_a_public_address_reads_every_way_out(way):
    with pytest.raises(AddressError, match=way):
        check_address(EVERYWHERE, is_guarded=False)


def test_an_empty_host_is_told_as_what_it_is():
    with pytest.raises(AddressError, match=r"^The empty --host, which means every address"):
        check_address("", is_guarded=False)


def test_a_port_that_is_taken_is_a_sentence():
    with listening("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressError, match=rf"listens on 127.0.0.1:{port} already.*--port"):
            listening("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_a_sentence():
    with pytest.raises(AddressError, match=r"may not listen on 192\.0\.2\.1:80"):
        listening("192.0.2.1", 80)


def test_an_address_is_written_as_a_browser_takes_it():
    with listening("127.0.0.1", 0) as bound:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address_of(bound))
    with listening(EVERYWHERE, 0) as bound:
        assert address_of(bound).startswith("http://127.0.0.1:")
    with listening("::1", 0) as bound:
        assert address_of(bound).startswith("http://[::1]:")


def footnote(*arguments, **environment):
    command = [sys.executable, "-c", "from ui.cli import main; main()", *arguments]
    return subprocess.Popen(
        command,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | environment,
    )


def test_serve_opens_says_where_and_ends_within_five_seconds_with_a_page_open(tmp_path):
    with footnote("serve", "--port", "0", TMPDIR=str(tmp_path)) as process:
        try:
            address = re.search(r"http://\S+", process.stdout.readline())[0]
            assert get(f"{address}/config")[0] == 200
            with httpx.stream("GET", f"{address}/gradio_api/heartbeat/abc") as heartbeat:
                assert next(heartbeat.iter_lines()) == "data: ALIVE"

                began = time.monotonic()
                process.send_signal(signal.SIGTERM)
                process.wait(10)

            assert time.monotonic() - began < 5
            assert process.returncode == 0
            assert list(tmp_path.glob("footnote-*")) == [], "its empty folder is gone"
            said = process.stderr.read().splitlines()
            assert [line for line in said if "footnote.requests" not in line] == []
        finally:
            process.kill()


BUSY = """
import asyncio, sys, threading, time
sys.path[:0] = [{tests!r}]
from acting import Acting, Papers, TIDES
from ui.server.serving import address_of, listening, server_for
from ui.server.services import Services
from ui.web.application import application

class Building(Acting):
    async def ask(self, question, history=(), scope=None):
        return await asyncio.to_thread(self.build)

    def build(self):
        print("building", flush=True)
        time.sleep(60)

async def serve():
    with listening("127.0.0.1", 0) as bound:
        app = application(Services(Building(), Papers(TIDES)))
        await server_for(app, lambda: print(address_of(bound), flush=True)).serve(sockets=[bound])

asyncio.run(serve())
"""


def test_a_server_that_ends_does_not_wait_for_a_model_that_is_still_built():
    script = BUSY.format(tests=str(Path(__file__).parent))
    command = [sys.executable, "-c", script]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        try:
            said = {process.stdout.readline().strip() for _ in range(2)}
            address = next(one for one in said if one.startswith("http"))
            assert "building" in said, "the examples are chosen before anybody comes"
            with httpx.stream("GET", f"{address}/gradio_api/heartbeat/abc") as heartbeat:
                alive = heartbeat.iter_lines()
                assert next(alive) == "data: ALIVE"

                began = time.monotonic()
                process.send_signal(signal.SIGTERM)
                process.wait(30)

            assert time.monotonic() - began < 15, "the model takes a minute"
            assert process.returncode == 0
        finally:
            process.kill()


def test_serve_refuses_a_public_address_before_it_opens_anything():
    with footnote("serve", "--host", EVERYWHERE) as process:
        _, err = process.communicate(timeout=20)

    assert process.returncode == 1
    assert err.startswith("Error: 0.0.0.0 can be reached from other machines")


def test_serve_names_a_port_that_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with footnote("serve", "--port", port) as process:
            _, err = process.communicate(timeout=20)

    assert process.returncode == 1
    assert f"127.0.0.1:{port} already" in " ".join(err.split())

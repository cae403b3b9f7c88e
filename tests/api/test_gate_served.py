"""The gate on a real server: streams, clients that leave, large bodies, the audit, other sites."""

import json
import logging
import socket
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import pytest
from gated import door, signed_in
from opened import EVERYBODY  # makes the doubles of the pages known
from shelved import open_to_browsers
from starlette.testclient import TestClient

from ui.api.surroundings import surrounded
from ui.server.audit import FILE, Audit

assert EVERYBODY


@contextmanager
def serving(home, **options):
    with door(home, **options) as one:
        app = surrounded(one.app, "test", audit=Audit(home))
        with open_to_browsers(app) as address:
            try:
                yield one, address
            finally:
                one.let_go.set()


def knock(address, path, text, **more):
    headers = {"authorization": f"Bearer {text}", **more.pop("headers", {})}
    method = more.pop("method", "GET")
    return httpx.request(method, address + path, headers=headers, timeout=10, **more)


def within(seconds, holds):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and not holds():
        time.sleep(0.01)
    return holds()


@contextmanager
def streaming(address, text):
    """A client that has the first piece of a stream; it leaves when the block ends."""
    where = urlsplit(address)
    with socket.create_connection((where.hostname, where.port), timeout=10) as peer:
        peer.sendall(
            f"GET /stream HTTP/1.1\r\nHost: {where.netloc}\r\n"
            f"Authorization: Bearer {text}\r\n\r\n".encode()
        )
        seen = b""
        while b"data: first" not in seen:
            seen += peer.recv(4096)
        yield seen


def test_a_stream_counts_as_under_way_until_it_ends(tmp_path):
    with serving(tmp_path, api_concurrency=1) as (one, address):
        _, text = one.key()
        with streaming(address, text):
            refused = knock(address, "/who", text)
            assert refused.status_code == 429
            assert refused.headers["retry-after"] == "1"
            other = knock(address, "/who", one.key()[1])
            assert other.status_code == 200  # it is another's
            one.let_go.set()
            assert within(5, lambda: one.running == 0)
        assert knock(address, "/who", text).status_code == 200


def test_a_client_that_leaves_gives_its_place_back(tmp_path):
    with serving(tmp_path, api_concurrency=1) as (one, address):
        _, text = one.key()
        for _ in range(3):
            with streaming(address, text):
                assert one.running == 1
                assert knock(address, "/who", text).status_code == 429
            assert within(5, lambda: one.running == 0)
            assert within(5, lambda: knock(address, "/who", text).status_code == 200)


def test_a_request_that_is_refused_takes_no_place(tmp_path):
    with serving(tmp_path, api_concurrency=1) as (one, address):
        _, text = one.key()
        for _ in range(3):
            assert knock(address, "/admin", text).status_code == 403
            assert knock(address, "/breaks", text, method="POST").status_code == 500
        assert knock(address, "/who", text).status_code == 200


def test_a_stream_tells_of_limits_and_its_name_too(tmp_path):
    with serving(tmp_path) as (one, address), streaming(address, one.key()[1]) as seen:
        assert b"x-ratelimit-remaining-requests: 59\r\n" in seen
        assert b"x-request-id: req_" in seen


def chunks(count):
    for _ in range(count):
        yield b"x" * 65_536


@pytest.mark.parametrize("body", [b"x" * 3_000_000, chunks(40)], ids=["at once", "in pieces"])
def test_a_body_that_is_too_large_is_refused_in_a_sentence(tmp_path, body):
    """Also where no header says how large it is."""
    with serving(tmp_path) as (one, address):
        _, text = one.key()
        response = knock(address, "/ask", text, method="POST", content=body)

        assert response.status_code == 413
        assert response.json()["error"]["code"] == "too_large"
        assert "1 MB" in response.json()["error"]["message"]
        assert "x-request-id" in response.headers
        assert knock(address, "/who", text).status_code == 200


def test_a_body_of_just_the_limit_comes_through_whole(tmp_path):
    with serving(tmp_path) as (one, address):
        _, text = one.key("write", "ask")
        for body in (b"x" * 2**20, chunks(16)):
            response = knock(address, "/papers", text, method="POST", content=body)
            assert response.json() == {"bytes": 2**20}


def test_a_form_with_files_has_a_limit_of_its_own(tmp_path):
    with serving(tmp_path) as (one, address):
        _, text = one.key("write", "ask")
        files = {"file": b"x" * 2_000_000}

        for path, status in (("/papers/upload", 200), ("/papers", 413), ("/ask", 413)):
            assert knock(address, path, text, method="POST", files=files).status_code == status
        plain = knock(address, "/papers/upload", text, method="POST", content=files["file"])
        assert plain.status_code == 413


def test_a_client_that_leaves_before_it_has_sent_all_is_forgotten(tmp_path):
    with serving(tmp_path) as (one, address):
        where = urlsplit(address)
        with socket.create_connection((where.hostname, where.port)) as peer:
            peer.sendall(b"POST /ask HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nhalf")
        lines = tmp_path / FILE

        assert within(5, lambda: lines.exists() and lines.read_text())
        assert json.loads(lines.read_text())["status"] == 0
        assert knock(address, "/who", one.key()[1]).status_code == 200


def test_what_nobody_foresaw_is_told_by_a_reference_alone(tmp_path, capfd):
    with serving(tmp_path) as (one, address):
        response = knock(address, "/breaks", one.key()[1], method="POST")

    assert response.status_code == 500
    assert response.json()["error"]["code"] == "internal_error"
    printed = capfd.readouterr()
    for told in (response.text, printed.out, printed.err):
        assert "sk-secret" not in told
        assert "Traceback" not in told


async def begun(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    raise RuntimeError("sk-secret1234 of a provider")


async def unbegun(scope, receive, send):
    raise RuntimeError("sk-secret1234 of a provider")


def test_no_error_reaches_a_server_that_would_print_it(tmp_path, caplog):
    """Neither of FastAPI, which answers and raises again, nor of a stream that breaks off."""
    with door(tmp_path) as one, caplog.at_level(logging.ERROR, "footnote.web"):
        headers = {"authorization": f"Bearer {one.key()[1]}"}
        answered = TestClient(surrounded(one.app, "test")).post("/breaks", headers=headers)
        half = TestClient(surrounded(begun, "test")).get("/")
        whole = TestClient(surrounded(unbegun, "test")).get("/")

    assert (answered.status_code, half.status_code, whole.status_code) == (500, 200, 500)
    assert half.content == b"half"
    assert whole.json()["error"]["code"] == "internal_error"
    assert len(caplog.records) == 3  # each is noted once
    assert "sk-secret" not in caplog.text


def test_every_request_has_a_line_in_the_audit(tmp_path):
    with serving(tmp_path) as (one, address):
        number, text = one.key()
        asked = knock(address, "/ask", text, method="POST", content=b"Which bees count?")
        knock(address, "/who", "fn_wrong")
        assert within(5, lambda: len((tmp_path / FILE).read_text().splitlines()) == 2)
        first, second = map(json.loads, (tmp_path / FILE).read_text().splitlines())

    assert first["request"] == asked.headers["x-request-id"]
    assert (first["surface"], first["status"], second["status"]) == ("test", 200, 401)
    assert second["principal"] == second["question"] == ""
    whole = (tmp_path / FILE).read_text()
    assert not any(one in whole for one in (text, number, "bees", "fn_"))


def test_a_page_that_was_named_may_read_and_others_may_not(tmp_path):
    with door(tmp_path) as one:
        _, text = one.key()
        around = surrounded(one.app, "test", origins=("https://app.example",))
        client = one.client(text, around=around)
        named = client.get("/who", headers={"origin": "https://app.example"})
        other = client.get("/who", headers={"origin": "https://evil.example"})

        assert named.headers["access-control-allow-origin"] == "https://app.example"
        assert "x-ratelimit-limit-requests" in named.headers["access-control-expose-headers"]
        assert "access-control-allow-origin" not in other.headers
        for one_of_them in (named, other):
            assert "access-control-allow-credentials" not in one_of_them.headers


def test_a_named_page_is_told_before_it_sends_a_key(tmp_path):
    with door(tmp_path) as one:
        around = surrounded(one.app, "test", origins=("https://app.example",))
        asked = {
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type,x-stainless-os",
        }
        named = one.client(around=around).options(
            "/ask", headers={"origin": "https://app.example", **asked}
        )
        other = one.client(around=around).options(
            "/ask", headers={"origin": "https://evil.example", **asked}
        )

    assert named.status_code == 200
    assert "x-stainless-os" in named.headers["access-control-allow-headers"]
    assert other.status_code == 400
    assert "access-control-allow-origin" not in other.headers


def test_a_named_page_reads_its_errors_as_well_but_acts_for_nobody(tmp_path):
    with door(tmp_path, is_alone=True) as one:
        around = surrounded(one.app, "test", origins=("*",))
        page = {"origin": "https://app.example", "sec-fetch-site": "cross-site"}
        lone = one.client(around=around).get("/who", headers=page)
        signed = one.client(around=signed_in(around, "mara")).get("/who", headers=page)

    assert (lone.status_code, signed.status_code) == (403, 403)
    assert lone.headers["access-control-allow-origin"] == "*"


def test_without_any_origin_nothing_is_said_of_other_sites(tmp_path):
    with door(tmp_path) as one:
        client = one.client(one.key()[1])
        origin = {"origin": "https://app.example"}
        assert "access-control-allow-origin" not in client.get("/who", headers=origin).headers
        asked = {**origin, "access-control-request-method": "POST"}
        assert client.options("/ask", headers=asked).status_code == 405

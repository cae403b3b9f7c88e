"""A language model's endpoint on loopback that does to each request what a test tells it to."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE = 5  # seconds after which a stalled reply gives up
USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


class Endpoint(ThreadingHTTPServer):
    """Plays one act a request to `/chat/completions`, and the last one again and again.

    `asked` has the bodies, `keys` the Authorization headers, `connections` how many there were;
    `reached` is set with the
    first request, `left` when a client hangs up on a stalled reply. `models` plays for `/models`.
    """

    daemon_threads = True

    def __init__(self, *acts):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/v1"
        self.acts = list(acts)
        self.models = lists()
        self.asked, self.keys = [], []
        self.connections = 0
        self.reached, self.left, self.stopped = (threading.Event() for _ in range(3))
        self._lock = threading.Lock()

    def act(self):
        with self._lock:
            return self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]

    def process_request(self, request, client_address):
        self.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, request, client_address):
        """A client that hangs up is no error here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self.server.keys.append(self.headers["Authorization"])
        self.server.models(self) if self.path == "/v1/models" else fails(404)(self)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        self.server.reached.set()
        self.server.keys.append(self.headers["Authorization"])
        self.server.act()(self)

    def begin(self, status=200, content_type="text/event-stream", **headers):
        self.send_response(status)
        if content_type:
            self.send_header("Content-Type", content_type)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def send(self, text):
        raw = text if isinstance(text, bytes) else text.encode()
        if raw:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(raw), raw))
            self.wfile.flush()

    def end(self):
        self.wfile.write(b"0\r\n\r\n")

    def break_off(self):
        self.close_connection = True

    def stall(self):
        """Until the client hangs up, the server stops or patience ends."""
        self.connection.settimeout(0.02)
        for _ in range(PATIENCE * 50):
            if self.server.stopped.is_set():
                break
            try:
                if not self.connection.recv(1):
                    self.server.left.set()
                    break
            except TimeoutError:
                continue
            except OSError:
                self.server.left.set()
                break
        self.break_off()

    def log_message(self, *_):
        pass


@contextmanager
def serving(*acts):
    """A running endpoint."""
    with Endpoint(*acts) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.stopped.set()
            server.shutdown()
            thread.join()


def chunk(text=None, *, finish=None, **more):
    """A chunk as OpenAI sends it."""
    delta = {} if text is None else {"content": text}
    return {"choices": [{"index": 0, "delta": delta | more, "finish_reason": finish}]}


def says(*pieces, finish="stop", usage=USAGE, done=True):
    """A whole streamed reply; pieces are text or chunks."""
    sent = [chunk("", role="assistant")]
    sent += [chunk(piece) if isinstance(piece, str) else piece for piece in pieces]
    sent += [chunk(finish=finish)] if finish else []
    sent += [{"choices": [], "usage": usage}] if usage else []
    return sends(*map(event, sent), *(["data: [DONE]\n\n"] if done else []))


def event(sent):
    return f"data: {json.dumps(sent)}\n\n"


def sends(*texts, status=200, content_type="text/event-stream", **headers):
    """These texts as the body, to its proper end."""

    def act(handler):
        handler.begin(status, content_type, **headers)
        for text in texts:
            handler.send(text)
        handler.end()

    return act


def cuts_off(*texts):
    """These texts; then the connection is broken without a proper end."""

    def act(handler):
        handler.begin()
        for text in texts:
            handler.send(text)
        handler.break_off()

    return act


def stalls(*texts):
    """These texts; then nothing, but the connection stays open."""

    def act(handler):
        if texts:
            handler.begin()
        for text in texts:
            handler.send(text)
        handler.stall()

    return act


def fails(status, error=None, *, message="Not now.", code=None, **headers):
    """An error in OpenAI's envelope, or `error` as the whole body."""
    envelope = {"message": message, "type": "error", "param": None, "code": code}
    body = {"error": envelope} if error is None else error
    text = body if isinstance(body, str) else json.dumps(body)
    kind = "text/plain" if isinstance(body, str) else "application/json"
    return sends(text, status=status, content_type=kind, **headers)


def completes(**sent):
    """JSON at once, from a server that does not stream."""
    return sends(json.dumps(sent), content_type="application/json")


def page():
    return sends("<!doctype html><title>Welcome</title>", content_type="text/html; charset=utf-8")


def lists(*names, owner="you"):
    return completes(object="list", data=[{"id": name, "owned_by": owner} for name in names])

"""How Slack says no."""


class Refused(Exception):
    """An `ok: false` with its error code, and what else the reply carries."""

    def __init__(self, error, messages=(), **more):
        super().__init__(error)
        self.error = error
        self.body = {"ok": False, "error": error, **more}
        if messages:
            self.body["errors"] = list(messages)
            self.body["response_metadata"] = {"messages": [f"[ERROR] {m}" for m in messages]}


class RateLimited(Exception):
    """A 429 with the seconds to wait."""

    def __init__(self, seconds):
        super().__init__("ratelimited")
        self.seconds = seconds

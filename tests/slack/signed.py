"""Requests signed as Slack signs them (version 0), by our own hand and not the SDK's."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105 - of no real app


def signature(body, timestamp, secret=SIGNING_SECRET):
    """The `x-slack-signature` of a body sent at a timestamp."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def headers(body, *, secret=SIGNING_SECRET, timestamp=None, kind="application/json", **more):
    """The headers of a signed request; `more` overrides and adds (underscores become dashes)."""
    sent = str(int(time.time()) if timestamp is None else timestamp)
    made = {
        "content-type": kind,
        "x-slack-request-timestamp": sent,
        "x-slack-signature": signature(body, sent, secret),
        "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    }
    return made | {name.replace("_", "-"): value for name, value in more.items()}


def event(payload, **options):
    """The (body, headers) of an Events API request."""
    body = json.dumps(payload)
    return body, headers(body, **options)


def interaction(payload, **options):
    """The (body, headers) of a click, a shortcut or a modal's submission."""
    return form({"payload": json.dumps(payload)}, **options)


def form(fields, **options):
    """The (body, headers) of a form, such as a slash command's."""
    body = urlencode(fields)
    return body, headers(body, kind="application/x-www-form-urlencoded", **options)

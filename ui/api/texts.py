"""The English texts of the API; in braces is what is filled in."""

from __future__ import annotations

from typing import Final

# Who may come in.
NO_KEY: Final = (
    "This API asks for a key, sent as “Authorization: Bearer fn_…”. Whoever runs the server makes "
    "one with: footnote keys create NAME --scope ask"
)
NO_KEY_OF_OURS: Final = (
    "No API key of this server looks like that. They begin with fn_ and are shown once, by: "
    "footnote keys create NAME --scope ask"
)
WRONG_KEY: Final = (
    "This server has no such API key. Check that it was copied as a whole, or have a new one made "
    "with: footnote keys create NAME --scope ask"
)
REVOKED_KEY: Final = "The API key {id} was revoked. Whoever runs the server can make a new one."
EXPIRED_KEY: Final = (
    "The API key {id} was good until {day}. Whoever runs the server can make a new one."
)
TWO_KEYS: Final = "The request has several Authorization headers. Send one."
BROKEN_KEY: Final = (
    "The Authorization header holds what no key holds. Send “Bearer ” and the key, nothing else."
)
OTHER_SITE: Final = (
    "This came from a page of another site. Such pages need an API key, and to be named in "
    "FOOTNOTE_CORS_ORIGINS."
)
MAY_NOT: Final = (
    "This API key may {has}, and the request needs “{needs}”. Whoever runs the server can make a "
    "key with: footnote keys create NAME --scope {needs}"
)
MAY_NOT_SIGNED_IN: Final = (
    "{user} may {has}, and the request needs “{needs}”. Use an API key that may, or have "
    "FOOTNOTE_OPERATORS name {user}."
)

# How often and how much.
TOO_OFTEN: Final = "No more than {amount} requests {span} are taken. Ask again in {wait} seconds."
TOO_MANY: Final = (
    "{most} requests are under way already, and no more are taken at once. Wait for one to end."
)
TOKENS_SPENT: Final = (
    "The {budget} tokens of today are spent with this API key. It can be used again after "
    "midnight UTC."
)
TOO_MANY_WRONG: Final = "Too many wrong API keys came from here. Try again in {wait} seconds."
TOO_LARGE: Final = "The request is larger than {size}. Send less at once."
TOO_SLOW: Final = "The request took longer than {seconds} seconds to arrive. Send it again."

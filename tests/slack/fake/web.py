"""The Web API's frame: what a method takes, who may call it, and what it answers."""

import json
from dataclasses import dataclass, field
from typing import Any

from fake.refusals import Refused

METHODS = {}
JSON_ARGUMENTS = {"blocks", "attachments", "view", "files", "prompts", "chunks", "metadata"}
JSON_ARGUMENTS |= {"loading_messages"}
_DRESS = {"username", "icon_emoji", "icon_url"}
FLAGS = {"1": True, "true": True, "True": True, "0": False, "false": False, "False": False}


@dataclass(frozen=True)
class Method:
    """What a Web API method takes; `scopes` are alternatives, `tier` is calls per minute."""

    name: str
    run: Any
    required: tuple[str, ...]
    optional: tuple[str, ...]
    scopes: tuple[str, ...]
    token: str
    tier: int


@dataclass
class Call:
    """One request to the Web API and how it was answered."""

    method: str
    args: dict[str, Any]
    token: str
    at: float
    team: str = ""
    status: int = 200
    error: str = ""
    scripted: bool = False
    lost: bool = False
    answer: dict[str, Any] = field(default_factory=dict)


TIERS = {1: 1, 2: 20, 3: 50, 4: 100, 5: 600}


def method(name, required="", optional="", *, scope="", token="bot", tier=3):  # noqa: S107
    """Register a Web API method: a function of (slack, team, arguments) that gives the reply."""

    def register(run):
        METHODS[name] = Method(
            name, run, tuple(required.split()), tuple(optional.split()), tuple(scope.split()),
            token, TIERS[tier],
        )  # fmt: skip
        return run

    return register


async def arguments(request):
    """A request's arguments from wherever Slack takes them, JSON ones parsed."""
    found = dict(request.query)
    if request.content_type == "application/json":
        try:
            sent = await request.json()
        except ValueError:
            raise Refused("invalid_json") from None
        if not isinstance(sent, dict):
            raise Refused("json_not_object")
        found |= sent
    elif request.can_read_body:
        found |= dict(await request.post())
    return {name: _value(name, value) for name, value in found.items()}


def _value(name, value):
    if name in JSON_ARGUMENTS and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            raise Refused(
                f"invalid_{name}_format" if name == "blocks" else "invalid_json"
            ) from None
    return value


def flag(value):
    """A boolean as Slack takes it: true, "true" or "1"."""
    return FLAGS.get(value, False) if isinstance(value, str) else bool(value)


def checked(spec, args, team):
    """Refuse what is missing, what is not known, and what the token has no scope for."""
    missing = [name for name in spec.required if args.get(name) in (None, "") and name != "status"]
    if missing:
        raise Refused("invalid_arguments", [f"missing required field: {name}" for name in missing])
    if team and spec.scopes and not set(spec.scopes) & team.scopes:
        raise scopeless(team, ",".join(spec.scopes))
    if team and _DRESS & set(args) and "chat:write.customize" not in team.scopes:
        raise scopeless(team, "chat:write.customize")


def scopeless(team, needed):
    """The refusal of a token without a scope."""
    return Refused("missing_scope", needed=needed, provided=",".join(sorted(team.scopes)))

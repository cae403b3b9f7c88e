"""views.*: modals and the home tab."""

import json
import time

from fake.blocks import wrong_with_view
from fake.refusals import Refused
from fake.web import method
from fake.world import View, mint

_LARGEST = 250_000
_DEEPEST = 3


def _checked(body):
    wrong = wrong_with_view(body)
    if wrong:
        raise Refused("invalid_arguments", wrong)
    if len(json.dumps(body)) > _LARGEST:
        raise Refused("view_too_large")
    blocks = [{"block_id": mint("b"), **block} for block in body["blocks"]]
    return body | {"blocks": blocks}


def _spend(slack, named):
    """The person who gave a trigger, once and soon."""
    trigger = slack.triggers.get(named)
    if trigger is None:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if time.monotonic() - trigger.given > slack.trigger_life:
        raise Refused("expired_trigger_id")
    trigger.used = True
    return trigger


@method("views.open", "trigger_id view", "interactivity_pointer", tier=4)
async def open_view(slack, team, args):
    body = _checked(args["view"])
    trigger = _spend(slack, args["trigger_id"])
    return {"view": slack.payloads.view(put_view(slack, team, trigger.user, body))}


@method("views.push", "trigger_id view", "interactivity_pointer", tier=4)
async def push(slack, team, args):
    body = _checked(args["view"])
    trigger = _spend(slack, args["trigger_id"])
    under = slack.view_of(trigger.user)
    if under is None:
        raise Refused("invalid_arguments", ["no view to push on"])
    return {"view": slack.payloads.view(push_view(slack, under, body))}


@method("views.update", "view", "view_id external_id hash", tier=4)
async def update_view(slack, team, args):
    body = _checked(args["view"])
    view = _open(slack, team, args.get("view_id"), args.get("external_id"))
    if view is None:
        raise Refused("not_found")
    if args.get("hash") and args["hash"] != view.hash:
        raise Refused("hash_conflict")
    view.body, view.hash = body, mint("h")
    return {"view": slack.payloads.view(view)}


def _open(slack, team, view_id, external_id):
    for view in slack.views:
        named = view.id == view_id or (view.external_id and view.external_id == external_id)
        if view.open and view.team is team and named:
            return view
    return None


@method("views.publish", "user_id view", "hash", tier=4)
async def publish(slack, team, args):
    body = _checked(args["view"])
    if body["type"] != "home":
        raise Refused("invalid_arguments", ["only a home view can be published"])
    if args["user_id"] not in team.users:
        raise Refused("user_not_found")
    view = View(mint("V"), team, args["user_id"], body, mint("h"))
    team.homes[args["user_id"]] = view
    return {"view": slack.payloads.view(view)}


def put_view(slack, team, user, body, under=None):
    """Show a person a modal."""
    if body["type"] != "modal":
        raise Refused("invalid_arguments", ["only a modal can be opened"])
    named = body.get("external_id")
    if named and any(v.open and v.external_id == named for v in slack.views):
        raise Refused("duplicate_external_id")
    view = View(mint("V"), team, user, body, mint("h"), external_id=body.get("external_id", ""))
    view.root = under.root if under else view.id
    view.previous = under.id if under else None
    slack.views.append(view)
    return view


def push_view(slack, under, body):
    """Show a modal over another, three deep at most."""
    depth = sum(1 for v in slack.views if v.open and v.root == under.root)
    if depth >= _DEEPEST:
        raise Refused("push_limit_reached")
    return put_view(slack, under.team, under.user, body, under)


def answered(slack, view, answer):
    """Do what the reply to a submission says: nothing closes the view."""
    action = answer.get("response_action", "close") if isinstance(answer, dict) else "close"
    if action == "errors":
        known = {block.get("block_id") for block in view.blocks}
        if not set(answer["errors"]) <= known:
            slack.faults.append(f"errors for blocks that are not there: {answer['errors']}")
        view.errors = answer["errors"]
    elif action == "update":
        view.body, view.hash = _checked(answer["view"]), mint("h")
    elif action == "push":
        push_view(slack, view, _checked(answer["view"]))
    elif action == "clear":
        for other in slack.views:
            other.open = other.open and other.root != view.root
    else:
        view.open = False

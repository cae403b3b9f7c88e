"""The shapes of what Slack sends: messages, events, clicks, views."""

import re
import time
from uuid import uuid4

from fake.world import mint

VERIFICATION = "z26uFbvR1xHJEdHE1OQiO6t8"


class Payloads:
    """Builds payloads for one app; `address` gives a new response_url, `trigger` a new trigger."""

    def __init__(self, app_id, address, trigger):
        self._app_id, self._address, self._trigger = app_id, address, trigger

    def message(self, post):
        """A message as the API and events carry it."""
        body = {"type": "message", "user": post.user, "ts": post.ts, "text": _text(post)}
        body |= {"team": post.team.id if post.team else post.channel.team.id}
        body["blocks"] = list(post.blocks) or ([] if post.bot_id else _typed_blocks(post.text))
        if post.bot_id:
            body |= {"bot_id": post.bot_id, "bot_profile": {"id": post.bot_id, "deleted": False}}
        if post.bot_id and post.team and post.bot_id == post.team.bot_id:
            body |= {"app_id": self._app_id}
        if not post.bot_id:
            body["client_msg_id"] = str(uuid4())
        replies = [
            p for p in post.channel.posts.values() if p.thread_ts == post.ts and p is not post
        ]
        thread = post.thread_ts or (post.ts if replies else None)
        body |= {"thread_ts": thread} if thread else {}
        body |= {"reply_count": len(replies)} if replies else {}
        body |= {"edited": {"user": post.user, "ts": post.edited}} if post.edited else {}
        body |= {"metadata": post.metadata} if post.metadata else {}
        body |= (
            {"files": [{"id": f.id, "name": f.filename} for f in post.files]} if post.files else {}
        )
        return body | ({"streaming_state": "in_progress"} if post.streaming else {})

    def said(self, post, kind="message", **more):
        """The event of a new message; kind is message or app_mention."""
        event = self.message(post) | {"type": kind, "channel": post.channel.id, "event_ts": post.ts}
        if post.thread_ts:
            root = post.channel.posts.get(post.thread_ts)
            event["parent_user_id"] = root.user if root else post.user
        if kind == "message":
            event["channel_type"] = post.channel.type
        return event | self._outside(post) | more

    def _outside(self, post):
        if not post.channel.shared or post.team is None:
            return {}
        return {"user_team": post.team.id, "source_team": post.team.id}

    def changed(self, post, previous, ts):
        """The event of an edited message."""
        return {
            "type": "message", "subtype": "message_changed", "hidden": True, "ts": ts,
            "event_ts": ts, "channel": post.channel.id, "channel_type": post.channel.type,
            "message": self.message(post) | self._outside(post), "previous_message": previous,
        }  # fmt: skip

    def deleted(self, post, previous, ts):
        """The event of a message taken away."""
        return {
            "type": "message", "subtype": "message_deleted", "hidden": True, "ts": ts,
            "event_ts": ts, "deleted_ts": post.ts, "channel": post.channel.id,
            "channel_type": post.channel.type, "previous_message": previous,
        }  # fmt: skip

    def callback(self, event, team, channel=None):
        """The envelope of the Events API round an event."""
        shared = bool(channel and channel.shared)
        return {
            "token": VERIFICATION, "team_id": team.id, "context_team_id": team.id,
            "context_enterprise_id": None, "api_app_id": self._app_id, "event": event,
            "type": "event_callback", "event_id": mint("Ev"), "event_time": int(time.time()),
            "authorizations": [{
                "enterprise_id": None, "team_id": team.id, "user_id": team.bot.id,
                "is_bot": True, "is_enterprise_install": False,
            }],
            "is_ext_shared_channel": shared, "event_context": f"4-{uuid4().hex}",
        }  # fmt: skip

    def _acting(self, user, team):
        return {
            "team": {"id": team.id, "domain": team.name}, "token": VERIFICATION,
            "user": {"id": user.id, "username": user.name, "name": user.name,
                     "team_id": user.team.id},
            "api_app_id": self._app_id, "enterprise": None, "is_enterprise_install": False,
            "trigger_id": self._trigger(user),
        }  # fmt: skip

    def click(self, place, block, element, action, user):
        """A click on an element of a post or a view."""
        channel = getattr(place, "channel", None)
        team = place.team if channel is None else (place.team or channel.team)
        action = {"action_id": element["action_id"], "block_id": block["block_id"],
                  "type": element["type"], "action_ts": f"{time.time():.6f}"} | action  # fmt: skip
        body = self._acting(user, team) | {"type": "block_actions", "actions": [action]}
        body["state"] = {"values": {}}
        if channel is None:
            return body | {"view": self.view(place),
                           "container": {"type": "view", "view_id": place.id}}  # fmt: skip
        container = {"type": "message", "message_ts": place.ts, "channel_id": channel.id,
                     "is_ephemeral": bool(place.ephemeral_to)}  # fmt: skip
        container |= {"thread_ts": place.thread_ts} if place.thread_ts else {}
        shown = {} if place.ephemeral_to else {"message": self.message(place)}
        return body | shown | {
            "container": container, "channel": _named(channel),
            "response_url": self._address(channel, user, place),
        }  # fmt: skip

    def shortcut(self, post, callback_id, user, team):
        """A message shortcut."""
        return self._acting(user, team) | {
            "type": "message_action", "callback_id": callback_id, "message_ts": post.ts,
            "action_ts": f"{time.time():.6f}", "channel": _named(post.channel),
            "message": self.message(post), "response_url": self._address(post.channel, user, post),
        }  # fmt: skip

    def slash(self, user, channel, command, text, team):
        """A slash command, as a form's fields."""
        return {
            "token": VERIFICATION, "team_id": team.id, "team_domain": team.name,
            "channel_id": channel.id, "channel_name": _named(channel)["name"],
            "user_id": user.id, "user_name": user.name, "command": command, "text": text,
            "api_app_id": self._app_id, "is_enterprise_install": "false",
            "response_url": self._address(channel, user, None), "trigger_id": self._trigger(user),
        }  # fmt: skip

    def submitted(self, view, values, user):
        """A modal's submission."""
        body = self.view(view) | {"state": {"values": values}}
        return self._acting(user, view.team) | {
            "type": "view_submission", "view": body, "response_urls": [],
        }  # fmt: skip

    def closed(self, view, user):
        """A modal dismissed."""
        return self._acting(user, view.team) | {
            "type": "view_closed", "view": self.view(view), "is_cleared": False,
        }  # fmt: skip

    def home(self, user, tab):
        """A person opens the app's home or messages tab."""
        channel, home = user.team.im(user), user.team.homes.get(user.id)
        event = {"type": "app_home_opened", "user": user.id, "channel": channel.id, "tab": tab,
                 "event_ts": f"{time.time():.6f}"}  # fmt: skip
        return event | ({"view": self.view(home)} if home and tab == "home" else {})

    def view(self, view):
        """A view as the API and payloads carry it."""
        empty = {"private_metadata": "", "callback_id": "", "state": {"values": {}}}
        return empty | view.body | {
            "id": view.id, "team_id": view.team.id, "hash": view.hash, "app_id": self._app_id,
            "app_installed_team_id": view.team.id, "bot_id": view.team.bot_id,
            "root_view_id": view.root or view.id, "previous_view_id": view.previous,
            "external_id": view.external_id,
        }  # fmt: skip

    def channel(self, channel, team):
        """A conversation as conversations.info has it."""
        if channel.kind == "im":
            person = next((m for m in channel.members if m != team.bot.id), team.bot.id)
            return {"id": channel.id, "is_im": True, "user": person, "is_archived": False,
                    "is_org_shared": False, "context_team_id": team.id}  # fmt: skip
        private = channel.kind != "public"
        return {
            "id": channel.id, "name": channel.name, "name_normalized": channel.name,
            "is_channel": not private, "is_group": private, "is_im": False,
            "is_mpim": channel.kind == "mpim", "is_private": private,
            "is_archived": channel.archived, "is_general": False,
            "is_shared": channel.shared, "is_ext_shared": channel.shared,
            "is_org_shared": False, "is_pending_ext_shared": False,
            "is_member": team.bot.id in channel.members, "context_team_id": team.id,
            "shared_team_ids": [channel.team.id, *(t.id for t in channel.connected)],
            "num_members": len(channel.members),
        }  # fmt: skip

    def user(self, user, team):
        """A person as users.info has them."""
        return {
            "id": user.id, "team_id": user.team.id, "name": user.name, "deleted": user.deleted,
            "real_name": user.name.title(), "is_bot": user.is_bot, "is_app_user": False,
            "is_restricted": user.guest, "is_ultra_restricted": False,
            "is_stranger": user.team is not team, "tz": "Europe/London",
            "profile": {"real_name": user.name.title(), "display_name": user.name},
        }  # fmt: skip


def _text(post):
    return post.text or (post.stream.markdown if post.stream else "")


def _named(channel):
    names = {"im": "directmessage", "private": "privategroup"}
    return {"id": channel.id, "name": names.get(channel.kind, channel.name)}


def _typed_blocks(text):
    """The rich text that Slack makes of what a person types."""
    elements = []
    for part in re.split(r"(<@[UW][A-Z0-9]+>)", text):
        if part.startswith("<@"):
            elements.append({"type": "user", "user_id": part[2:-1]})
        elif part:
            elements.append({"type": "text", "text": part})
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": mint("b"), "elements": [section]}]

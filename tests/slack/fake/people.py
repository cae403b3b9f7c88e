"""What people do in Slack, and what the app is then sent."""

import asyncio
import html
import time
from dataclasses import dataclass

from fake.markup import typed
from fake.modals import answered
from fake.wire import COMMAND, EVENTS, INTERACTIVE, Delivery
from fake.world import Post, mint, timestamp

_SUBSCRIBED = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


@dataclass
class Trigger:
    """A person's click, which may open one view."""

    user: str
    given: float
    used: bool = False


def _ts(thread):
    return getattr(thread, "root", thread)


class People:
    """The acts of people; each waits for the app's ack and gives what it made."""

    async def message(self, user, channel, text, *, thread=None, wire=False, via=None, **more):
        """A person (or a bot) writes; `wire` text is already as Slack sends it."""
        post = self.written(user, channel, text, thread=thread, wire=wire)
        await self._tell(post, via, more)
        return post

    async def mention(self, user, channel, text, *, thread=None, wire=False, via=None, **more):
        """A person writes to the app by name in a channel."""
        team = via or channel.team
        said = text if wire else typed(text, user.team)
        return await self.message(
            user, channel, f"<@{team.bot.id}> {said}", thread=thread, wire=True, via=via, **more
        )

    async def direct(self, user, text, *, thread=None, wire=False):
        """A person writes to the app in their direct messages."""
        return await self.message(user, user.team.im(user), text, thread=thread, wire=wire)

    def written(self, user, channel, text, *, thread=None, wire=False):
        """A message put in the channel without telling the app."""
        said = text if wire else typed(text, user.team)
        post = Post(timestamp(), channel, user.id, said, thread_ts=_ts(thread), team=user.team)
        post.bot_id, post.sent_at = mint("B") if user.is_bot else None, time.perf_counter()
        channel.posts[post.ts] = post
        post.changed()
        return post

    async def _tell(self, post, via, more):
        team = via or post.channel.team
        kinds = ["message"]
        if f"<@{team.bot.id}>" in post.text and post.channel.kind != "im":
            kinds.insert(0, "app_mention")
        events = [self.payloads.said(post, kind, **more) for kind in kinds]
        post.deliveries = await asyncio.gather(
            *(self.send_event(event, team, post.channel) for event in events)
        )

    async def edit(self, post, text, *, wire=False):
        """Its author changes a message."""
        previous, before = self.payloads.message(post), post.text
        post.text = text if wire else typed(text, post.team)
        post.edited = timestamp()
        post.changed()
        team = post.channel.team
        events = [self.payloads.changed(post, previous, post.edited)]
        mark = f"<@{team.bot.id}>"
        if mark in post.text and mark not in before and post.channel.kind != "im":
            events.append(self.payloads.said(post, "app_mention"))
        sent = await asyncio.gather(*(self.send_event(e, team, post.channel) for e in events))
        return sent[0]

    async def unfurl(self, post):
        """Slack adds a preview to a message: it changes, and nobody edited it."""
        previous = self.payloads.message(post)
        event = self.payloads.changed(post, previous, timestamp())
        event["message"]["attachments"] = [{"id": 1, "from_url": "https://example.org", "text": ""}]
        return await self.send_event(event, post.channel.team, post.channel)

    async def delete(self, post):
        """Its author takes a message away."""
        previous = self.payloads.message(post)
        post.deleted = True
        event = self.payloads.deleted(post, previous, timestamp())
        return await self.send_event(event, post.channel.team, post.channel)

    async def slash(self, user, channel, text="", *, command="/footnote", via=None):
        """A person gives a slash command; what the ack says is shown to them."""
        said = html.escape(text, quote=False)
        fields = self.payloads.slash(user, channel, command, said, via or user.team)
        delivery = await self._send(Delivery(COMMAND, fields))
        if isinstance(delivery.answer, dict) and delivery.answer:
            self.respond(channel, user, None, delivery.answer)
        return delivery

    async def shortcut(self, post, callback_id, user, *, via=None):
        """A person uses a message shortcut."""
        team = via or user.team
        payload = self.payloads.shortcut(post, callback_id, user, team)
        return await self._send(Delivery(INTERACTIVE, payload))

    async def click(self, place, action_id, user, *, choice=None):
        """A person clicks a button of a post or a view, or chooses in a menu.

        `choice` is an option's value, or positive or negative for feedback buttons.
        """
        match = [(b, e) for b, e in place.elements if e.get("action_id") == action_id]
        assert match, f"There is no {action_id} to click, only {[e for _, e in place.elements]}."
        block, element = match[0]
        payload = self.payloads.click(place, block, element, _action(element, choice), user)
        return await self._send(Delivery(INTERACTIVE, payload))

    async def submit(self, view, values=None, *, user=None):
        """A person submits a modal; `values` are by action id (or block id) of its inputs."""
        assert view.open, "That view is no longer open."
        assert "submit" in view.body, "That view has nothing to submit."
        person = user or view.team.users[view.user]
        state = _state(view, values or {})
        delivery = await self._send(
            Delivery(INTERACTIVE, self.payloads.submitted(view, state, person))
        )
        view.errors = {}
        if delivery.acked:
            answered(self, view, delivery.answer)
        return delivery

    async def dismiss(self, view):
        """A person closes a modal."""
        view.open = False
        if view.body.get("notify_on_close"):
            person = view.team.users[view.user]
            await self._send(Delivery(INTERACTIVE, self.payloads.closed(view, person)))

    async def open_home(self, user, tab="messages"):
        """A person opens the app's home or messages tab."""
        return await self.send_event(self.payloads.home(user, tab), user.team)

    async def invite(self, channel, user):
        """Somebody (or the bot) joins a channel."""
        channel.members.add(user.id)
        event = {"type": "member_joined_channel", "user": user.id, "channel": channel.id,
                 "channel_type": "C", "team": user.team.id, "event_ts": timestamp()}  # fmt: skip
        return await self.send_event(event, channel.team, channel)

    async def uninstall(self, team):
        """The app is removed from a workspace: its token is dead."""
        self.revoked.add(team.token)
        tokens = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [team.bot.id]}}
        events = [tokens, {"type": "app_uninstalled"}]
        sent = [await self.send_event(e | {"event_ts": timestamp()}, team) for e in events]
        team.installed = False
        return sent

    async def redeliver(self, delivery, *, same_id=True, retry=1, reason="timeout"):
        """Slack sends an event once more, as a retry or under a new id."""
        again = delivery if same_id else Delivery(delivery.kind, dict(delivery.payload))
        if not same_id:
            again.payload["event_id"] = mint("Ev")
            self.deliveries.append(again)
        await self.wire.attempt(again, retry, reason)
        return again

    async def send_event(self, event, team, channel=None):
        """Send any event to the app, where it is subscribed to it and sees the channel."""
        delivery = Delivery(EVENTS, self.payloads.callback(event, team, channel))
        subscription = event["type"]
        if subscription == "message":
            subscription = f"message.{_SUBSCRIBED[event['channel_type']]}"
            if channel is not None and team.bot.id not in channel.members:
                return delivery
        if subscription not in team.events or not team.installed:
            return delivery
        return await self._send(delivery)

    async def _send(self, delivery):
        self.deliveries.append(delivery)
        if self.wire.reachable:
            await self.wire.deliver(delivery)
        return delivery


def _action(element, choice):
    kind = element["type"]
    if kind == "feedback_buttons":
        assert choice in ("positive", "negative"), "Say which of the feedback buttons."
        side = element[f"{choice}_button"]
        return {"value": side["value"], "text": side["text"]}
    if "options" in element:
        return {"selected_option": _option(element, choice)}
    return {key: element[key] for key in ("text", "value") if key in element}


def _option(element, value):
    options = [o for o in element["options"] if o["value"] == value]
    assert options, f"There is no option {value}, only {[o['value'] for o in element['options']]}."
    return options[0]


def _state(view, values):
    """The state of a modal's inputs, as a person who fills it in sends it."""
    state, left = {}, dict(values)
    for block in view.blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        named = element.get("action_id") or mint("a")
        value = left.pop(named, left.pop(block["block_id"], element.get("initial_value")))
        assert value or block.get("optional"), f"{named} must be filled in."
        state[block["block_id"]] = {named: _filled(element, value)}
    assert not left, f"There are no inputs {sorted(left)}."
    return state


def _filled(element, value):
    kind = element["type"]
    if kind in ("static_select", "radio_buttons"):
        initial = element.get("initial_option")
        return {"type": kind, "selected_option": _option(element, value) if value else initial}
    if kind in ("checkboxes", "multi_static_select"):
        return {"type": kind, "selected_options": [_option(element, v) for v in value or ()]}
    longest = element.get("max_length", 3000)
    assert value is None or len(value) <= longest, f"No more than {longest} characters fit."
    return {"type": kind, "value": value}

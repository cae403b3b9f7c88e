"""A strict, stateful Slack on loopback, for tests of an app written with the real SDK.

    async with FakeSlack() as slack:
        client = AsyncWebClient(slack.team.token, base_url=slack.api)
        ...
        question = await slack.mention(slack.ada, slack.general, "Which optimizer?")
        answer = await slack.answer(question)

It refuses what Slack refuses, remembers what a person would see, and keeps a list of what no
right app would do (`unexpected`), which the fixture of these tests asserts to be empty.
"""

import asyncio
import time
from contextlib import suppress
from urllib.parse import parse_qs, urlencode, urlsplit

from fake.identity import Approval
from fake.limits import Limits, Trouble
from fake.markup import has_url, pings
from fake.payloads import Payloads
from fake.people import People, Trigger
from fake.posting import content
from fake.refusals import Refused
from fake.server import Server
from fake.sockets import Sockets
from fake.web import flag
from fake.wire import Wire
from fake.world import Post, Team, mint, timestamp

__all__ = ["FakeSlack", "Trouble"]

APP_ID = "A0FOOTNOTE1"
# Measured by others: a stream ends some five minutes after it began, appended to or not.
STREAM_LIFE = 306.0
_RESPONSES = 5
_UNFURLING = ("chat.postMessage", "response_url", "files.completeUploadExternal")


class FakeSlack(People):
    """One Slack: workspaces with the app in them, and everything that happens."""

    def __init__(self):
        self.app_id, self.app_token = APP_ID, f"xapp-1-{APP_ID}-{mint('')}"
        self.client_id, self.client_secret = "111.222", "shh-client-secret"
        self.calls, self.deliveries, self.faults, self.views = [], [], [], []
        self.pings, self.unfurled, self.statuses, self.troubles = [], [], [], []
        self.expected, self.revoked = set(), set()
        self.files, self.prompts, self.triggers, self.approvals = {}, {}, {}, {}
        self.teams_by_token, self._responses, self._status = {}, {}, {}
        self.limits = Limits()
        self.sockets = Sockets(self.app_id, self.faults)
        self.wire = Wire(self.sockets)
        self.payloads = Payloads(self.app_id, self._response_address, self._trigger)
        self.socket_mode = self.echo = True
        self.recipients_in_direct_messages = True
        self.trigger_life, self.stream_life, self.stream_pause = 3.0, STREAM_LIFE, STREAM_LIFE
        self.url = self.api = ""
        self._background = set()
        self._server = Server(self)
        self._first_team()

    def _first_team(self):
        self.team = self.add_team("otters")
        self.ada, self.ben = self.team.person("ada"), self.team.person("ben")
        self.robot = self.team.person("robot", is_bot=True)
        self.general = self.team.channel("general")
        self.private = self.team.channel("lab", "private")
        self.shared = self.team.channel("partners", shared=True)

    def add_team(self, name):
        """Another workspace with the app in it."""
        team = Team(mint("T"), name, f"xoxb-{mint('')}-{name}", self.app_id)
        self.teams_by_token[team.token] = team
        return team

    async def __aenter__(self):
        port = await self._server.start()
        self.url = f"http://127.0.0.1:{port}"
        self.api, self.sockets.address = f"{self.url}/api/", f"ws://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_):
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        self.sockets.drop()
        await self.wire.close()
        await self._server.stop()

    def deliver_to(self, url, **options):
        """Send over HTTP to this address instead of a socket (options as Wire.deliver_to)."""
        self.wire.deliver_to(url, **options)

    # What a person sees.

    def visible(self, channel, thread=None, *, user=None):
        """The posts that stand, oldest first: a thread with its root, or all of a channel.

        With a user, those that were whispered to them are among them.
        """
        root = getattr(thread, "root", thread)
        whispered = [p for p in channel.ephemeral if user and p.ephemeral_to == user.id]
        posts = [p for p in [*channel.posts.values(), *whispered] if not p.deleted]
        return sorted((p for p in posts if root in (None, p.ts, p.thread_ts)), key=lambda p: p.ts)

    def replies(self, post, *, user=None):
        """What the app has posted in the thread of a post, oldest first."""
        seen = self.visible(post.channel, post.root, user=user)
        return [p for p in seen if p.bot_id in self._bots() and p is not post]

    def whispers(self, user):
        """What only this person sees, in all channels, oldest first."""
        channels = {c for team in self.teams_by_token.values() for c in team.channels.values()}
        return sorted(
            (
                p
                for c in channels
                for p in c.ephemeral
                if p.ephemeral_to == user.id and not p.deleted
            ),
            key=lambda p: p.ts,
        )

    def _bots(self):
        return {team.bot_id for team in self.teams_by_token.values()}

    def view_of(self, user):
        """The modal on top that a person has open, if any."""
        named = getattr(user, "id", user)
        return next((v for v in reversed(self.views) if v.open and v.user == named), None)

    def status(self, channel, thread):
        """The status shown in a thread now; empty for none."""
        return self._status.get((channel.id, getattr(thread, "root", thread)), "")

    def latency(self, post):
        """Seconds from a person's post to the first text of the app's that they could read."""
        times = [p.first_text_at for p in self.replies(post) if p.first_text_at is not None]
        return min(times) - post.sent_at if times else None

    def called(self, method):
        """The calls of a method, in order."""
        return [call for call in self.calls if call.method == method]

    # Waiting.

    async def until(self, condition, *, within=5.0):
        """Wait until a condition holds; gives its value."""
        deadline = time.monotonic() + within
        while not (value := condition()):
            assert time.monotonic() < deadline, f"Nothing came of it in {within} s: {self.told()}"
            await asyncio.sleep(0.005)
        return value

    async def answer(self, post, *, within=5.0):
        """Wait for a finished reply of the app in the thread of a post; gives the last one."""

        def finished():
            posts = self.replies(post)
            live = any(p.streaming and not self.stream_over(p) for p in posts)
            return posts[-1] if posts and not live else None

        return await self.until(finished, within=within)

    async def quiet(self, seconds=0.2, *, within=10.0):
        """Wait until the app has called nothing, and Slack has sent nothing, for a while."""
        deadline = time.monotonic() + within
        seen, since = None, time.monotonic()
        while time.monotonic() < deadline:
            now = (len(self.calls), len(self.deliveries), len(self._background))
            if now != seen:
                seen, since = now, time.monotonic()
            elif time.monotonic() - since >= seconds:
                return
            await asyncio.sleep(0.01)

    def told(self):
        """The last calls and what is wrong, for a failing test to say."""
        return {
            "calls": [(call.method, call.error) for call in self.calls[-8:]],
            "unexpected": self.unexpected(),
        }

    # What is wrong.

    def expect(self, *errors):
        """Refusals with these errors are what the test is about."""
        self.expected.update(errors)

    def unexpected(self):
        """What no right app does: faults, and refusals that no test asked for or expects."""
        refused = [
            f"{call.method}: {call.error} {call.answer.get('response_metadata', '')}"
            for call in self.calls
            if call.error and not call.scripted and call.error not in self.expected
        ]
        return self.faults + refused

    # Trouble.

    def trouble(self, method, **what):
        """Let the next calls of a method go wrong (see Trouble)."""
        trouble = Trouble(method, **what)
        self.troubles.append(trouble)
        return trouble

    def next_trouble(self, method, args):
        """The trouble that this call runs into, if any."""
        for trouble in self.troubles:
            if trouble.method != method or trouble.times <= 0:
                continue
            if trouble.when is not None and not trouble.when(args):
                continue
            if trouble.skip > 0:
                trouble.skip -= 1
                continue
            trouble.times -= 1
            return trouble
        return None

    def stream_over(self, post):
        """Whether a stream has lived or paused too long; then its message can be edited again."""
        stream, now = post.stream, time.monotonic()
        if stream.state == "streaming" and (
            now - stream.began > self.stream_life or now - stream.last > self.stream_pause
        ):
            stream.state = "expired"
        return stream.state != "streaming"

    def expire(self, post):
        """End a stream as its age would."""
        post.stream.state = "expired"

    def stop_by_user(self, post):
        """A person presses stop while a message is streamed."""
        post.stream.state, post.streaming = "stopped_by_user", False

    # Called by the methods.

    def put(self, post, method, args):
        """A post appears."""
        if post.ephemeral_to:
            post.channel.ephemeral.append(post)
        else:
            post.channel.posts[post.ts] = post
            self._status.pop((post.channel.id, post.thread_ts), None)
        self._look(post, method, args)
        if not post.ephemeral_to:
            self._echo(post, self.payloads.said(post))

    def altered(self, post, method, args, previous):
        """A post has changed."""
        self._look(post, method, args)
        if previous is not None:
            self._echo(post, self.payloads.changed(post, previous, timestamp()))

    def erase(self, post):
        """A post of the app's goes."""
        previous, post.deleted = self.payloads.message(post), True
        self._echo(post, self.payloads.deleted(post, previous, timestamp()))

    def _look(self, post, method, args):
        post.changed()
        # An edit that does not say how to parse is parsed as if a person had typed it.
        parse = args.get("parse", "client" if method == "chat.update" else "none")
        named = flag(args.get("link_names")) or parse != "none"
        new = [ping for ping in pings(post, names_linked=named) if ping not in self.pings]
        self.pings.extend(new)
        off = all(key in args and not flag(args[key]) for key in ("unfurl_links", "unfurl_media"))
        if method in _UNFURLING and not off and has_url(post):
            self.unfurled.append(post)

    def _echo(self, post, event):
        """The app is told of its own posts too."""
        if not (self.echo and self.wire.reachable):
            return
        sending = self.send_event(event, post.team or post.channel.team, post.channel)
        task = asyncio.get_running_loop().create_task(sending)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def note_status(self, channel, thread, status):
        """A status is shown in a thread, or cleared."""
        self.statuses.append((channel.id, thread, status, time.perf_counter()))
        self._status[channel.id, thread] = status

    # Triggers, response addresses, installations.

    def _trigger(self, user):
        named = f"{mint('')}.{mint('')}"
        self.triggers[named] = Trigger(user.id, time.monotonic())
        return named

    def _response_address(self, channel, user, post):
        number = mint("R")
        self._responses[number] = [channel, user, post, _RESPONSES]
        return f"{self.url}/response/{number}"

    def use_response(self, number, body):
        """A message sent to a response_url; gives what is wrong with it, if anything."""
        entry = self._responses.get(number)
        if entry is None or entry[3] <= 0:
            return "used_url"
        entry[3] -= 1
        try:
            self.respond(*entry[:3], body)
        except Refused as refused:
            self.faults.append(f"response_url: {refused.body}")
            return refused.error
        return ""

    def respond(self, channel, user, original, body):
        """Show what an ack or a response_url brings: to the person alone, or in the channel."""
        if body.get("delete_original") and original is not None:
            original.deleted = True
            return
        text, blocks = content(body)
        if body.get("replace_original") and original is not None:
            original.text, original.blocks = text, blocks
            original.changed()
            return
        alone = None if body.get("response_type") == "in_channel" else user.id
        team = channel.team if channel.kind == "im" else user.team
        post = Post(timestamp(), channel, team.bot.id, text, blocks, body.get("thread_ts"),
                    team, team.bot_id, ephemeral_to=alone)  # fmt: skip
        self.put(post, "ephemeral" if alone else "response_url", body)

    def approve(self, address, team, user=None):
        """A person says yes on Slack's page at this address; gives where they are sent back to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query.get("client_id") == self.client_id, "The client id is not this app's."
        back, code = query.get("redirect_uri", ""), mint("code-")
        scopes = set(filter(None, query.get("scope", "").split(",")))
        self.approvals[code] = Approval(team, scopes, back, getattr(user, "id", ""))
        return f"{back}?{urlencode({'code': code, 'state': query.get('state', '')})}"

    async def settled(self):
        """Wait for everything Slack is still sending in the background."""
        while self._background:
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*self._background, return_exceptions=True)

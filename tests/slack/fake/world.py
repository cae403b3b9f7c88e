"""What a workspace holds: people, channels, posts, views."""

import itertools
import time
from dataclasses import dataclass, field

from fake.markup import shown, spoken

DEFAULT_SCOPES = frozenset(
    "app_mentions:read assistant:write channels:history channels:read chat:write commands "
    "files:write groups:history groups:read im:history im:read im:write mpim:history mpim:read "
    "users:read".split()
)
EVERY_EVENT = frozenset(
    "app_home_opened app_mention app_uninstalled member_joined_channel message.channels "
    "message.groups message.im message.mpim tokens_revoked".split()
)
_numbers = itertools.count(1)
_last = [0]


def mint(prefix):
    """An id like Slack's, never given twice in a process."""
    return f"{prefix}{next(_numbers):010X}"


def timestamp():
    """A message's ts: seconds and microseconds, strictly rising."""
    now = max(time.time_ns() // 1000, _last[0] + 1)
    _last[0] = now
    return f"{now // 1_000_000}.{now % 1_000_000:06d}"


@dataclass(eq=False)
class User:
    id: str
    name: str
    team: "Team" = field(repr=False)
    is_bot: bool = False
    guest: bool = False
    deleted: bool = False


@dataclass(eq=False)
class Channel:
    """A conversation; `kind` is public, private, im or mpim."""

    id: str
    name: str
    team: "Team" = field(repr=False)
    kind: str = "public"
    shared: bool = False
    archived: bool = False
    members: set[str] = field(default_factory=set)
    connected: list["Team"] = field(default_factory=list, repr=False)
    posts: dict[str, "Post"] = field(default_factory=dict, repr=False)
    ephemeral: list["Post"] = field(default_factory=list, repr=False)
    titles: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def type(self):
        """The `channel_type` of events."""
        return {"public": "channel", "private": "group"}.get(self.kind, self.kind)

    def thread(self, ts):
        """The root and its replies that still stand, oldest first."""
        return [p for p in self.posts.values() if ts in (p.ts, p.thread_ts) and not p.deleted]


@dataclass(eq=False)
class Post:
    """One message, as it stands now; times are `time.perf_counter()` seconds."""

    ts: str
    channel: Channel = field(repr=False)
    user: str
    text: str = ""
    blocks: list[dict] = field(default_factory=list)
    thread_ts: str | None = None
    team: "Team | None" = field(default=None, repr=False)
    bot_id: str | None = None
    ephemeral_to: str | None = None
    deleted: bool = False
    edited: str | None = None
    streaming: bool = False
    stream: "Stream | None" = field(default=None, repr=False)
    files: list["File"] = field(default_factory=list)
    metadata: dict | None = None
    sent_at: float = 0.0
    first_text_at: float | None = None
    versions: list[str] = field(default_factory=list, repr=False)
    deliveries: list = field(default_factory=list, repr=False)

    @property
    def shown(self):
        """What a person reads: the blocks, or where there are none the text."""
        return shown(self)

    @property
    def raw(self):
        """Every live piece of text as it was sent, joined."""
        return "\n".join(piece.text for piece in spoken(self))

    @property
    def root(self):
        """The ts of the thread this is in, or that it could start."""
        return self.thread_ts or self.ts

    @property
    def elements(self):
        """Everything that can be clicked, as (block, element)."""
        return [(b, e) for b in self.blocks for e in interactive(b)]

    @property
    def actions(self):
        """The action ids of everything that can be clicked."""
        return [element.get("action_id") for _, element in self.elements]

    def changed(self):
        """Note the new look, and when first there was something to read."""
        look = self.shown
        if look.strip() and self.first_text_at is None:
            self.first_text_at = time.perf_counter()
        if not self.versions or self.versions[-1] != look:
            self.versions.append(look)


def interactive(block):
    """The elements of a block that a person can act on."""
    found = list(block.get("elements", [])) if "action" in block.get("type", "") else []
    found += [block[key] for key in ("accessory", "element") if isinstance(block.get(key), dict)]
    return [element for element in found if element.get("action_id")]


@dataclass(eq=False)
class Stream:
    """A message being streamed: its pieces, and when they came."""

    began: float
    last: float
    mode: str | None = None
    markdown: str = ""
    tasks: dict[str, dict] = field(default_factory=dict)
    plan: str = ""
    chunk_blocks: list[dict] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    state: str = "streaming"


@dataclass(eq=False)
class File:
    id: str
    filename: str
    length: int
    title: str = ""
    content: bytes | None = None
    complete: bool = False


@dataclass(eq=False)
class View:
    """A modal or a home tab as its person sees it."""

    id: str
    team: "Team" = field(repr=False)
    user: str
    body: dict
    hash: str
    root: str = ""
    previous: str | None = None
    external_id: str = ""
    open: bool = True
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blocks(self):
        return self.body["blocks"]

    @property
    def elements(self):
        return [(b, e) for b in self.blocks for e in interactive(b)]

    @property
    def title(self):
        return self.body.get("title", {}).get("text", "")

    @property
    def shown(self):
        """What a person reads in it."""
        return "\n".join([self.title, shown(self)]).strip()


@dataclass(eq=False)
class Team:
    """One workspace with the app in it."""

    id: str
    name: str
    token: str
    app_id: str
    scopes: set[str] = field(default_factory=lambda: set(DEFAULT_SCOPES))
    events: set[str] = field(default_factory=lambda: set(EVERY_EVENT))
    users: dict[str, User] = field(default_factory=dict, repr=False)
    channels: dict[str, Channel] = field(default_factory=dict, repr=False)
    homes: dict[str, View] = field(default_factory=dict, repr=False)
    installed: bool = True
    bot: User = field(init=False, repr=False)
    bot_id: str = field(default_factory=lambda: mint("B"))

    def __post_init__(self):
        self.bot = User(mint("U"), "footnote", self, is_bot=True)
        self.users[self.bot.id] = self.bot

    def person(self, name, *, is_bot=False, guest=False):
        """A new member."""
        user = User(mint("U"), name, self, is_bot=is_bot, guest=guest)
        self.users[user.id] = user
        return user

    def channel(self, name, kind="public", *, members=(), shared=False, with_bot=True):
        """A new channel with these people (all of the team where none are named)."""
        ids = {user.id for user in members or self.users.values()} - {self.bot.id}
        channel = Channel(mint("C"), name, self, kind, shared, members=ids)
        if with_bot:
            channel.members.add(self.bot.id)
        self.channels[channel.id] = channel
        return channel

    def im(self, user):
        """The direct messages between a person and the bot."""
        for channel in self.channels.values():
            if channel.kind == "im" and user.id in channel.members:
                return channel
        channel = Channel(mint("D"), user.id, self, "im", members={user.id, self.bot.id})
        self.channels[channel.id] = channel
        return channel

    def join(self, channel):
        """Connect another workspace's channel to this one (Slack Connect)."""
        channel.shared = True
        channel.connected.append(self)
        channel.members |= set(self.users)
        self.channels[channel.id] = channel

"""What every method that posts has in common: the channel, the text, the blocks."""

from fake.blocks import too_long, wrong_with
from fake.refusals import Refused
from fake.web import scopeless
from fake.world import Channel, mint

LONGEST_TEXT = 40_000
LONGEST_MARKDOWN = 12_000
READ_SCOPES = {
    "public": "channels",
    "private": "groups",
    "im": "im",
    "mpim": "mpim",
}


def channel_of(team, named) -> Channel:
    """A channel this team's bot can know of."""
    channel = team.channels.get(str(named))
    if channel is None and str(named) in team.users:
        channel = team.im(team.users[str(named)])
    if channel is None or (channel.kind != "public" and team.bot.id not in channel.members):
        raise Refused("channel_not_found")
    return channel


def postable(team, named) -> Channel:
    """A channel this team's bot may post in."""
    channel = channel_of(team, named)
    if channel.archived:
        raise Refused("is_archived")
    allowed = channel.kind == "public" and "chat:write.public" in team.scopes
    if team.bot.id not in channel.members and not allowed:
        raise Refused("not_in_channel")
    return channel


def readable(team, named, verb) -> Channel:
    """A channel this token may read; `verb` is read or history."""
    channel = channel_of(team, named)
    needed = f"{READ_SCOPES[channel.kind]}:{verb}"
    if needed not in team.scopes:
        raise scopeless(team, needed)
    if verb == "history" and team.bot.id not in channel.members:
        raise Refused("not_in_channel")
    return channel


def found(channel, ts):
    """A post that still stands."""
    post = channel.posts.get(str(ts))
    if post is None or post.deleted:
        raise Refused("message_not_found")
    return post


def own(team, channel, ts, error):
    """A post of the team's own bot."""
    post = found(channel, ts)
    if post.bot_id != team.bot_id:
        raise Refused(error)
    return post


def thread_of(slack, channel, ts):
    """The root ts to reply under; replying under a reply is noted as a fault."""
    if not ts:
        return None
    root = channel.posts.get(str(ts))
    if root is None:
        raise Refused("message_not_found")
    if root.thread_ts not in (None, root.ts):
        slack.faults.append(f"thread_ts {ts} is a reply's ts, not its thread's")
        return root.thread_ts
    return root.ts


def content(args):
    """The (text, blocks) of a message, checked as Slack checks them."""
    markdown = args.get("markdown_text")
    text, blocks = args.get("text") or "", args.get("blocks") or []
    if markdown and (text or blocks):
        raise Refused("markdown_text_conflict")
    if len(text) > LONGEST_TEXT or len(markdown or "") > LONGEST_MARKDOWN:
        raise Refused("msg_too_long")
    if not (text.strip() or blocks or markdown or args.get("attachments")):
        raise Refused("no_text")
    if markdown:
        blocks = [{"type": "markdown", "text": markdown}]
    return text, checked_blocks(blocks)


def checked_blocks(blocks):
    """The blocks with an id each, where Slack would take them."""
    wrong = wrong_with(blocks)
    if wrong:
        raise Refused("invalid_blocks", wrong)
    if too_long(blocks):
        raise Refused("msg_blocks_too_long")
    return [{"block_id": mint("b"), **block} for block in blocks]

"""chat.*: posting, editing, deleting, whispering."""

import html

from fake.posting import channel_of, content, found, own, postable, thread_of
from fake.refusals import Refused
from fake.web import method
from fake.world import Post, timestamp

_LOOKS = "as_user icon_emoji icon_url username link_names parse mrkdwn"
LONGEST_EDIT = 4_000


@method(
    "chat.postMessage",
    "channel",
    "text blocks attachments markdown_text thread_ts reply_broadcast unfurl_links unfurl_media "
    f"unfurl_app_links metadata {_LOOKS}",
    scope="chat:write",
    tier=4,
)
async def post_message(slack, team, args):
    channel = postable(team, args["channel"])
    slack.limits.spend_on_channel(channel)
    text, blocks = content(args)
    post = Post(
        timestamp(), channel, team.bot.id, text, blocks,
        thread_of(slack, channel, args.get("thread_ts")), team, team.bot_id,
        metadata=args.get("metadata"),
    )  # fmt: skip
    slack.put(post, "chat.postMessage", args)
    return {"channel": channel.id, "ts": post.ts, "message": slack.payloads.message(post)}


@method(
    "chat.update",
    "channel ts",
    "text blocks attachments markdown_text metadata file_ids reply_broadcast as_user link_names "
    "parse",
    scope="chat:write",
)
async def update(slack, team, args):
    channel = channel_of(team, args["channel"])
    post = own(team, channel, args["ts"], "cant_update_message")
    if post.streaming and not slack.stream_over(post):
        raise Refused("streaming_state_conflict")
    if len(html.escape(args.get("text") or "", quote=False).encode()) > LONGEST_EDIT:
        raise Refused("msg_too_long")
    text, blocks = content(args)
    previous = slack.payloads.message(post)
    # Text without blocks takes the blocks away; blocks without text leave the text.
    post.text, post.blocks = (text if "text" in args else post.text), blocks
    post.stream, post.streaming = None, False
    post.edited, post.metadata = timestamp(), args.get("metadata", post.metadata)
    slack.altered(post, "chat.update", args, previous)
    return {"channel": channel.id, "ts": post.ts, "text": post.text,
            "message": slack.payloads.message(post)}  # fmt: skip


@method("chat.delete", "channel ts", "as_user", scope="chat:write")
async def delete(slack, team, args):
    channel = channel_of(team, args["channel"])
    post = own(team, channel, args["ts"], "cant_delete_message")
    slack.erase(post)
    return {"channel": channel.id, "ts": post.ts}


@method(
    "chat.postEphemeral",
    "channel user",
    f"text blocks attachments markdown_text thread_ts {_LOOKS}",
    scope="chat:write",
    tier=4,
)
async def post_ephemeral(slack, team, args):
    channel = postable(team, args["channel"])
    if args["user"] not in channel.members:
        raise Refused("user_not_in_channel")
    text, blocks = content(args)
    thread = thread_of(slack, channel, args.get("thread_ts"))
    post = Post(timestamp(), channel, team.bot.id, text, blocks, thread, team, team.bot_id,
                ephemeral_to=args["user"])  # fmt: skip
    slack.put(post, "chat.postEphemeral", args)
    return {"message_ts": post.ts}


@method("chat.getPermalink", "channel message_ts", tier=5)
async def permalink(slack, team, args):
    channel = channel_of(team, args["channel"])
    post = found(channel, args["message_ts"])
    link = f"https://{team.name}.slack.com/archives/{channel.id}/p{post.ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}

"""chat.startStream and its kin: a message that grows, for a while."""

import time

from fake.blocks import wrong_with
from fake.posting import LONGEST_MARKDOWN, checked_blocks, found, postable, thread_of
from fake.refusals import Refused
from fake.web import method
from fake.world import Post, Stream, timestamp

_STATUSES = ("pending", "in_progress", "complete", "error")
_DISPLAYS = ("timeline", "plan", "dense")
_TASK_KEYS = {"type", "id", "title", "status", "details", "output", "sources"}


@method(
    "chat.startStream",
    "channel thread_ts",
    "markdown_text chunks recipient_team_id recipient_user_id task_display_mode icon_emoji "
    "icon_url username",
    scope="chat:write",
    tier=2,
)
async def start(slack, team, args):
    channel = postable(team, args["channel"])
    _recipient(slack, team, channel, args)
    if args.get("task_display_mode", "timeline") not in _DISPLAYS:
        raise Refused("invalid_arguments", ["task_display_mode is not known"])
    now = time.monotonic()
    thread = thread_of(slack, channel, args["thread_ts"])
    post = Post(timestamp(), channel, team.bot.id, thread_ts=thread, team=team, bot_id=team.bot_id,
                streaming=True, stream=Stream(now, now))  # fmt: skip
    grow(post, args)
    slack.put(post, "chat.startStream", args)
    return {"channel": channel.id, "ts": post.ts}


@method("chat.appendStream", "channel ts", "markdown_text chunks", scope="chat:write", tier=4)
async def append(slack, team, args):
    post = _open(slack, team, args)
    if not args.get("markdown_text") and not args.get("chunks"):
        raise Refused("no_text")
    grow(post, args)
    slack.altered(post, "chat.appendStream", args, None)
    return {"channel": post.channel.id, "ts": post.ts}


@method(
    "chat.stopStream",
    "channel ts",
    "markdown_text chunks blocks metadata session_status",
    scope="chat:write",
    tier=2,
)
async def stop(slack, team, args):
    post = _open(slack, team, args)
    blocks = args.get("blocks") or []
    if len(blocks) > 50:
        raise Refused("msg_blocks_too_many")
    blocks = checked_blocks(blocks)
    grow(post, args)
    previous = slack.payloads.message(post)
    post.blocks, post.metadata = blocks, args.get("metadata")
    post.streaming, post.stream.state = False, "stopped"
    slack.altered(post, "chat.stopStream", args, previous)
    return {"channel": post.channel.id, "ts": post.ts, "message": slack.payloads.message(post)}


def _recipient(slack, team, channel, args):
    if channel.kind == "im" and not slack.recipients_in_direct_messages:
        return
    for name in ("recipient_team_id", "recipient_user_id"):
        if not args.get(name):
            raise Refused(f"missing_{name}")
    teams = {team.id: team} | {t.id: t for t in (channel.team, *channel.connected)}
    if args["recipient_team_id"] not in teams:
        raise Refused("team_not_found")
    if args["recipient_user_id"] not in teams[args["recipient_team_id"]].users:
        raise Refused("user_not_found")


def _open(slack, team, args):
    post = found(postable(team, args["channel"]), args["ts"])
    if post.bot_id != team.bot_id:
        raise Refused("message_not_owned_by_app")
    if post.stream is not None and post.stream.state == "stopped_by_user":
        raise Refused("stopped_by_user")
    if not post.streaming or slack.stream_over(post):
        raise Refused("message_not_in_streaming_state")
    return post


def grow(post, args):
    """Add what a call brings to a stream, all of it or nothing."""
    markdown, chunks = args.get("markdown_text"), args.get("chunks")
    if markdown and chunks:
        raise Refused("cannot_provide_both_markdown_text_and_chunks")
    stream = post.stream
    mode = "markdown_text" if markdown else "chunks" if chunks else None
    if mode and stream.mode not in (None, mode):
        raise Refused("streaming_mode_mismatch")
    pieces = [{"type": "markdown_text", "text": markdown}] if markdown else list(chunks or ())
    for piece in pieces:
        _check(piece, stream)
    for piece in pieces:
        _take(piece, stream)
    stream.mode, stream.last = stream.mode or mode, time.monotonic()


def _check(piece, stream):
    kind = piece.get("type") if isinstance(piece, dict) else None
    if kind == "markdown_text":
        if not isinstance(piece.get("text"), str) or set(piece) != {"type", "text"}:
            raise Refused("invalid_chunks", ["markdown_text needs a text"])
        if len(piece["text"]) > LONGEST_MARKDOWN:
            raise Refused("msg_too_long")
    elif kind == "task_update":
        _check_task(piece, stream)
    elif kind == "plan_update":
        if not piece.get("title") or len(piece["title"]) > 256:
            raise Refused("invalid_chunks", ["plan_update needs a title"])
    elif kind == "blocks":
        _check_blocks(piece, stream)
    else:
        raise Refused("invalid_chunks", [f"unknown chunk type: {kind}"])


def _check_task(piece, stream):
    known = stream.tasks.get(piece.get("id"), {})
    right = piece.get("id") and (piece.get("title") or known.get("title"))
    if not right or piece.get("status") not in _STATUSES or set(piece) - _TASK_KEYS:
        raise Refused("invalid_chunks", ["task_update needs an id, a title and a known status"])
    if len(piece.get("title", "")) > 256:
        raise Refused("msg_too_long")
    for source in piece.get("sources") or ():
        if source.get("type") != "url" or not source.get("url") or not source.get("text"):
            raise Refused("invalid_chunks", ["a source needs type url, a url and a text"])


def _check_blocks(piece, stream):
    blocks = piece.get("blocks")
    wrong = wrong_with(blocks)
    if wrong:
        raise Refused("invalid_blocks", wrong)
    if len(stream.chunk_blocks) + len(blocks) > 50:
        raise Refused("msg_blocks_too_many")


def _take(piece, stream):
    if piece["type"] == "markdown_text":
        stream.markdown += piece["text"]
        stream.pieces.append(piece["text"])
    elif piece["type"] == "task_update":
        task = stream.tasks.setdefault(piece["id"], {})
        # Title and status are replaced; details and output grow.
        for key in ("details", "output"):
            if piece.get(key):
                task[key] = task.get(key, "") + piece[key]
        task |= {key: piece[key] for key in ("title", "status", "sources") if piece.get(key)}
    elif piece["type"] == "plan_update":
        stream.plan = piece["title"]
    else:
        stream.chunk_blocks += piece["blocks"]

"""conversations.* and users.*: who and what is there."""

from fake.posting import channel_of, readable
from fake.refusals import Refused
from fake.web import flag, method

_WINDOW = "cursor inclusive include_all_metadata latest limit oldest"


@method("conversations.info", "channel", "include_locale include_num_members")
async def info(slack, team, args):
    channel = readable(team, args["channel"], "read")
    return {"channel": slack.payloads.channel(channel, team)}


@method("conversations.members", "channel", "cursor limit", tier=4)
async def members(slack, team, args):
    channel = readable(team, args["channel"], "read")
    return {"members": sorted(channel.members), "response_metadata": {"next_cursor": ""}}


@method("conversations.open", "", "users channel return_im prevent_creation", scope="im:write")
async def open_direct(slack, team, args):
    if args.get("channel"):
        return {"channel": {"id": channel_of(team, args["channel"]).id}}
    named = str(args.get("users", "")).split(",")
    if len(named) != 1 or named[0] not in team.users:
        raise Refused("user_not_found")
    channel = team.im(team.users[named[0]])
    short = {"id": channel.id}
    return {
        "channel": slack.payloads.channel(channel, team) if flag(args.get("return_im")) else short
    }


@method("conversations.replies", "channel ts", _WINDOW)
async def replies(slack, team, args):
    channel = readable(team, args["channel"], "history")
    slack.limits.spend_on_history("conversations.replies")
    root = channel.posts.get(args["ts"])
    if root is None:
        raise Refused("thread_not_found")
    posts = [root, *(p for p in channel.thread(root.root) if p is not root)]
    return _page(slack, sorted(_within(posts, args), key=lambda p: p.ts), args)


@method("conversations.history", "channel", _WINDOW)
async def history(slack, team, args):
    channel = readable(team, args["channel"], "history")
    slack.limits.spend_on_history("conversations.history")
    posts = [p for p in channel.posts.values() if p.thread_ts in (None, p.ts) and not p.deleted]
    return _page(slack, sorted(_within(posts, args), key=lambda p: p.ts, reverse=True), args)


def _within(posts, args):
    oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
    if flag(args.get("inclusive")):
        return [post for post in posts if oldest <= float(post.ts) <= latest]
    return [post for post in posts if oldest < float(post.ts) < latest]


def _page(slack, posts, args):
    most = min(int(args.get("limit") or 100), slack.limits.history_page)
    begin = int(args.get("cursor") or 0)
    more = begin + most < len(posts)
    shown = [slack.payloads.message(post) for post in posts[begin : begin + most]]
    cursor = {"response_metadata": {"next_cursor": str(begin + most)}} if more else {}
    return {"messages": shown, "has_more": more, **cursor}


@method("users.info", "user", "include_locale", scope="users:read", tier=4)
async def user_info(slack, team, args):
    teams = {t for c in team.channels.values() for t in (c.team, *c.connected)} | {team}
    known = {user.id: user for t in teams for user in t.users.values()}
    if args["user"] not in known:
        raise Refused("user_not_found")
    return {"user": slack.payloads.user(known[args["user"]], team)}

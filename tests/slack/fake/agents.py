"""assistant.threads.*: what an agent shows beside its messages."""

from fake.posting import postable
from fake.refusals import Refused
from fake.web import method

_AGENT = "assistant:write chat:write"


@method(
    "assistant.threads.setStatus",
    "channel_id thread_ts status",
    "loading_messages icon_emoji icon_url username",
    scope=_AGENT,
    tier=5,
)
async def set_status(slack, team, args):
    channel = postable(team, args["channel_id"])
    if args["thread_ts"] not in channel.posts:
        raise Refused("invalid_thread_ts")
    if len(args.get("loading_messages") or ()) > 10:
        raise Refused("invalid_arguments", ["no more than 10 loading_messages"])
    slack.note_status(channel, args["thread_ts"], args["status"])
    return {}


@method(
    "assistant.threads.setSuggestedPrompts", "channel_id prompts", "thread_ts title",
    scope="assistant:write", tier=4,
)  # fmt: skip
async def set_prompts(slack, team, args):
    channel = postable(team, args["channel_id"])
    prompts = args["prompts"]
    if channel.kind != "im":
        raise Refused("channel_type_not_supported")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= 4:
        raise Refused("invalid_arguments", ["between 1 and 4 prompts"])
    for prompt in prompts:
        if set(prompt) != {"title", "message"} or not all(prompt.values()):
            raise Refused("invalid_arguments", ["a prompt needs a title and a message"])
    slack.prompts[channel.id] = prompts
    return {}


@method("assistant.threads.setTitle", "channel_id thread_ts title", scope="assistant:write", tier=5)
async def set_title(slack, team, args):
    channel = postable(team, args["channel_id"])
    if args["thread_ts"] not in channel.posts:
        raise Refused("invalid_thread_ts")
    channel.titles[args["thread_ts"]] = args["title"]
    return {}

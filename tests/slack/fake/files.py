"""files.*: an upload in three steps."""

from fake.posting import postable, thread_of
from fake.refusals import Refused
from fake.web import method
from fake.world import File, Post, mint, timestamp


@method(
    "files.getUploadURLExternal", "filename length", "alt_txt snippet_type",
    scope="files:write", tier=4,
)  # fmt: skip
async def upload_url(slack, team, args):
    try:
        length = int(args["length"])
    except ValueError:
        raise Refused("invalid_arguments", ["length must be a number"]) from None
    if length <= 0:
        raise Refused("invalid_arguments", ["length must be more than 0"])
    file = File(mint("F"), args["filename"], length)
    slack.files[file.id] = file
    return {"upload_url": f"{slack.url}/upload/v1/{file.id}", "file_id": file.id}


@method(
    "files.completeUploadExternal", "files", "channel_id channels initial_comment thread_ts blocks",
    scope="files:write", tier=4,
)  # fmt: skip
async def complete(slack, team, args):
    files = [_uploaded(slack, each) for each in args["files"]]
    for each, file in zip(args["files"], files, strict=True):
        file.title, file.complete = each.get("title", file.filename), True
    named = [args["channel_id"]] if args.get("channel_id") else args.get("channels", "").split(",")
    for name in filter(None, named):
        channel = postable(team, name)
        thread = thread_of(slack, channel, args.get("thread_ts"))
        post = Post(timestamp(), channel, team.bot.id, args.get("initial_comment", ""),
                    thread_ts=thread, team=team, bot_id=team.bot_id, files=files)  # fmt: skip
        slack.put(post, "files.completeUploadExternal", args)
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def _uploaded(slack, named):
    file = slack.files.get(named.get("id"))
    if file is None or file.content is None or file.complete:
        raise Refused("file_not_found")
    return file

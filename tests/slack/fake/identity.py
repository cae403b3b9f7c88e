"""Tokens: who is calling, how an app is installed, how it opens a socket."""

from base64 import b64decode
from dataclasses import dataclass, field

from fake.refusals import Refused
from fake.web import method
from fake.world import Team, mint


@dataclass
class Approval:
    """A person's yes to an installation, good for one exchange."""

    team: Team
    scopes: set[str] = field(default_factory=set)
    redirect_uri: str = ""
    user: str = ""


@method("auth.test", "", "", tier=5)
async def auth_test(slack, team, args):
    return {
        "url": f"https://{team.name}.slack.com/",
        "team": team.name,
        "user": team.bot.name,
        "team_id": team.id,
        "user_id": team.bot.id,
        "bot_id": team.bot_id,
        "is_enterprise_install": False,
    }


@method("auth.revoke", "", "test", tier=3)
async def revoke(slack, team, args):
    if str(args.get("test", "0")) not in ("1", "true"):
        slack.revoked.add(team.token)
    return {"revoked": team.token in slack.revoked}


@method("apps.connections.open", token="app", tier=3)  # noqa: S106
async def connections_open(slack, team, args):
    if not slack.socket_mode:
        raise Refused("socket_mode_not_enabled")
    return {"url": slack.sockets.new_address()}


@method("oauth.v2.access", "", "code redirect_uri grant_type refresh_token client_id client_secret",
        token="none", tier=4)  # fmt: skip  # noqa: S106
async def access(slack, team, args):
    _client(slack, args)
    approval = slack.approvals.pop(args.get("code"), None)
    if approval is None:
        raise Refused("invalid_code")
    if approval.redirect_uri and approval.redirect_uri != args.get("redirect_uri"):
        raise Refused("bad_redirect_uri")
    team = approval.team
    team.scopes, team.installed = set(approval.scopes), True
    slack.revoked.discard(team.token)
    return {
        "app_id": slack.app_id,
        "authed_user": {"id": approval.user or mint("U")},
        "scope": ",".join(sorted(team.scopes)),
        "token_type": "bot",
        "access_token": team.token,
        "bot_user_id": team.bot.id,
        "team": {"id": team.id, "name": team.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _client(slack, args):
    sent = args.pop("authorization", "")
    named, _, secret = (args.get("client_id", ""), "", args.get("client_secret", ""))
    if sent.startswith("Basic "):
        named, _, secret = b64decode(sent[6:]).decode().partition(":")
    if named != slack.client_id:
        raise Refused("invalid_client_id")
    if secret != slack.client_secret:
        raise Refused("bad_client_secret")

"""The HTTP side: the Web API, uploads, response URLs and the socket's address."""

import asyncio
import time

from aiohttp import web

from fake import (  # noqa: F401 - each module registers its methods
    agents,
    chat,
    conversations,
    files,
    identity,
    modals,
    streams,
)
from fake.refusals import RateLimited, Refused
from fake.web import METHODS, Call, arguments, checked


class Server:
    """Answers the app's requests out of the state of one Slack."""

    def __init__(self, slack):
        self._slack = slack
        app = web.Application(client_max_size=20 * 2**20)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/upload/v1/{file}", self._upload)
        app.router.add_post("/response/{number}", self._response)
        app.router.add_get("/link/", slack.sockets.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)

    async def start(self):
        """Listen on a free port of loopback; gives the port."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return self._runner.addresses[0][1]

    async def stop(self):
        await self._runner.cleanup()

    async def _api(self, request):
        slack, named = self._slack, request.match_info["method"]
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        call = Call(named, {}, token, time.perf_counter())
        slack.calls.append(call)
        try:
            call.args = await arguments(request)
            spec, team = self._known(named, token, call)
            call.team = team.id if team else ""
            trouble = slack.next_trouble(named, call.args)
            if trouble:
                early = await self._trouble(trouble, call, request)
                if early is not None:
                    return early
            slack.limits.spend(token, spec)
            checked(spec, call.args, team)
            body = {"ok": True} | await spec.run(slack, team, call.args)
        except Refused as refused:
            body, call.error = refused.body, refused.error
        except RateLimited as limited:
            return _limited(call, limited.seconds)
        call.answer = body
        if call.lost:
            request.transport.abort()
        return web.json_response(body, headers=self._headers(call))

    def _known(self, named, token, call):
        spec = METHODS.get(named)
        if spec is None:
            self._slack.faults.append(f"unknown method {named}")
            raise Refused("unknown_method", req_method=named)
        # Bolt's clients name their team with every call, which only an org's token heeds.
        strange = set(call.args) - {*spec.required, *spec.optional, "token", "team_id"}
        if strange:
            self._slack.faults.append(f"{named}: unknown arguments {sorted(strange)}")
            messages = [f"unknown argument: {name}" for name in sorted(strange)]
            raise Refused("invalid_arguments", messages)
        if spec.token == "none":  # noqa: S105
            call.args["authorization"] = token
            return spec, None
        return spec, self._caller(token, spec)

    def _caller(self, token, spec):
        slack = self._slack
        if not token:
            raise Refused("not_authed")
        if token in slack.revoked:
            raise Refused("token_revoked")
        if token == slack.app_token or token in slack.teams_by_token:
            wanted = token == slack.app_token if spec.token == "app" else token != slack.app_token  # noqa: S105
            if not wanted:
                raise Refused("not_allowed_token_type")
            return slack.teams_by_token.get(token)
        raise Refused("invalid_auth")

    async def _trouble(self, trouble, call, request):
        call.scripted = True
        await asyncio.sleep(trouble.delay)
        if trouble.drop == "before":
            request.transport.abort()
            return web.Response()
        if trouble.retry_after is not None:
            return _limited(call, trouble.retry_after)
        if trouble.status:
            call.status = trouble.status
            return web.Response(status=trouble.status, text="<html>upstream error</html>",
                                content_type="text/html")  # fmt: skip
        if trouble.error:
            raise Refused(trouble.error, **(trouble.more or {}))
        call.scripted = call.lost = trouble.drop == "after"
        return None

    def _headers(self, call):
        team = self._slack.teams_by_token.get(call.token)
        return {"x-oauth-scopes": ",".join(sorted(team.scopes))} if team else {}

    async def _upload(self, request):
        file = self._slack.files.get(request.match_info["file"])
        body = await request.read()
        if file is None or len(body) != file.length:
            return web.Response(status=400, text="length mismatch")
        file.content = body
        return web.Response(text=f"OK - {len(body)}")

    async def _response(self, request):
        error = self._slack.use_response(request.match_info["number"], await request.json())
        if error:
            return web.Response(status=404 if "url" in error else 400, text=error)
        return web.Response(text="ok")


def _limited(call, seconds):
    call.status, call.error = 429, "ratelimited"
    body = {"ok": False, "error": "ratelimited"}
    return web.json_response(body, status=429, headers={"Retry-After": str(seconds)})

"""An application of a few routes behind a real gate, with keys that are made for a test."""

import asyncio
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from rag.config import Settings
from ui.api import errors
from ui.api.callers import People
from ui.api.gate import opened
from ui.api.surroundings import surrounded
from ui.server import audit as audits
from ui.server.key_store import Keys
from ui.server.keys import Terms
from ui.server.principals import Principal
from ui.web.operators import Operators
from ui.web.owners import owner_of

HERE = "http://127.0.0.1:7860"
PEOPLE = People(owner_of, Operators(("olga",)).include)


class Door:
    """The gate, its keys, and clients that knock."""

    def __init__(self, home, gate):
        self.home, self.gate = home, gate
        self.running, self.let_go = 0, asyncio.Event()
        self.app = routes(self)

    def key(self, *scopes, name="a bot", **terms):
        """A new key's id and text, as another process makes it."""
        with Keys(self.home) as keys:
            key, text = keys.create(name, Terms(scopes or ("ask",), **terms))
        return key.id, text

    def revoke(self, number):
        with Keys(self.home) as keys:
            keys.revoke(number)

    def client(self, token=None, *, user=None, host="127.0.0.1", around=None):
        """Somebody at that address, with that key, whom the guards know by that name."""
        app = signed_in(around or surrounded(self.app, "test"), user)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return TestClient(
            app,
            base_url=HERE,
            client=(host, 5000),
            headers=headers,
            raise_server_exceptions=False,
        )


@contextmanager
def door(home, **options):
    """`options` are those of the gate, and settings."""
    people = options.pop("people", PEOPLE)
    openness = {one: options.pop(one) for one in ("is_alone", "local_key") if one in options}
    with opened(Settings(home=home, **options), people, **openness) as gate:
        yield Door(home, gate)


def routes(door):
    app = FastAPI()
    errors.install(app)
    may = {one: Depends(door.gate.needs(one)) for one in ("ask", "write", "admin")}

    @app.get("/who")
    async def who(by: Annotated[Principal, may["ask"]]):
        return {"name": by.name, "owner": by.owner, "may": sorted(by.permissions)}

    @app.post("/ask")
    async def ask(request: Request, by: Annotated[Principal, may["ask"]], tokens: int = 0):
        audits.asked((await request.body()).decode() or "Why?")
        door.gate.spent(by, tokens)
        return {"tokens": tokens}

    @app.post("/papers/upload", dependencies=[may["ask"]])
    @app.post("/papers", dependencies=[may["ask"]])
    async def add(request: Request, by: Annotated[Principal, may["write"]]):
        return {"bytes": len(await request.body())}

    @app.get("/stream")
    async def stream(by: Annotated[Principal, may["ask"]]):
        return StreamingResponse(pieces(door), media_type="text/event-stream")

    @app.post("/breaks")
    async def breaks(by: Annotated[Principal, may["ask"]]):
        raise RuntimeError("sk-secret1234 of a provider")

    @app.get("/admin")
    async def admin(by: Annotated[Principal, may["admin"]]):
        return {}

    return app


async def pieces(door):
    """A first piece at once, and others until the test lets go."""
    door.running += 1
    try:
        yield b"data: first\n\n"
        while not door.let_go.is_set():
            await asyncio.sleep(0.01)
            yield b": still there\n\n"
        yield b"data: last\n\n"
    finally:
        door.running -= 1


def signed_in(app, user):
    """As the guards of the pages leave it."""

    async def inside(scope, receive, send):
        await app({**scope, "state": {"user": user}}, receive, send)

    return inside if user else app

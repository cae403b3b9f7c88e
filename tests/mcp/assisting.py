"""An assistant that starts `footnote mcp` and calls its tools."""

import sys
from contextlib import contextmanager

from anyio.from_thread import start_blocking_portal
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

COMMAND = "import sys; from ui.cli import main; sys.argv = ['footnote', 'mcp']; main()"


class Assistant:
    """The SDK's own client with a real process at the other end, for tests that are not async."""

    def __init__(self, client, portal, said):
        self._client, self._portal, self.said = client, portal, said

    @property
    def instructions(self):
        return self._client.instructions

    def tools(self):
        return self._portal.call(self._client.list_tools).tools

    def call(self, name, **arguments):
        return self._portal.call(self._client.call_tool, name, arguments)


@contextmanager
def assistant_of(home, folder, **environment):
    """What the process says on standard error is in `said`, which is open until the block ends."""
    started = StdioServerParameters(
        command=sys.executable,
        args=["-c", COMMAND],
        env={"FOOTNOTE_HOME": str(home), **environment},
        cwd=folder,
    )
    with (
        (folder / "said.txt").open("w+") as said,
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Client(stdio_client(started, said))) as client,
    ):
        yield Assistant(client, portal, said)

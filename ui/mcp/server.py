"""The tools over standard input and output; the only module that knows the SDK."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, Final

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.server.stdio import stdio_server
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from rag.config import Settings
from rag.errors import FootnoteError
from ui.mcp.lending import Lending
from ui.mcp.tools import INSTRUCTIONS, TOOLS, ArgumentError, Tool
from ui.server import incidents

BY_NAME: Final = {tool.name: tool for tool in TOOLS}
NO_SUCH_TOOL: Final = "There is no tool {name!r}; there are {tools}."
WENT_WRONG: Final = (
    "Something went wrong in Footnote, not with the call. Its messages tell more under the "
    "reference {reference}."
)


async def serve(settings: Settings) -> None:
    """Answers until standard input ends; nothing but the protocol goes to standard output."""
    lending = Lending(settings)
    server = server_over(lending)
    try:
        async with stdio_server() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())
    finally:
        await lending.close()


def server_over(lending: Lending) -> Server[object]:
    """The server, over a shelf that is opened when a tool is first called."""

    async def listed(
        context: ServerRequestContext[object], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_described(tool) for tool in TOOLS])

    async def called(
        context: ServerRequestContext[object], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        return await call(lending, params.name, params.arguments or {})

    return Server(
        "footnote",
        title="Footnote",
        version=version("footnote"),
        instructions=INSTRUCTIONS,
        on_list_tools=listed,
        on_call_tool=called,
    )


async def call(lending: Lending, name: str, arguments: dict[str, object]) -> types.CallToolResult:
    """What a tool gives; whatever goes wrong is told in a sentence, which the assistant reads."""
    try:
        tool = _tool(name)
        asked = _understood(tool, arguments)
        async with lending.lent() as opened:
            fields, text = await tool.call(opened, asked)
    except FootnoteError as error:
        return _result(str(error), is_error=True)
    except Exception as error:  # noqa: BLE001  (whatever it is, the assistant is told so)
        return _result(WENT_WRONG.format(reference=incidents.note(error)), is_error=True)
    return _result(text, fields)


def _tool(name: str) -> Tool:
    if name not in BY_NAME:
        raise ArgumentError(NO_SUCH_TOOL.format(name=name, tools=", ".join(BY_NAME)))
    return BY_NAME[name]


def _understood(tool: Tool, arguments: dict[str, object]) -> BaseModel:
    try:
        return tool.takes.model_validate(arguments)
    except ValidationError as error:
        problems = " ".join(_problem(".".join(map(str, one["loc"])), one) for one in error.errors())
        raise ArgumentError(f"{tool.name} cannot be called like this. {problems}") from None


def _problem(argument: str, found: ErrorDetails) -> str:
    match found["type"]:
        case "extra_forbidden":
            return f"There is no argument {argument!r}."
        case "missing":
            return f"The argument {argument!r} is missing."
    return f"{argument}: {found['msg'].removeprefix('Value error, ')}."


def _described(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=_schema(tool.takes),
        output_schema=tool.gives.model_json_schema(),
        annotations=types.ToolAnnotations(
            title=tool.title, read_only_hint=True, idempotent_hint=True, open_world_hint=False
        ),
    )


def _schema(takes: type[BaseModel]) -> dict[str, Any]:
    """What has to be given comes first, as some assistants show arguments in this order."""
    schema = takes.model_json_schema()
    properties, required = schema["properties"], schema["required"]
    first = {name: properties[name] for name in required}
    return {**schema, "properties": {**first, **properties}}


def _result(
    text: str, fields: BaseModel | None = None, *, is_error: bool = False
) -> types.CallToolResult:
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)],
        structured_content=fields.model_dump(mode="json") if fields else None,
        is_error=is_error,
    )

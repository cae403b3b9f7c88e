"""`footnote slack manifest`, `doctor` and `key`: what the bot needs before it can answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr
from rich.text import Text

from rag.config import Settings, load_settings
from ui.boundary import FAILED
from ui.commands.slacking import check_installed
from ui.render import several
from ui.slack import doctor_texts as texts
from ui.slack import manifest as app_manifest
from ui.slack.findings import SIGNS, Finding, Kind
from ui.terminal import err, out, print_text

if TYPE_CHECKING:
    from ui.slack.doctor import Patient

PASTE: Final = (
    "Open https://api.slack.com/apps?new_app=1, choose “From a manifest” and your workspace, and "
    "paste this there as {form}."
)
KEEP: Final = (
    "Set this as FOOTNOTE_SLACK_TOKEN_KEY, and keep it where no copy of the data folder is kept: "
    "without it the tokens of workspaces are lost."
)
STYLES: Final[dict[Kind, str]] = {"right": "green", "wrong": "bold red", "note": "dim"}


def manifest(name: str, url: str, *, as_yaml: bool) -> int:
    """On standard output the manifest alone, so that it can be piped on."""
    content = app_manifest.manifest(name or app_manifest.NAME, url)
    write = app_manifest.as_yaml if as_yaml else app_manifest.as_json
    out().print(write(content), soft_wrap=True)
    print_text(err(), PASTE.format(form="YAML" if as_yaml else "JSON"))
    return 0


def key() -> int:
    """On standard output the key alone."""
    check_installed()
    from ui.slack.sealing import new_key

    out().print(new_key(), soft_wrap=True)
    print_text(err(), KEEP)
    return 0


def doctor(channels: Sequence[str], listen: int) -> int:
    """A line for each finding, as soon as it is found."""
    check_installed()
    from ui.slack.doctor import Patient

    settings = load_settings()
    patient = Patient(
        settings.home,
        _secret(settings.slack_bot_token),
        _secret(settings.slack_app_token),
        _secret(settings.slack_signing_secret),
        tuple(channels),
        listen,
    )
    return asyncio.run(examine(settings, patient))


async def examine(settings: Settings, patient: Patient) -> int:
    """Prints what is found; FAILED where something is wrong."""
    wrong = 0
    async with _findings(settings, patient) as findings:
        async for finding in findings:
            _tell(finding)
            wrong += finding.kind == "wrong"
    ending = texts.ILL.format(count=several(wrong, "thing")) if wrong else texts.WELL
    print_text(err(), ending)
    return FAILED if wrong else 0


@asynccontextmanager
async def _findings(settings: Settings, patient: Patient) -> AsyncIterator[AsyncIterator[Finding]]:
    from ui.slack.distributed import distributed, is_distributed
    from ui.slack.doctor import examined, examined_for_many
    from ui.slack.workspaces import session

    async with session() as shared:
        if is_distributed(settings):
            yield examined_for_many(patient, distributed(settings), shared)
        else:
            yield examined(patient, shared)


def _tell(finding: Finding) -> None:
    sign = Text(f"{SIGNS[finding.kind]} ", style=STYLES[finding.kind])
    print_text(out(), finding.said, first=sign)
    if finding.advice:
        print_text(out(), Text(finding.advice, style="dim"), first=Text("  → ", style="dim"))


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""

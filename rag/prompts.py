"""The prompts of `prompts/*.md`, with their $placeholders filled."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from string import Template


def filled(name: str, **values: str) -> str:
    """The prompt of that name; a value's own `$` is left as it is.

    Raises ValueError where the prompt and the values do not fit each other.
    """
    template = _template(name)
    wanted = set(template.get_identifiers())
    if missing := sorted(wanted - values.keys()):
        raise ValueError(f"prompts/{name}.md needs a value for: {', '.join(missing)}.")
    if unknown := sorted(values.keys() - wanted):
        raise ValueError(f"prompts/{name}.md has no place for: {', '.join(unknown)}.")
    return template.substitute(values)


@cache
def _template(name: str) -> Template:
    template = Template(files("prompts").joinpath(f"{name}.md").read_text(encoding="utf-8").strip())
    if not template.is_valid():
        raise ValueError(f"prompts/{name}.md has a stray $; write $$ for one that is meant.")
    return template

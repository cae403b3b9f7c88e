"""`footnote keys`: who may use the API, and what for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from rich.cells import cell_len

from rag.config import load_settings
from rag.config import rate as rate_in
from rag.errors import ConfigError
from rag.loaders.text import clean
from ui.render import Json
from ui.server.key_store import Keys
from ui.server.keys import Key, Terms, today
from ui.server.principals import Permission
from ui.terminal import err, out, print_text, write_json

LONGEST_NAME = 64
SHOWN_ONCE = (
    "This is the API key “{name}”. It is shown this once and kept nowhere: copy it now. It may "
    "{scopes}; `footnote keys revoke {id}` ends it."
)
REVOKED = "The API key “{name}” ({id}) works no more, from now on."
NONE_YET = (
    "There are no API keys yet: the API is open to this machine alone, and to nobody where people "
    "sign in. Make one with: footnote keys create NAME"
)
NO_NAME = f"A key needs a name that tells it apart from others, of {LONGEST_NAME} letters at most."
NO_DATE = "--expires {text} is no day to come; write it like 2027-01-31."
NO_RATE = "--rate {text} is not understood; write it like 60/minute or 1000 per 2 hours."
NO_SCOPE = "--scope {text} is none that there is; choose among {known}."
WORDS: Mapping[Permission, str] = {
    "ask": "ask",
    "write": "add and remove papers",
    "admin": "do everything",
}
COLUMNS = ("id", "state", "may", "rate", "tokens today", "last used", "name")


def create(
    name: str,
    scopes: Sequence[str],
    *,
    tokens_per_day: int | None,
    rate: str | None,
    expires: str | None,
) -> int:
    """Prints the key alone on standard output, where a script can take it from."""
    terms = Terms(
        _permissions(scopes),
        _rate(rate) if rate else None,
        tokens_per_day,
        _day(expires) if expires else None,
    )
    label = _name(name)
    with Keys(load_settings().home) as keys:
        key, text = keys.create(label, terms)
    may = " and ".join(WORDS[one] for one in terms.scopes)
    print_text(err(), SHOWN_ONCE.format(name=label, scopes=may, id=key.id))
    out().print(text, soft_wrap=True)
    return 0


def show(*, as_json: bool) -> int:
    with Keys(load_settings().home) as keys:
        found = [(key, keys.spent(key.id, today())) for key in keys.all()]
    if as_json:
        for key, spent in found:
            write_json(_json(key, spent))
    elif found:
        _print([_cells(key, spent) for key, spent in found])
    else:
        print_text(err(), NONE_YET)
    return 0


def revoke(number: str) -> int:
    """Also while a server runs, which asks for each request."""
    with Keys(load_settings().home) as keys:
        key = keys.revoke(number)
    print_text(out(), REVOKED.format(name=key.name, id=key.id))
    return 0


def _name(text: str) -> str:
    name = clean(text)
    if not name or len(name) > LONGEST_NAME:
        raise ConfigError(NO_NAME)
    return name


def _permissions(scopes: Sequence[str]) -> tuple[Permission, ...]:
    """In the order in which one contains more than the other."""
    for text in scopes:
        if text not in WORDS:
            raise ConfigError(NO_SCOPE.format(text=text, known=", ".join(WORDS)))
    return tuple(one for one in WORDS if one in scopes)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise ConfigError(NO_DATE.format(text=text)) from None
    if day < today():
        raise ConfigError(NO_DATE.format(text=text))
    return day


def _rate(text: str) -> str:
    try:
        return rate_in(text)
    except ValueError:
        raise ConfigError(NO_RATE.format(text=text)) from None


def _json(key: Key, spent: int) -> Json:
    """Everything but the digest."""
    terms = key.terms
    return {
        "id": key.id,
        "name": key.name,
        "scopes": list(terms.scopes),
        "state": key.standing,
        "created": key.created.isoformat(),
        "expires": terms.expires.isoformat() if terms.expires else None,
        "revoked": key.revoked.isoformat() if key.revoked else None,
        "last_used": key.last_used.isoformat() if key.last_used else None,
        "rate": terms.rate,
        "tokens_per_day": terms.tokens_per_day,
        "tokens_today": spent,
    }


def _cells(key: Key, spent: int) -> tuple[str, ...]:
    terms = key.terms
    until = f" until {terms.expires}" if terms.expires and key.standing == "valid" else ""
    budget = f" of {terms.tokens_per_day:,}" if terms.tokens_per_day is not None else ""
    return (
        key.id,
        key.standing + until,
        ", ".join(terms.scopes),
        terms.rate or "",
        f"{spent:,}{budget}",
        key.last_used.isoformat() if key.last_used else "never",
        key.name,
    )


def _print(rows: Sequence[tuple[str, ...]]) -> None:
    """Names stand last: they alone may be long."""
    console = out()
    widths = [max(map(cell_len, column)) for column in zip(COLUMNS, *rows, strict=True)]
    for number, row in enumerate((COLUMNS, *rows)):
        cells = (one + " " * (w - cell_len(one)) for one, w in zip(row, widths, strict=True))
        style = "" if number else "bold"
        console.print("  ".join(cells).rstrip(), style=style, soft_wrap=True)

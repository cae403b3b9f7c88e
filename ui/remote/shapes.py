"""What is asked of the API, and what it gives back, as values of `rag.types` and their fields."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any, Final, TypeAlias, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from rag.types import Hit, Range, Scope, Turn
from ui.remote.failures import RemoteError
from ui.render import iso_date
from ui.server.wire import MOST_HITS, UNKNOWN, WireError, as_hit

NO_SUCH_FILTER: Final = "A server cannot list papers by this filter; ask it a question instead."
Json: TypeAlias = dict[str, Any]
Kind = TypeVar("Kind")


def question_fields(question: str, history: Sequence[Turn], scope: Scope, asker: str = "") -> Json:
    """The body of a question whose answer is to come as events."""
    turns = [asdict(turn) for turn in history]
    asked = {"question": question, "history": turns, "scope": scope_fields(scope), "stream": True}
    return asked | ({"asker": asker} if asker else {})


def scope_fields(scope: Scope) -> Json:
    """The filters that bar something."""
    fields = {
        "paper_ids": list(scope.paper_ids),
        "since": iso_date(scope.since),
        "until": iso_date(scope.until),
        "organization": scope.organization,
        "source": scope.source,
        "dating": scope.dating if scope.dating != "sure" else None,
        "authors": list(scope.authors),
        "author_count": _range_fields(scope.author_count),
        "upvotes": _range_fields(scope.upvotes),
    }
    return {name: value for name, value in fields.items() if value}


def _range_fields(numbers: Range | None) -> Json | None:
    return asdict(numbers) if numbers else None


def search_fields(query: str, scope: Scope, limit: int) -> Json:
    """The body of a search; as here, one may ask for more papers than a search ever finds."""
    return {"query": query, "scope": scope_fields(scope), "limit": min(limit, MOST_HITS)}


def read_hits(found: object) -> list[Hit]:
    """Raises WireError."""
    return [as_hit(one) for one in read_list(found, "hits")]


def page_fields(scope: Scope) -> Json:
    """The filters of a list of papers, which knows fewer; raises RemoteError for the others."""
    fields = {
        "id": list(scope.paper_ids),
        "since": iso_date(scope.since),
        "until": iso_date(scope.until),
        "organization": scope.organization,
        "source": scope.source,
        "author": list(scope.authors),
        "least_upvotes": scope.upvotes.least if scope.upvotes else None,
    }
    most = scope.upvotes and scope.upvotes.most is not None
    if scope.dating != "sure" or scope.author_count or most:
        raise RemoteError(NO_SUCH_FILTER)
    return {name: value for name, value in fields.items() if value is not None}


def read_list(found: object, name: str) -> list[Any]:
    """The list of this name; raises WireError."""
    match found:
        case dict() if isinstance(listed := found.get(name), list):
            return listed
    raise WireError(UNKNOWN)


def read(kind: type[Kind], found: object) -> Kind:
    """A dataclass of which these are the fields; raises WireError."""
    try:
        back: Kind = _codec(cast(Hashable, kind)).validate_python(found)
    except ValidationError:
        raise WireError(UNKNOWN) from None
    return back


@cache
def _codec(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401  (of whatever is read)
    return TypeAdapter(kind)

"""The table of supported operations, and the small verbs handlers read their parameters with.

Never routes HTTP itself; `dispatch` matches a request line against this table.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from payments.sandbox.errors import Refused
from payments.sandbox.schema import Operation
from payments.sandbox.schema import operation as operation_of
from payments.sandbox.skeleton import Json
from payments.sandbox.store import kind_of

if TYPE_CHECKING:
    from payments.sandbox.box import Box


@dataclass(frozen=True)
class Call:
    """One request to one operation, decoded. `account` is `platform` or a connected account."""

    params: Json
    ids: dict[str, str]
    account: str
    path: str = ""
    expand: list[str] = field(default_factory=list)

    def text(self, name: str) -> str | None:
        """A parameter as text; empty counts as absent."""
        value = self.params.get(name)
        return str(value) if value not in (None, "") else None

    def integer(self, name: str, default: int | None = None) -> int:
        """A parameter as an integer, e.g. an amount in minor units."""
        value = self.params.get(name, default)
        if value is None:
            raise Refused(f"Missing required param: {name}.", code="parameter_missing", param=name)
        return int(value)

    def page_size(self) -> int:
        """How many rows a v2 list was asked for."""
        return min(max(self.integer("limit", 20), 1), 100)

    def flag(self, name: str) -> bool:
        """A parameter as a boolean; absent is false."""
        return self.params.get(name) in (True, "true")

    def metadata(self) -> dict[str, str]:
        """The metadata parameter."""
        given = self.params.get("metadata")
        return dict(given) if isinstance(given, dict) else {}


Handler = Callable[["Box", Call], Json]


@dataclass(frozen=True)
class Supported:
    """One supported operation with what it tells the README."""

    method: str
    path: str
    handler: Handler
    events: tuple[str, ...]
    pattern: re.Pattern[str]

    @functools.cached_property
    def schema(self) -> Operation:
        """The operation in Stripe's schema; there is one for each that is supported."""
        found = operation_of(self.method, self.path)
        assert found is not None, f"{self.method} {self.path} is none of Stripe's"
        return found

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return (self.handler.__doc__ or "").strip().splitlines()[0]


TABLE: dict[tuple[str, str], Supported] = {}
_BY_LENGTH: dict[tuple[str, int], list[Supported]] = {}


def operation(method: str, path: str, *events: str) -> Callable[[Handler], Handler]:
    """Register a handler for an operation; `events` are those it may cause at once."""

    def register(handler: Handler) -> Handler:
        pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + r"\Z")
        made = Supported(method, path, handler, events, pattern)
        TABLE[(method, path)] = made
        alike = _BY_LENGTH.setdefault((method, path.count("/")), [])
        alike.append(made)
        alike.sort(key=lambda supported: "{" in supported.path)  # a literal path wins
        return handler

    return register


def find(method: str, path: str) -> tuple[Supported, dict[str, str]] | None:
    """The supported operation behind a request line, with the ids in it."""
    for supported in _BY_LENGTH.get((method, path.count("/")), ()):
        if hit := supported.pattern.match(path):
            return supported, hit.groupdict()
    return None


def merged(old: Json | None, given: Any) -> Json:
    """Metadata after an update: an empty value removes a name, an empty string removes all."""
    if given == "":
        return {}
    changes = dict(given) if isinstance(given, dict) else {}
    return {k: v for k, v in {**(old or {}), **changes}.items() if v not in (None, "")}


def page(
    box: Box, call: Call, kind: str, *filters: str, types: Collection[str] | None = None
) -> Json:
    """A page of a v1 list: newest first, filtered, by cursor and `created`."""
    given = [(name, str(call.params[name])) for name in filters if name in call.params]
    rows = box.store.where(kind, *given[0]) if given else box.store.of_kind(kind)

    def fits(row: Json) -> bool:
        mine = row["_account"] == call.account and all(str(row.get(n)) == v for n, v in given)
        mine = mine and (types is None or row["type"] in types)
        return mine and _created_fits(row, call.params.get("created"))

    # Only as far as the page reaches: a reconciliation reads a long list page by page.
    limit = _limit(call)
    if (after := call.text("starting_after")) is not None:
        rows = rows[_place(box, rows, kind, after, "starting_after") + 1 :]
    elif (before := call.text("ending_before")) is not None:
        nearest = reversed(rows[: _place(box, rows, kind, before, "ending_before")])
        found = list(islice(filter(fits, nearest), limit + 1))
        return _listed(call, found[:limit][::-1], more=len(found) > limit)
    found = list(islice(filter(fits, rows), limit + 1))
    return _listed(call, found[:limit], more=len(found) > limit)


def _place(box: Box, rows: list[Json], kind: str, identifier: str, param: str) -> int:
    """Where a cursor's object is among rows of its kind, newest first."""
    cursor = box.store.find(identifier)
    if cursor is not None and kind_of(cursor) == kind:
        place = bisect_left(rows, -int(cursor["_seq"]), key=lambda row: -int(row["_seq"]))
        if place < len(rows) and rows[place]["id"] == identifier:
            return place
    raise Refused(f"No such object: '{identifier}'", code="resource_missing", param=param)


def _limit(call: Call) -> int:
    limit = call.integer("limit", 10)
    if not 1 <= limit <= 100:
        raise Refused(
            "This value must be between 1 and 100.", code="parameter_invalid_integer", param="limit"
        )
    return limit


def _listed(call: Call, rows: list[Json], *, more: bool) -> Json:
    return {"object": "list", "data": rows, "has_more": more, "url": call.path}


def paged(call: Call, rows: list[Json]) -> Json:
    """One page of a short list, already filtered and sorted."""
    limit, ids = _limit(call), [row["id"] for row in rows]
    if (after := call.text("starting_after")) is not None:
        rows = rows[_position(ids, after, "starting_after") + 1 :]
    elif (before := call.text("ending_before")) is not None:
        rows = rows[: _position(ids, before, "ending_before")]
        return _listed(call, rows[-limit:], more=len(rows) > limit)
    return _listed(call, rows[:limit], more=len(rows) > limit)


def _position(ids: list[str], identifier: str, param: str) -> int:
    if identifier not in ids:
        raise Refused(f"No such object: '{identifier}'", code="resource_missing", param=param)
    return ids.index(identifier)


def _created_fits(row: Json, created: Any) -> bool:
    if created is None:
        return True
    moment = int(row["created"])
    if not isinstance(created, dict):
        return moment == int(created)
    return (
        moment > int(created.get("gt", -1))
        and moment >= int(created.get("gte", 0))
        and moment < int(created.get("lt", 1 << 60))
        and moment <= int(created.get("lte", 1 << 60))
    )

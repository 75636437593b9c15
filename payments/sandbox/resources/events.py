"""Events as the API lists them, and the destinations they are sent to.

Never sends: `webhooks` does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from payments.sandbox.box import EVENT_SECONDS, Box
from payments.sandbox.clock import iso
from payments.sandbox.errors import Missing, Refused, Unsupported
from payments.sandbox.operations import Call, operation, page
from payments.sandbox.skeleton import Json, of_kind


@operation("GET", "/v1/events/{id}")
def retrieve(box: Box, call: Call) -> Json:
    """Get a snapshot event."""
    return box.get(call.ids["id"], "event", call.account)


@operation("GET", "/v1/events")
def index(box: Box, call: Call) -> Json:
    """List snapshot events of the last 30 days by type and time."""
    types = call.params.get("types")
    oldest = {"gte": box.now() - EVENT_SECONDS}
    created = call.params.get("created")
    if created is None:
        created = oldest
    elif isinstance(created, dict):
        created = {**created, "gte": max(oldest["gte"], int(created.get("gte", 0)))}
    inner = Call({**call.params, "created": created}, call.ids, call.account, call.path)
    return page(box, inner, "event", "type", types=types if isinstance(types, list) else None)


@operation("GET", "/v2/core/events/{id}")
def retrieve_thin(box: Box, call: Call) -> Json:
    """Get a thin event."""
    event = box.store.find(call.ids["id"])
    if event is None or event.get("object") != "v2.core.event":
        raise Missing("event", call.ids["id"])
    return event


@operation("GET", "/v2/core/events")
def index_thin(box: Box, call: Call) -> Json:
    """List thin events of the last 30 days by object, type and time, page by page."""
    about = call.text("object_id")
    store = box.store
    every = (
        store.where("v2.core.event", "_about", about) if about else store.of_kind("v2.core.event")
    )
    limit, fits = call.page_size(), _filter(box, call)
    cursor = call.text("page") or "0"
    if not cursor.isdecimal():
        raise Refused("Invalid page.", param="page")
    start = int(cursor)
    following = f"{call.path}?page={start + limit}&limit={limit}" + _query(call)
    rows = list(islice(filter(fits, every), start, start + limit + 1))
    return {
        "data": rows[:limit],
        "next_page_url": following if len(rows) > limit else None,
        "previous_page_url": None,
    }


def _query(call: Call) -> str:
    parts = [f"&types[{i}]={kind}" for i, kind in enumerate(call.params.get("types") or [])]
    if (about := call.text("object_id")) is not None:
        parts.append(f"&object_id={about}")
    created = call.params.get("created")
    if isinstance(created, dict):
        parts += [f"&created[{name}]={value}" for name, value in created.items()]
    return "".join(parts)


def _filter(box: Box, call: Call) -> Callable[[Json], bool]:
    types, created = call.params.get("types"), call.params.get("created")
    limits = created if isinstance(created, dict) else {}
    above, least = _seconds(limits.get("gt"), -1), _seconds(limits.get("gte"), 0)
    below, most = _seconds(limits.get("lt"), 1 << 60), _seconds(limits.get("lte"), 1 << 60)
    least = max(least, box.now() - EVENT_SECONDS)

    def fits(event: Json) -> bool:
        moment = int(event["_moment"])
        in_time = above < moment < below and least <= moment <= most
        return in_time and (not isinstance(types, list) or event["type"] in types)

    return fits


def _seconds(moment: Any, default: int) -> float:
    if moment is None:
        return default
    try:
        return datetime.fromisoformat(str(moment)).timestamp()
    except ValueError:
        raise Refused("Invalid timestamp.", param="created") from None


# -- destinations --------------------------------------------------------------------------


def check_url(url: str) -> str:
    """A webhook's address; only this machine is ever called."""
    if urlsplit(url).hostname not in ("127.0.0.1", "localhost", "::1"):
        raise Refused("The sandbox only sends webhooks to this machine.", param="url")
    return url


def add_hook(box: Box, url: str, secret: str, **options: Any) -> Json:
    """Start sending events to an address."""
    hook: Json = {
        "id": options.pop("id", None) or box.store.identifier("ed_test"),
        "_kind": "_hook",
        "url": check_url(url),
        "secret": secret,
        "payload": "thin",
        "events": ["*"],
        "disabled": False,
        "duplicate": False,
        "shuffle": False,
        "delay": 0,
        "name": "",
        "description": "",
        "created": box.now(),
        "updated": box.now(),
        "metadata": {},
    }
    return box.store.put(hook | options)


def _view(hook: Json, *, secret: bool = False) -> Json:
    return of_kind(
        "v2.core.event_destination",
        id=hook["id"],
        created=iso(hook["created"]),
        updated=iso(hook["updated"]),
        name=hook["name"],
        description=hook["description"],
        enabled_events=hook["events"],
        event_payload=hook["payload"],
        status="disabled" if hook["disabled"] else "enabled",
        type="webhook_endpoint",
        metadata=hook["metadata"],
        webhook_endpoint={
            "signing_secret": hook["secret"] if secret else None,
            "url": hook["url"],
        },
    )


def _hook(box: Box, call: Call) -> Json:
    hook = box.store.find(call.ids["id"])
    if hook is None or hook.get("_kind") != "_hook":
        raise Missing("event_destination", call.ids["id"])
    return hook


@operation("POST", "/v2/core/event_destinations")
def create_destination(box: Box, call: Call) -> Json:
    """Send events to a webhook; `include` shows its signing secret once."""
    if call.text("type") != "webhook_endpoint":
        raise Unsupported("only webhook_endpoint destinations are supported")
    endpoint = call.params.get("webhook_endpoint") or {}
    hook = add_hook(
        box,
        str(endpoint.get("url") or ""),
        box.store.identifier("whsec", 32),
        payload=call.text("event_payload"),
        events=list(call.params.get("enabled_events") or []),
        name=call.text("name") or "",
        description=call.text("description") or "",
        metadata=call.metadata(),
    )
    shown = "webhook_endpoint.signing_secret" in (call.params.get("include") or [])
    return _view(hook, secret=shown)


@operation("GET", "/v2/core/event_destinations/{id}")
def retrieve_destination(box: Box, call: Call) -> Json:
    """Get a destination."""
    return _view(_hook(box, call))


@operation("GET", "/v2/core/event_destinations")
def index_destinations(box: Box, call: Call) -> Json:
    """List destinations."""
    rows = [_view(h) for h in box.store.of_kind("_hook")][: call.page_size()]
    return {"data": rows, "next_page_url": None, "previous_page_url": None}


@operation("POST", "/v2/core/event_destinations/{id}/disable")
def disable_destination(box: Box, call: Call) -> Json:
    """Stop sending to a destination."""
    return _view(box.edit(_hook(box, call), disabled=True, updated=box.now()))


@operation("POST", "/v2/core/event_destinations/{id}/enable")
def enable_destination(box: Box, call: Call) -> Json:
    """Send to a destination again."""
    return _view(box.edit(_hook(box, call), disabled=False, updated=box.now()))


@operation("DELETE", "/v2/core/event_destinations/{id}")
def delete_destination(box: Box, call: Call) -> Json:
    """Forget a destination."""
    hook = _hook(box, call)
    box.store.drop(hook)
    return {"id": hook["id"], "object": "v2.core.event_destination"}

"""Events: a snapshot for /v1/events, a thin one for /v2/core/events, a delivery for each webhook.

Never sends anything: `webhooks` carries the deliveries out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe._api_version import _ApiVersion

from payments.sandbox import eventtypes, oracle
from payments.sandbox.clock import iso
from payments.sandbox.skeleton import SHAPES, Json, of_kind
from payments.sandbox.store import kind_of

if TYPE_CHECKING:
    from payments.sandbox.box import Box

API_VERSION: str = _ApiVersion.CURRENT

_FOLDERS = {
    "account": "/v1/accounts",
    "charge": "/v1/charges",
    "checkout.session": "/v1/checkout/sessions",
    "customer": "/v1/customers",
    "dispute": "/v1/disputes",
    "payment_intent": "/v1/payment_intents",
    "payment_method": "/v1/payment_methods",
    "payout": "/v1/payouts",
    "refund": "/v1/refunds",
    "setup_intent": "/v1/setup_intents",
    "topup": "/v1/topups",
    "transfer": "/v1/transfers",
}


def public(value: Any) -> Any:
    """A copy without the sandbox's own fields (those that begin with `_`)."""
    if isinstance(value, dict):
        return {
            k: public(v) if isinstance(v, dict | list) else v
            for k, v in value.items()
            if k[:1] != "_"
        }
    return [public(v) for v in value] if isinstance(value, list) else value


def emit(box: Box, kind: str, obj: Json, previous: Json | None = None) -> None:
    """Record that something happened to a v1 object, e.g. `payment_intent.succeeded`."""
    assert kind in eventtypes.event_types(), kind
    account = obj.get("_account", box.PLATFORM)
    connected = account != box.PLATFORM
    owner = obj["id"] if kind_of(obj) == "account" else account if connected else None
    data: Json = {"object": public(obj)}
    if previous:
        data["previous_attributes"] = previous
    snapshot = box.new(
        "event",
        account,
        type=kind,
        data=data,
        account=owner,
        api_version=API_VERSION,
        pending_webhooks=box.store.count("_hook"),
        request={"id": box.request_id, "idempotency_key": box.request_key},
    )
    _judge(box, kind, "event", snapshot)
    thin: Json | None = None
    if f"v1.{kind}" in eventtypes.thin_events():
        related = _related(obj)
        thin = _thin(box, f"v1.{kind}", related, owner, snapshot["id"])
    for hook in reversed(box.store.of_kind("_hook")):
        chosen = snapshot if hook["payload"] == "snapshot" else thin
        if chosen is not None:
            _queue(box, hook, chosen)


def emit_v2(box: Box, kind: str, identifier: str, data: Json | None = None) -> None:
    """Record an event of the v2 API about an account, e.g. `v2.core.account.created`."""
    assert kind in eventtypes.thin_events(), kind
    url = f"/v2/core/accounts/{identifier}"
    related = {"id": identifier, "type": "v2.core.account", "url": url}
    thin = _thin(box, kind, None if "account_link" in kind else related, None, None, data)
    for hook in reversed(box.store.of_kind("_hook")):
        if hook["payload"] == "thin":
            _queue(box, hook, thin)


def _related(obj: Json) -> Json:
    kind = kind_of(obj)
    if kind == "balance":  # a singleton has no id
        return {"type": "balance", "url": "/v1/balance"}
    return {"id": obj["id"], "type": kind, "url": f"{_FOLDERS[kind]}/{obj['id']}"}


def _thin(
    box: Box,
    kind: str,
    related: Json | None,
    context: str | None,
    snapshot: str | None,
    data: Json | None = None,
) -> Json:
    reason: Json | None = None
    if box.request_id:
        request = {"id": box.request_id, "idempotency_key": box.request_key or ""}
        reason = {"type": "request", "request": request}
    thin = of_kind(
        "v2.core.event",
        id=box.store.identifier("evt_test"),
        created=iso(box.clock.now()),
        type=kind,
        context=context,
        reason=reason,
        snapshot_event=snapshot,
    )
    if related is not None:
        thin["related_object"] = related
    if data is not None:
        thin["data"] = data
    _judge(box, kind, "v2.core.event", thin)
    about = related.get("id") if related else None
    thin.update(_account=box.PLATFORM, _moment=box.clock.now(), _about=about)
    box.store.put(thin)
    return thin


def _judge(box: Box, kind: str, shape: str, obj: Json) -> None:
    box.conformance.judged()
    errors = oracle.check_object(SHAPES[shape], public(obj))
    if errors:
        box.conformance.violation(f"event {kind}", errors)


def deliver(box: Box, event: Json) -> int:
    """Send an event once more to every webhook that wants its kind; returns to how many."""
    kind = "thin" if event["object"] == "v2.core.event" else "snapshot"
    before = box.store.count("_delivery")
    for hook in reversed(box.store.of_kind("_hook")):
        if hook["payload"] == kind:
            _queue(box, hook, event)
    return box.store.count("_delivery") - before


def _queue(box: Box, hook: Json, event: Json) -> None:
    wanted = hook["events"]
    if hook["disabled"] or ("*" not in wanted and event["type"] not in wanted):
        return
    identifier = box.store.identifier("delivery")
    box.store.put(
        {
            "id": identifier,
            "_kind": "_delivery",
            "hook": hook["id"],
            "event": event["id"],
            "attempts": 0,
            "created": box.clock.exact(),
        }
    )

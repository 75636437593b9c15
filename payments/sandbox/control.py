"""The controls under `/_sandbox`: time, faults, webhooks, 3-D Secure, disputes, onboarding.

Never part of Stripe's API, so no API key is asked; the server only listens on this machine.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from payments.sandbox import charges, charging, disputing, events, faults, money, rates, sessions
from payments.sandbox.box import Box
from payments.sandbox.errors import Refused, StripeError
from payments.sandbox.events import public
from payments.sandbox.resources import accounts, checkout, payouts, refunds, setups
from payments.sandbox.resources.events import add_hook
from payments.sandbox.skeleton import Json
from payments.sandbox.webhooks import Sender

_PERIODIC = ("stripe_fee", "stripe_fx_fee", "tax_fee")
QUIET_SECONDS = 10.0

Action = Callable[[Box, str, Json], Json]


def state(box: Box, _: str, __: Json) -> Json:
    """Counts, time, waiting deliveries and everything that did not conform."""
    return {
        "now": box.now(),
        "offset": box.clock.offset,
        "checked": box.conformance.checked,
        "misfits": box.conformance.misfits,
        "violations": box.conformance.violations,
        "violation_count": len(box.conformance.violations),
        "waiting_deliveries": box.store.count("_delivery"),
        "objects": box.store.counts(),
        "balance": public(money.view(box, box.PLATFORM)),
        "events": [e["type"] for e in box.store.newest("event", 1000)],
    }


async def quiet(box: Box, sender: Sender) -> Json:
    """Answers once every event is delivered (or after ten seconds): what waits, our balance."""
    limit = time.monotonic() + QUIET_SECONDS
    box.tick()
    while box.store.count("_delivery") and time.monotonic() < limit:
        sender.wake()
        await asyncio.sleep(0.002)
    waiting = box.store.count("_delivery")
    return {"waiting_deliveries": waiting, "balance": public(money.view(box, box.PLATFORM))}


def advance(box: Box, _: str, given: Json) -> Json:
    """`{"seconds": n}`: move the clock and let happen what falls due."""
    box.advance(float(given.get("seconds", 0)))
    return {"now": box.now(), "offset": box.clock.offset}


def prove(box: Box, identifier: str, given: Json) -> Json:
    """`3ds/{intent}` with `{"result": "pass" | "fail"}`: what the person did at their bank."""
    intent = box.store.find(identifier)
    if intent is None or intent.get("status") != "requires_action":
        raise Refused(f"{identifier} does not wait for 3-D Secure.")
    passed = str(given.get("result", "pass")) == "pass"
    method = box.store.objects[intent["payment_method"]]
    if intent["object"] == "setup_intent":
        if passed:
            setups.confirm_with(box, intent, method, proved=True)
        else:
            setups.fail(box, intent, "payment_intent_authentication_failure", None)
    elif passed:
        charging.confirm(box, intent, method, proved=True)
    else:
        charges.fail_authentication(box, intent)
    sessions.follow(box, intent)
    return dict(public(intent))


def onboard(box: Box, identifier: str, given: Json) -> Json:
    """`onboard/{account}`: `{}` completes it.

    Or `{"missing": [...]}`, `{"later": [...]}` (stays active), `{"verifying": true}`,
    `{"rejected": true}`, `{"payouts_fail": "account_closed"}`, `{"recipient_agreement": true}`.
    """
    account = box.get(identifier, "account")
    changes: Json = {
        "_missing": [m for m in accounts.REQUIREMENTS if m in given.get("missing", [])],
        "_later": [m for m in accounts.REQUIREMENTS if m in given.get("later", [])],
        "_verifying": bool(given.get("verifying", False)),
        "_rejected": bool(given.get("rejected", False)),
        "_requested": True,
    }
    for name in ("payouts_fail", "recipient_agreement"):
        if name in given:
            changes[f"_{name}"] = given[name]
    accounts.change(box, account, **changes)
    return accounts.summary(account)


def pay(box: Box, identifier: str, given: Json) -> Json:
    """`pay/{session}` with `number`, `iban` or `saved` (a method's id): as on the page."""
    session = box.get(identifier, "checkout.session")
    checkout.submit(box, session, method_of(given))
    return dict(public(session))


def method_of(given: Json) -> Json:
    """What the page's form or the control says, as payment method parameters."""
    if given.get("saved"):
        return {"saved": str(given["saved"])}
    billing = {"name": given.get("name") or None, "email": given.get("email") or None}
    if given.get("iban"):
        debit = {"iban": given["iban"]}
        return {"type": "sepa_debit", "sepa_debit": debit, "billing_details": billing}
    number = given.get("number") or "4242424242424242"
    return {"type": "card", "card": {"number": number}, "billing_details": billing}


def dispute(box: Box, identifier: str, given: Json) -> Json:
    """`disputes` with `{"charge", "amount"}` opens one, `disputes/{id}` with `{"result"}` ends it.

    Without `amount` all of the charge.
    """
    if identifier:
        found = box.get(identifier, "dispute")
        return dict(public(disputing.close_dispute(box, found, won=given.get("result") == "won")))
    charge = box.get(str(given.get("charge")), "charge")
    amount = int(given["amount"]) if "amount" in given else None
    return dict(public(disputing.open_dispute(box, charge, given.get("reason"), amount)))


def fail_refund(box: Box, identifier: str, given: Json) -> Json:
    """`refunds/{id}`: the bank sends a refund back."""
    refund = box.get(identifier, "refund")
    return dict(public(refunds.fail(box, refund, str(given.get("reason", "unknown")))))


def fail_payout(box: Box, identifier: str, given: Json) -> Json:
    """`payouts/{id}`: the bank sends a payout back (`failure_code`)."""
    found = box.store.find(identifier)
    if found is None or found.get("object") != "payout":
        raise Refused(f"No such payout: '{identifier}'")
    return dict(public(payouts.fail(box, found, str(given.get("failure_code", "account_closed")))))


def fault(box: Box, _: str, given: Json) -> Json:
    """`{"kind": …}` with path (regex), method, times, seconds; `{"clear": true}` disarms."""
    if given.get("clear"):
        return {"cleared": faults.clear(box)}
    return dict(faults.add(box, given))


def hook(box: Box, _: str, given: Json) -> Json:
    """`{"url", "secret"}` adds a webhook; `{"clear": true}` removes all.

    Without url, `duplicate`, `shuffle`, `delay` and `disabled` apply to all of them.
    """
    hooks = box.store.of_kind("_hook")
    if given.get("clear"):
        for found in hooks:
            box.store.drop(found)
        return {"cleared": len(hooks)}
    options = {
        name: given[name]
        for name in ("duplicate", "shuffle", "delay", "disabled", "payload", "events")
        if name in given
    }
    if "url" in given:
        return dict(add_hook(box, str(given["url"]), str(given["secret"]), **options))
    for found in hooks:
        box.edit(found, **options)
    return {"hooks": len(hooks)}


def deliver(box: Box, identifier: str, given: Json) -> Json:
    """`events/{id}` sends one again; `events` with `{"last": n}` the last n, e.g. after a loss."""
    if identifier:
        chosen = [box.store.find(identifier)]
    else:
        chosen = list(reversed(box.store.of_kind("v2.core.event")[: int(given.get("last", 10))]))
    known = [e for e in chosen if e and e.get("object") in ("event", "v2.core.event")]
    if not known:
        raise Refused(f"No such event: '{identifier}'")
    return {"deliveries": sum(events.deliver(box, event) for event in known)}


def fee(box: Box, _: str, given: Json) -> Json:
    """`{"amount": 200}`, `currency`, `type`: Stripe's own fee, which no event announces."""
    kind = str(given.get("type", "stripe_fee"))
    amount, currency = int(given["amount"]), str(given.get("currency", box.settings.currency))
    if kind not in _PERIODIC or amount <= 0:
        raise Refused(f"type must be one of {', '.join(_PERIODIC)}, amount above 0")
    owed = money.post(box, box.PLATFORM, kind, -amount, currency, "", category="fee")
    return dict(public(box.edit(owed, source=None, description="Connect, monthly")))


def rate(box: Box, _: str, given: Json) -> Json:
    """`{"usd": 1.2}`: how many units of a currency one euro buys from now on."""
    return rates.change(box, given)


def schedule(box: Box, _: str, given: Json) -> Json:
    """`{"interval": "daily"}`: the Dashboard's payout schedule of the platform itself."""
    interval = given.get("interval")
    if interval not in ("manual", "daily", "weekly", "monthly"):
        raise Refused("interval must be manual, daily, weekly or monthly")
    payouts.set_schedule(box, box.PLATFORM, {"interval": interval})
    return {"schedule": payouts.schedule(box, box.PLATFORM)}


ACTIONS: dict[str, Action] = {
    "state": state,
    "advance": advance,
    "3ds": prove,
    "onboard": onboard,
    "pay": pay,
    "disputes": dispute,
    "refunds": fail_refund,
    "payouts": fail_payout,
    "schedule": schedule,
    "fees": fee,
    "rates": rate,
    "faults": fault,
    "hooks": hook,
    "events": deliver,
}


class Control:
    """Answers `/_sandbox/{action}` and `/_sandbox/{action}/{id}`."""

    def __init__(self, box: Box, sender: Sender) -> None:
        self.box = box
        self.sender = sender

    async def __call__(self, request: Request) -> Response:
        """Carry one control out: JSON or form in, JSON out."""
        name = request.path_params["action"]
        if name == "quiet" and request.method == "GET":
            return JSONResponse(await quiet(self.box, self.sender))
        action = ACTIONS.get(name)
        if action is None or (request.method == "GET") != (name == "state"):
            return JSONResponse({"error": f"no such control: {request.method} {name}"}, 404)
        try:
            given = await _given(request)
            self.box.tick()
            if name == "advance":  # many small transactions of its own
                body = advance(self.box, "", given)
            else:
                with self.box.store.transaction():
                    body = action(self.box, request.path_params.get("id", ""), given)
        except StripeError as error:
            self.sender.wake()
            return JSONResponse(error.body, error.status)
        except (ValueError, TypeError, KeyError) as error:
            return JSONResponse({"error": f"bad control: {error!r}"}, 400)
        self.sender.wake()
        return JSONResponse(body)


async def _given(request: Request) -> dict[str, Any]:
    body = await request.body()
    if not body:
        return {}
    value = json.loads(body)
    if not isinstance(value, dict):
        raise TypeError("expected a JSON object")
    return value

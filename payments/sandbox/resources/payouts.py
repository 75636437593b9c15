"""Payouts to a bank: by hand, and automatic ones as an account's settings say.

Never takes more than is available.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from payments.sandbox import money
from payments.sandbox.box import Box
from payments.sandbox.clock import DAY
from payments.sandbox.errors import Refused
from payments.sandbox.operations import Call, merged, operation, page
from payments.sandbox.skeleton import Json
from payments.sandbox.timers import timer

ARRIVES_SECONDS = 2 * DAY
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FAILURES = {
    "account_closed": "The bank account has been closed.",
    "no_account": "The bank account could not be found.",
    "could_not_process": "The bank could not process this payout.",
}


def pay_out(box: Box, account: str, amount: int, currency: str, *, automatic: bool) -> Json:
    """Send an amount from an account's available balance to its bank."""
    if amount <= 0:
        raise Refused("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > money.available(box, account, currency):
        raise Refused(
            "You have insufficient funds in your Stripe account for this payout. One likely"
            " reason is that some of them are still pending.",
            code="balance_insufficient",
            param="amount",
        )
    payout = box.new(
        "payout",
        account,
        amount=amount,
        currency=currency,
        status="pending",
        arrival_date=box.now() + ARRIVES_SECONDS,
        method="standard",
        source_type="card",
        type="bank_account",
        automatic=automatic,
        reconciliation_status="in_progress" if automatic else "not_applicable",
    )
    out = money.post(box, account, "payout", -amount, currency, payout["id"], category="payout")
    box.edit(payout, balance_transaction=out["id"])
    box.emit("payout.created", payout)
    box.later(ARRIVES_SECONDS, "payout.arrive", payout["id"])
    return payout


@timer("payout.arrive")
def _arrive(box: Box, identifier: str) -> None:
    payout = box.store.objects[identifier]
    if payout["status"] not in ("pending", "in_transit"):
        return
    owner = box.store.find(payout["_account"])
    if owner is not None and (code := owner.get("_payouts_fail")):
        fail(box, payout, code)
        return
    state = "completed" if payout["automatic"] else "not_applicable"
    box.edit(payout, status="paid", reconciliation_status=state)
    box.emit("payout.paid", payout)


def fail(box: Box, payout: Json, code: str = "account_closed") -> Json:
    """The bank sends a payout back; the amount returns to the balance."""
    if payout["status"] in ("failed", "canceled"):
        raise Refused(f"This payout's status is {payout['status']}; it cannot fail.")
    if code not in _FAILURES:
        raise Refused(f"failure_code must be one of {', '.join(_FAILURES)}", param="failure_code")
    back = _give_back(box, payout, "payout_failure")
    box.edit(
        payout,
        status="failed",
        failure_code=code,
        failure_message=_FAILURES[code],
        failure_balance_transaction=back["id"],
    )
    box.emit("payout.failed", payout)
    return payout


def _give_back(box: Box, payout: Json, kind: str) -> Json:
    return money.post(
        box,
        payout["_account"],
        kind,
        payout["amount"],
        payout["currency"],
        payout["id"],
        category=kind,
    )


# -- automatic payouts ---------------------------------------------------------------------


def plan(box: Box, account: str, moment: int) -> None:
    """Plan the automatic payout that follows money arriving on an account."""
    due = next_payout(schedule(box, account), moment)
    if due is not None:
        box.later(due - box.now(), "payout.automatic", account)


def schedule(box: Box, account: str) -> Json:
    """The payout schedule of an account: manual for the platform, daily for the others."""
    saved = box.store.find(f"settings:{account}")
    if saved is not None:
        return dict(saved["schedule"])
    return {"interval": "manual" if account == box.PLATFORM else "daily"}


def set_schedule(box: Box, account: str, changes: Json) -> None:
    """Change the payout schedule of an account, and plan its next automatic payout."""
    saved = box.store.find(f"settings:{account}")
    if saved is None:
        saved = box.store.put({"id": f"settings:{account}", "_kind": "_settings", "schedule": {}})
    box.edit(saved, schedule={**schedule(box, account), **changes})
    plan(box, account, box.now())


def next_payout(plan_: Json, moment: int) -> int | None:
    """The first midnight (UTC) after a moment on which the schedule pays out, or None."""
    day = datetime.fromtimestamp(moment, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(62):
        day += timedelta(days=1)
        if _pays_on(plan_, day):
            return int(day.timestamp())
    return None


def _pays_on(plan_: Json, day: datetime) -> bool:
    match plan_["interval"]:
        case "daily":
            return True
        case "weekly":
            return _WEEKDAYS[day.weekday()] in (plan_.get("weekly_payout_days") or ["friday"])
        case "monthly":
            return day.day in [int(d) for d in plan_.get("monthly_payout_days") or [1]]
        case _:
            return False


@timer("payout.automatic")
def _automatic(box: Box, account: str) -> None:
    if schedule(box, account)["interval"] == "manual":
        return
    if account == box.PLATFORM:  # charges come at any time: it is looked at every day of the plan
        plan(box, account, box.now())
    elif not (owner := box.store.find(account)) or not owner["payouts_enabled"]:
        return
    for totals in box.store.of_kind("_balance"):
        if totals["account"] == account and totals["available"] > 0:
            pay_out(box, account, totals["available"], totals["currency"], automatic=True)


# -- operations ----------------------------------------------------------------------------


@operation("POST", "/v1/payouts", "payout.created")
def create(box: Box, call: Call) -> Json:
    """Pay out from the available balance of the platform or of a connected account."""
    currency = str(call.text("currency")).lower()
    payout = pay_out(box, call.account, call.integer("amount"), currency, automatic=False)
    changes: Json = {"metadata": call.metadata(), "description": call.text("description")}
    changes["statement_descriptor"] = call.text("statement_descriptor")
    return box.edit(payout, **changes)


@operation("GET", "/v1/payouts/{payout}")
def retrieve(box: Box, call: Call) -> Json:
    """Get a payout."""
    return box.get(call.ids["payout"], "payout", call.account)


@operation("GET", "/v1/payouts")
def index(box: Box, call: Call) -> Json:
    """List payouts, also by status."""
    return page(box, call, "payout", "status")


@operation("POST", "/v1/payouts/{payout}", "payout.updated")
def update(box: Box, call: Call) -> Json:
    """Change a payout's metadata."""
    payout = box.get(call.ids["payout"], "payout", call.account)
    box.edit(payout, metadata=merged(payout["metadata"], call.params.get("metadata")))
    box.emit("payout.updated", payout)
    return payout


@operation("POST", "/v1/payouts/{payout}/cancel", "payout.canceled")
def cancel(box: Box, call: Call) -> Json:
    """Cancel a payout that has not left yet."""
    payout = box.get(call.ids["payout"], "payout", call.account)
    if payout["status"] != "pending" or payout["automatic"]:
        raise Refused("Only pending payouts made by hand can be canceled.")
    back = _give_back(box, payout, "payout_cancel")
    box.edit(payout, status="canceled", failure_balance_transaction=back["id"])
    box.emit("payout.canceled", payout)
    return payout

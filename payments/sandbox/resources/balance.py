"""Balance, balance transactions, balance settings and top-ups.

Never changes a balance except by a top-up.
"""

from __future__ import annotations

from payments.sandbox import money
from payments.sandbox.box import Box
from payments.sandbox.errors import Refused
from payments.sandbox.operations import Call, operation, page
from payments.sandbox.resources import payouts
from payments.sandbox.skeleton import Json, of_kind, part


@operation("GET", "/v1/balance")
def retrieve(box: Box, call: Call) -> Json:
    """Get what is available and what is pending, by currency."""
    return money.view(box, call.account)


@operation("GET", "/v1/balance_transactions/{id}")
def retrieve_transaction(box: Box, call: Call) -> Json:
    """Get a balance transaction."""
    return box.get(call.ids["id"], "balance_transaction", call.account)


@operation("GET", "/v1/balance_transactions")
def index_transactions(box: Box, call: Call) -> Json:
    """List balance transactions by source, type, currency and time."""
    return page(box, call, "balance_transaction", "source", "type", "currency")


def _settings(box: Box, account: str) -> Json:
    planned = payouts.schedule(box, account)
    days = {
        "monthly_payout_days": [int(d) for d in planned.get("monthly_payout_days") or []] or None,
        "weekly_payout_days": planned.get("weekly_payout_days"),
    }
    timing = part("balance_settings", "Payments", "SettlementTiming", delay_days=2)
    payout = part(
        "balance_settings",
        "Payments",
        "Payouts",
        schedule={"interval": planned["interval"], **days},
        status="enabled",
    )
    # The client of 16.1 cannot read a null here, so Stripe evidently leaves it out.
    del payout["automatic_transfer_rules_by_currency"]
    payments = {"debit_negative_balances": True, "payouts": payout, "settlement_timing": timing}
    return of_kind("balance_settings", payments=payments)


@operation("GET", "/v1/balance_settings")
def retrieve_settings(box: Box, call: Call) -> Json:
    """Get an account's payout schedule."""
    return _settings(box, call.account)


@operation("POST", "/v1/balance_settings", "balance_settings.updated")
def update_settings(box: Box, call: Call) -> Json:
    """Set a connected account's payout schedule: manual, daily, weekly or monthly."""
    if call.account == box.PLATFORM:
        raise Refused("Your own account's payout schedule is set in the Dashboard.")
    payments = call.params.get("payments")
    given = payments.get("payouts", {}).get("schedule") if isinstance(payments, dict) else None
    if isinstance(given, dict):
        payouts.set_schedule(box, call.account, given)
    return _settings(box, call.account)


@operation("POST", "/v1/topups", "topup.created", "topup.succeeded")
def create_topup(box: Box, call: Call) -> Json:
    """Add the platform's own money to its balance, available at once."""
    amount, currency = call.integer("amount"), str(call.text("currency")).lower()
    if amount <= 0:
        raise Refused("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    topup = box.new(
        "topup",
        amount=amount,
        currency=currency,
        description=call.text("description"),
        metadata=call.metadata(),
        transfer_group=call.text("transfer_group"),
        status="succeeded",
        expected_availability_date=box.now(),
    )
    income = money.post(box, box.PLATFORM, "topup", amount, currency, topup["id"], category="topup")
    box.edit(topup, balance_transaction=income["id"])
    box.emit("topup.created", topup)
    box.emit("topup.succeeded", topup)
    return topup


@operation("GET", "/v1/topups/{topup}")
def retrieve_topup(box: Box, call: Call) -> Json:
    """Get a top-up."""
    return box.get(call.ids["topup"], "topup", call.account)


@operation("GET", "/v1/topups")
def index_topups(box: Box, call: Call) -> Json:
    """List top-ups."""
    return page(box, call, "topup", "status")

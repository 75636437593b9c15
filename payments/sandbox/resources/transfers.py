"""Transfers from the platform to a connected account, and their reversals.

Never retries: a transfer that lacks funds is refused, and the platform tries again.
"""

from __future__ import annotations

from payments.sandbox import money
from payments.sandbox.box import Box
from payments.sandbox.clock import DAY
from payments.sandbox.errors import Refused
from payments.sandbox.events import public
from payments.sandbox.operations import Call, merged, operation, page
from payments.sandbox.regions import PAYABLE
from payments.sandbox.resources import accounts, payouts
from payments.sandbox.skeleton import Json

# Accounts under the recipient agreement see a transfer's money a day later:
# docs.stripe.com/connect/service-agreement-types
RECIPIENT_DELAY_SECONDS = DAY


def _destination(box: Box, call: Call) -> Json:
    identifier = str(call.text("destination"))
    account = box.store.find(identifier)
    if account is None or account.get("object") != "account":
        raise Refused(
            f"No such destination: '{identifier}'", code="resource_missing", param="destination"
        )
    if account["country"] not in PAYABLE:
        raise Refused(
            "Funds can't be sent to accounts located in"
            f" {account['country']} because it's restricted outside of your platform's region.",
            code="transfers_not_allowed",
        )
    if accounts.status(account) != "active":
        raise Refused(
            "Your destination account needs to have at least one of the following capabilities"
            " enabled: transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    return account


def _source(box: Box, call: Call, identifier: str, amount: int, currency: str) -> Json:
    """The charge a transfer draws on, when it can still bear the amount."""
    charge = box.get(identifier, "charge", call.account, "source_transaction")
    if charge["status"] != "succeeded" or not charge["captured"]:
        raise Refused(
            "The source_transaction must be a successful, captured charge.",
            param="source_transaction",
        )
    income = money.line_of(box, charge)
    if currency != income["currency"]:
        raise Refused(
            "The currency of source_transaction's balance transaction"
            f" ({income['currency']}) differs from the transfer currency ({currency}).",
            code="transfer_source_balance_parameters_mismatch",
            param="currency",
        )
    captured = charge["amount_captured"]
    kept = income["amount"] * (captured - charge["_refunded"]) // captured
    left = kept - charge["_transferred"]
    if amount > left:
        raise Refused(
            f"The transfer amount ({amount}) is greater than what is left of the source"
            f" charge ({left}).",
            code="balance_insufficient",
            param="amount",
        )
    return charge


@operation("POST", "/v1/transfers", "transfer.created")
def create(box: Box, call: Call) -> Json:
    """Send money to a connected account, at once or out of one charge when its funds arrive."""
    amount, currency = call.integer("amount"), str(call.text("currency")).lower()
    if amount <= 0:
        raise Refused("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    destination = _destination(box, call)
    source, moment, group = call.text("source_transaction"), box.now(), call.text("transfer_group")
    if source is not None:
        charge = _source(box, call, source, amount, currency)
        moment = max(moment, money.line_of(box, charge)["available_on"])
        group = group or charge["transfer_group"]
        box.edit(charge, _transferred=charge["_transferred"] + amount)
    elif amount > money.available(box, box.PLATFORM, currency):
        raise Refused(
            "You have insufficient available funds in your Stripe account. Try adding funds"
            " directly to your available balance by creating Charges using the"
            " 4000000000000077 test card.",
            code="balance_insufficient",
        )
    transfer = box.new(
        "transfer",
        amount=amount,
        currency=currency,
        destination=destination["id"],
        description=call.text("description"),
        metadata=call.metadata(),
        source_transaction=source,
        source_type=call.text("source_type") or "card",
        transfer_group=group,
    )
    url = f"/v1/transfers/{transfer['id']}/reversals"
    no_reversals = {"object": "list", "data": [], "has_more": False, "url": url}
    box.edit(transfer, reversals=no_reversals)
    _move(box, transfer, destination, moment)
    box.emit("transfer.created", transfer)
    return transfer


def _move(box: Box, transfer: Json, destination: Json, moment: int) -> None:
    """Take the amount from the platform and give it to the account."""
    amount, currency, account = transfer["amount"], transfer["currency"], destination["id"]
    out = money.post(
        box,
        box.PLATFORM,
        "transfer",
        -amount,
        currency,
        transfer["id"],
        category="transfer",
        available_on=moment,
    )
    arrives = moment + (RECIPIENT_DELAY_SECONDS if destination["_recipient_agreement"] else 0)
    payment = box.new(
        "charge",
        account,
        id=box.store.identifier("py"),
        amount=amount,
        amount_captured=amount,
        currency=currency,
        status="succeeded",
        paid=True,
        captured=True,
        source_transfer=transfer["id"],
        transfer_group=transfer["transfer_group"],
        _transferred=0,
        _refunded=0,
    )
    income = money.post(
        box,
        account,
        "payment",
        amount,
        currency,
        payment["id"],
        category="transfer",
        available_on=arrives,
    )
    box.edit(payment, balance_transaction=income["id"])
    box.edit(transfer, balance_transaction=out["id"], destination_payment=payment["id"])
    payouts.plan(box, account, arrives)


@operation("GET", "/v1/transfers/{transfer}")
def retrieve(box: Box, call: Call) -> Json:
    """Get a transfer with its reversals."""
    return box.get(call.ids["transfer"], "transfer", call.account)


@operation("GET", "/v1/transfers")
def index(box: Box, call: Call) -> Json:
    """List transfers, also by transfer group or destination."""
    return page(box, call, "transfer", "transfer_group", "destination")


@operation("POST", "/v1/transfers/{transfer}", "transfer.updated")
def update(box: Box, call: Call) -> Json:
    """Change a transfer's description or metadata."""
    transfer = box.get(call.ids["transfer"], "transfer", call.account)
    changes: Json = {}
    if "description" in call.params:
        changes["description"] = call.text("description")
    if "metadata" in call.params:
        changes["metadata"] = merged(transfer["metadata"], call.params["metadata"])
    before = {name: transfer[name] for name in changes}
    box.edit(transfer, **changes)
    box.emit("transfer.updated", transfer, before)
    return transfer


@operation("POST", "/v1/transfers/{id}/reversals", "transfer.reversed")
def reverse(box: Box, call: Call) -> Json:
    """Take a transfer back, whole or in part, as far as the account's balance reaches."""
    transfer = box.get(call.ids["id"], "transfer", call.account)
    left = transfer["amount"] - transfer["amount_reversed"]
    if left == 0:
        raise Refused(f"Transfer {transfer['id']} is already fully reversed.")
    amount = call.integer("amount", left)
    if not 0 < amount <= left:
        raise Refused(
            f"Transfer reversal amount ({amount}) is greater than unreversed amount on"
            f" transfer ({left})",
            param="amount",
        )
    if amount > money.held(box, transfer["destination"], transfer["currency"]):
        raise Refused(
            "Insufficient funds in the connected account's Stripe balance to reverse this"
            " transfer.",
            code="balance_insufficient",
        )
    return _take_back(box, call, transfer, amount)


def _take_back(box: Box, call: Call, transfer: Json, amount: int) -> Json:
    currency, account = transfer["currency"], transfer["destination"]
    reversal = box.new(
        "transfer_reversal",
        amount=amount,
        currency=currency,
        transfer=transfer["id"],
        metadata=call.metadata(),
    )
    income = box.store.objects[transfer["balance_transaction"]]
    paid = box.store.objects[
        box.store.objects[transfer["destination_payment"]]["balance_transaction"]
    ]
    back = money.post(
        box,
        box.PLATFORM,
        "transfer_refund",
        amount,
        currency,
        reversal["id"],
        category="transfer_reversal",
        available_on=income["available_on"],
    )
    money.post(
        box,
        account,
        "payment_refund",
        -amount,
        currency,
        reversal["id"],
        category="transfer_reversal",
        available_on=paid["available_on"],
    )
    box.edit(reversal, balance_transaction=back["id"])
    _count_reversal(box, transfer, reversal)
    box.emit("transfer.reversed", transfer)
    return reversal


def _count_reversal(box: Box, transfer: Json, reversal: Json) -> None:
    """Bring the transfer, and the charge it drew on, in line with a reversal."""
    amount = reversal["amount"]
    reversed_minor = transfer["amount_reversed"] + amount
    listed = transfer["reversals"] | {
        "data": [public(reversal), *transfer["reversals"]["data"]][:10]
    }
    box.edit(
        transfer,
        amount_reversed=reversed_minor,
        reversed=reversed_minor == transfer["amount"],
        reversals=listed,
    )
    if (charge := box.store.find(transfer["source_transaction"] or "")) is not None:
        box.edit(charge, _transferred=charge["_transferred"] - amount)


@operation("GET", "/v1/transfers/{id}/reversals")
def index_reversals(box: Box, call: Call) -> Json:
    """List a transfer's reversals."""
    transfer = box.get(call.ids["id"], "transfer", call.account)
    return page(
        box,
        Call({**call.params, "transfer": transfer["id"]}, call.ids, call.account, call.path),
        "transfer_reversal",
        "transfer",
    )


@operation("GET", "/v1/transfers/{transfer}/reversals/{id}")
def retrieve_reversal(box: Box, call: Call) -> Json:
    """Get one reversal of a transfer."""
    box.get(call.ids["transfer"], "transfer", call.account)
    return box.get(call.ids["id"], "transfer_reversal", call.account)

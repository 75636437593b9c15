"""Owns every call to Stripe, one function per call.

Never touches the database and never decides an amount.

Writes take the idempotency key from the caller: the SDK's own random keys do not survive a crash.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from stripe import (
    BalanceTransaction,
    Charge,
    ListObject,
    PaymentIntent,
    Payout,
    Refund,
    StripeObject,
    Topup,
    Transfer,
    TransferReversal,
)
from stripe.checkout import Session

from payments.errors import NotYet, StripeRefused
from payments.gateway.client import call, client
from payments.gateway.views import (
    BalanceLine,
    CardView,
    ChargeView,
    DisputeView,
    IntentView,
    PlatformMove,
    SessionView,
    WrittenView,
)
from payments.money import Money

T = TypeVar("T", bound=StripeObject)

_PAGE = 100


async def _all(operation: str, fetch: Callable[[], Awaitable[ListObject[T]]]) -> AsyncIterator[T]:
    """Every item of a list, page by page, each page a call of its own."""
    page = await call(operation, fetch)
    while True:
        for item in page.data:
            yield item
        if not page.has_more:
            return
        page = await call(operation, page.next_page_async)


def _id(reference: Any) -> str | None:
    """The id of an expandable field, expanded or not."""
    return reference if reference is None or isinstance(reference, str) else str(reference.id)


def _money(minor: int, currency: str) -> Money:
    return Money(minor, currency.upper())


def metadata_of(thing: Any) -> dict[str, str]:
    """The metadata of a Stripe object as a plain dict; empty when it has none."""
    return dict(thing.metadata.to_dict()) if getattr(thing, "metadata", None) else {}


# -- paying in -------------------------------------------------------------------------------------


async def create_customer(*, payer: str, name: str | None, email: str | None, key: str) -> str:
    """A payer's customer; gives its id."""
    params: Any = {"metadata": {"payer": payer}}
    params |= {field: value for field, value in (("name", name), ("email", email)) if value}
    made = await call(
        "customers.create",
        lambda: client().v1.customers.create_async(params, {"idempotency_key": key}),
    )
    return made.id


async def create_session(
    *,
    customer: str,
    lines: list[tuple[str, Money]],
    group: str,
    metadata: Mapping[str, str],
    locale: str,
    success_url: str,
    cancel_url: str,
    key: str,
) -> SessionView:
    """A hosted Checkout page. `lines` are what the payer reads and pays."""
    params: Any = {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "customer": customer,
        "client_reference_id": metadata["funding"],
        "locale": locale,
        "success_url": success_url,
        "cancel_url": cancel_url,
        "metadata": dict(metadata),
        "payment_intent_data": {
            "transfer_group": group,
            "metadata": dict(metadata),
            "setup_future_usage": "off_session",
        },
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": amount.currency.lower(),
                    "unit_amount": amount.minor,
                    "product_data": {"name": name},
                },
            }
            for name, amount in lines
            if amount
        ],
    }
    made = await call(
        "checkout.sessions.create",
        lambda: client().v1.checkout.sessions.create_async(params, {"idempotency_key": key}),
    )
    return _session(made)


async def session(session_id: str) -> SessionView:
    """A Checkout Session as it is now."""
    found = await call(
        "checkout.sessions.retrieve",
        lambda: client().v1.checkout.sessions.retrieve_async(session_id),
    )
    return _session(found)


async def expire_session(session_id: str, *, key: str) -> SessionView:
    """Closes an open Checkout page. Raises StripeRefused when it is not open."""
    ended = await call(
        "checkout.sessions.expire",
        lambda: client().v1.checkout.sessions.expire_async(
            session_id, options={"idempotency_key": key}
        ),
    )
    return _session(ended)


def _session(found: Session) -> SessionView:
    return SessionView(
        found.id,
        found.status or "open",
        found.url,
        _id(found.payment_intent),
        metadata_of(found).get("funding"),
    )


async def create_intent(
    *,
    customer: str,
    method: str,
    amount: Money,
    group: str,
    description: str,
    metadata: Mapping[str, str],
    key: str,
) -> IntentView:
    """Charges a saved card without its holder present.

    Raises CardDeclined or AuthenticationRequired.
    """
    params: Any = {
        "amount": amount.minor,
        "currency": amount.currency.lower(),
        "customer": customer,
        "payment_method": method,
        "confirm": True,
        "off_session": True,
        "transfer_group": group,
        "description": description,
        "metadata": dict(metadata),
    }
    made = await call(
        "payment_intents.create",
        lambda: client().v1.payment_intents.create_async(params, {"idempotency_key": key}),
    )
    return await intent(made.id)


async def saved_card(customer: str) -> CardView | None:
    """The newest card the payer allowed us to charge later, if any."""
    found = await call(
        "payment_methods.list",
        lambda: client().v1.payment_methods.list_async(
            {"customer": customer, "type": "card", "limit": 1}
        ),
    )
    if not found.data or found.data[0].card is None:
        return None
    card = found.data[0].card
    return CardView(found.data[0].id, card.brand, card.last4, card.exp_month, card.exp_year)


async def create_setup_session(
    *, customer: str, currency: str, locale: str, success_url: str, cancel_url: str, key: str
) -> str:
    """The address of a hosted page that saves a card without charging it."""
    params: Any = {
        "mode": "setup",
        "ui_mode": "hosted_page",
        "customer": customer,
        "currency": currency.lower(),
        "locale": locale,
        "success_url": success_url,
        "cancel_url": cancel_url,
    }
    made = await call(
        "checkout.sessions.create",
        lambda: client().v1.checkout.sessions.create_async(params, {"idempotency_key": key}),
    )
    return str(made.url)


async def detach(method: str, *, key: str) -> None:
    """Forgets a saved card for good."""
    await call(
        "payment_methods.detach",
        lambda: client().v1.payment_methods.detach_async(method, options={"idempotency_key": key}),
    )


async def intent(intent_id: str) -> IntentView:
    """A PaymentIntent as it is now, with its charge once that succeeded."""
    found: PaymentIntent = await call(
        "payment_intents.retrieve", lambda: client().v1.payment_intents.retrieve_async(intent_id)
    )
    charge_id = _id(found.latest_charge)
    settled = found.status == "succeeded" and charge_id is not None
    problem = found.last_payment_error
    return IntentView(
        id=found.id,
        status=found.status,
        received=_money(found.amount_received, found.currency),
        metadata=metadata_of(found),
        failure=(problem.decline_code or problem.code) if problem else None,
        charge=await _charge(str(charge_id)) if settled else None,
    )


async def _charge(charge_id: str) -> ChargeView:
    found: Charge = await call(
        "charges.retrieve",
        lambda: client().v1.charges.retrieve_async(charge_id, {"expand": ["balance_transaction"]}),
    )
    line = found.balance_transaction
    known = isinstance(line, BalanceTransaction)
    return ChargeView(
        found.id,
        _money(found.amount_captured, found.currency),
        _money(line.fee, line.currency) if isinstance(line, BalanceTransaction) else None,
        line.currency.upper() if known and isinstance(line, BalanceTransaction) else None,
        found.payment_method_details.type if found.payment_method_details else None,
    )


# -- paying out ------------------------------------------------------------------------------------


async def create_transfer(
    *, amount: Money, account: str, charge: str, group: str, metadata: Mapping[str, str], key: str
) -> WrittenView:
    """Moves a part of one charge to a payee; waits at Stripe until that charge is available."""
    params: Any = {
        "amount": amount.minor,
        "currency": amount.currency.lower(),
        "destination": account,
        "source_transaction": charge,
        "transfer_group": group,
        "metadata": dict(metadata),
    }
    made = await call(
        "transfers.create",
        lambda: client().v1.transfers.create_async(params, {"idempotency_key": key}),
    )
    return _transfer(made)


async def create_refund(
    *, amount: Money, charge: str, metadata: Mapping[str, str], key: str
) -> WrittenView:
    """Sends a part of one charge back to the payer."""
    params: Any = {"amount": amount.minor, "charge": charge, "metadata": dict(metadata)}
    made = await call(
        "refunds.create", lambda: client().v1.refunds.create_async(params, {"idempotency_key": key})
    )
    return _refund(made)


async def create_reversal(
    *, transfer: str, amount: Money, metadata: Mapping[str, str], key: str
) -> WrittenView:
    """Takes a part of a transfer back from the payee.

    StripeRefused with `balance_insufficient` when the payee's balance does not reach.
    """
    params: Any = {"amount": amount.minor, "metadata": dict(metadata)}
    made = await call(
        "transfers.reversals.create",
        lambda: client().v1.transfers.reversals.create_async(
            transfer, params, {"idempotency_key": key}
        ),
    )
    return _reversal(made)


async def reversals(transfer: str) -> list[WrittenView]:
    """Everything that was taken back of a transfer."""
    return [
        _reversal(made)
        async for made in _all(
            "transfers.reversals.list",
            lambda: client().v1.transfers.reversals.list_async(transfer, {"limit": _PAGE}),
        )
    ]


def _reversal(made: TransferReversal) -> WrittenView:
    amount = _money(made.amount, made.currency)
    return WrittenView(made.id, "reversal", "succeeded", amount, metadata_of(made))


async def transfer(transfer_id: str) -> WrittenView:
    """A transfer as it is now."""
    found = await call(
        "transfers.retrieve", lambda: client().v1.transfers.retrieve_async(transfer_id)
    )
    return _transfer(found)


async def refund(refund_id: str) -> WrittenView:
    """A refund as it is now."""
    found = await call("refunds.retrieve", lambda: client().v1.refunds.retrieve_async(refund_id))
    return _refund(found)


async def find_transfer(*, group: str, movement: str) -> WrittenView | None:
    """The transfer made for one of our movements, if it was executed."""
    async for found in _all(
        "transfers.list",
        lambda: client().v1.transfers.list_async({"transfer_group": group, "limit": _PAGE}),
    ):
        if metadata_of(found).get("movement") == movement:
            return _transfer(found)
    return None


async def find_refund(*, charge: str, movement: str) -> WrittenView | None:
    """The refund made for one of our movements, if it was executed."""
    async for found in _all(
        "refunds.list", lambda: client().v1.refunds.list_async({"charge": charge, "limit": _PAGE})
    ):
        if metadata_of(found).get("movement") == movement:
            return _refund(found)
    return None


def _transfer(made: Transfer) -> WrittenView:
    return WrittenView(
        made.id, "transfer", "succeeded", _money(made.amount, made.currency), metadata_of(made)
    )


def _refund(made: Refund) -> WrittenView:
    amount = _money(made.amount, made.currency)
    return WrittenView(made.id, "refund", made.status or "pending", amount, metadata_of(made))


# -- disputes, our own balance ---------------------------------------------------------------------


async def dispute(dispute_id: str) -> DisputeView:
    """A dispute as it is now, with what it moved on our balance."""
    found = await call("disputes.retrieve", lambda: client().v1.disputes.retrieve_async(dispute_id))
    lines = found.balance_transactions
    currencies = {line.currency for line in lines} or {found.currency}
    if currencies != {found.currency}:
        raise StripeRefused(
            "a dispute settled in another currency than its charge", code="currency"
        )
    due = found.evidence_details.due_by
    out = [line for line in lines if line.amount < 0]
    back = [line for line in lines if line.amount > 0]
    return DisputeView(
        id=found.id,
        charge=str(_id(found.charge)),
        status=found.status,
        amount=_money(found.amount, found.currency),
        reason=found.reason,
        due_by=datetime.fromtimestamp(due, UTC) if due else None,
        withdrawn=_money(-sum(line.amount for line in out), found.currency),
        withdrawn_fee=_money(sum(line.fee for line in out), found.currency),
        returned=_money(sum(line.amount for line in back), found.currency),
        returned_fee=_money(-sum(line.fee for line in back), found.currency),
    )


async def payout(payout_id: str) -> PlatformMove:
    """A payout of our own balance."""
    found: Payout = await call(
        "payouts.retrieve", lambda: client().v1.payouts.retrieve_async(payout_id)
    )
    amount = _money(found.amount, found.currency)
    return PlatformMove(
        found.id, "payout", found.status, amount, found.balance_transaction is not None
    )


async def create_payout(*, amount: Money, metadata: Mapping[str, str], key: str) -> str:
    """Sends a part of our own available balance to our own bank; gives the payout's id."""
    params: Any = {
        "amount": amount.minor,
        "currency": amount.currency.lower(),
        "metadata": dict(metadata),
    }
    made = await call(
        "payouts.create", lambda: client().v1.payouts.create_async(params, {"idempotency_key": key})
    )
    return made.id


async def available(currency: str) -> Money:
    """What of our balance can leave today; may be negative."""
    found = await call("balance.retrieve", client().v1.balance.retrieve_async)
    parts = (line.amount for line in found.available if line.currency == currency.lower())
    return Money(sum(parts), currency)


async def top_up(top_up_id: str) -> PlatformMove:
    """A top-up of our own balance."""
    found: Topup = await call(
        "topups.retrieve", lambda: client().v1.topups.retrieve_async(top_up_id)
    )
    amount = _money(found.amount, found.currency)
    return PlatformMove(
        found.id, "top_up", found.status, amount, found.balance_transaction is not None
    )


async def balance_lines(since: datetime | None = None) -> AsyncIterator[BalanceLine]:
    """Every balance transaction of our Stripe balance (from a time on), newest first."""
    params: Any = {"limit": _PAGE}
    if since is not None:
        params["created"] = {"gte": int(since.timestamp())}
    async for line in _all(
        "balance_transactions.list",
        lambda: client().v1.balance_transactions.list_async(params),
    ):
        yield BalanceLine(
            line.id,
            line.type,
            _id(line.source),
            _money(line.net, line.currency),
            datetime.fromtimestamp(line.created, UTC),
        )


def require_settled(charge: ChargeView) -> Money:
    """Stripe's fee for a charge.

    NotYet while it is unknown; another settlement currency is refused for good.
    """
    if charge.fee is None:
        raise NotYet(f"{charge.id} has no balance transaction yet")
    if charge.settled_currency != charge.amount.currency:
        raise StripeRefused(
            f"{charge.id} was converted to {charge.settled_currency}", code="currency"
        )
    return charge.fee

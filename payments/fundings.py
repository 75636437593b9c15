"""Owns how Stripe's answers about a payment become held money. Never asks Stripe itself.

Everything here runs inside a command and may be repeated: the books take each charge once.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from payments import errors, holdings, movements, releases
from payments.config import now
from payments.facts import (
    CONVERTED,
    FundingFailed,
    FundingProcessing,
    FundsSecured,
    OnFact,
    PaymentConverted,
    TipReleased,
)
from payments.gateway.paying import require_settled
from payments.gateway.views import ChargeView, IntentView, SessionView
from payments.holdings import Backing
from payments.ledger import book, postings
from payments.ledger.balanced import Kind
from payments.ledger.conversions import converted
from payments.models import Funding, FundingStatus, Holding, MovementKind, Purpose
from payments.money import Money

TRANSITIONS: Final[dict[FundingStatus, frozenset[FundingStatus]]] = {
    FundingStatus.REQUESTED: frozenset(
        {
            FundingStatus.CHECKOUT,
            FundingStatus.PROCESSING,
            FundingStatus.FUNDED,
            FundingStatus.FAILED,
            FundingStatus.CANCELLED,
        }
    ),
    FundingStatus.CHECKOUT: frozenset(
        {
            FundingStatus.CHECKOUT,
            FundingStatus.REQUESTED,
            FundingStatus.PROCESSING,
            FundingStatus.FUNDED,
            FundingStatus.FAILED,
            FundingStatus.CANCELLED,
        }
    ),
    FundingStatus.PROCESSING: frozenset({FundingStatus.FUNDED, FundingStatus.FAILED}),
    FundingStatus.FAILED: frozenset(
        {
            FundingStatus.CHECKOUT,
            FundingStatus.PROCESSING,
            FundingStatus.FUNDED,
            FundingStatus.CANCELLED,
        }
    ),
    FundingStatus.FUNDED: frozenset(),
    FundingStatus.CANCELLED: frozenset(),
}


async def move(funding: Funding, status: FundingStatus, *fields: str) -> None:
    """The only writer of a funding's status."""
    assert status in TRANSITIONS[funding.status], f"{funding.status} -> {status}"
    funding.status = status
    await funding.save(update_fields=["status", *fields])


async def settle_session(session: SessionView, on_fact: OnFact) -> bool:
    """Applies what a Checkout Session says by itself.

    That it expired. False when it is not one of ours.
    """
    if session.funding is None:
        return False
    if session.status != "expired":
        return True
    _, funding = await _locked(UUID(session.funding))
    if funding.session == session.id and funding.status is FundingStatus.CHECKOUT:
        funding.session_url, funding.failure = None, "expired"
        await move(funding, FundingStatus.REQUESTED, "session_url", "failure")
        await _failed(funding, "expired", on_fact)
    return True


async def settle_intent(intent: IntentView, on_fact: OnFact) -> bool:
    """Applies a PaymentIntent as Stripe has it now. False when it is not one of ours.

    What Stripe converted cannot be held: it goes straight back. Raises NotYet while the charge's
    fee is unknown.
    """
    if "funding" not in intent.metadata:
        return False
    holding, funding = await _locked(UUID(intent.metadata["funding"]))
    if intent.status == "succeeded":
        if intent.charge is None:
            raise errors.NotYet(f"{intent.id} has no charge yet")
        await _succeeded(holding, funding, intent, intent.charge, on_fact)
    elif intent.status == "processing":
        if funding.status in (
            FundingStatus.REQUESTED,
            FundingStatus.CHECKOUT,
            FundingStatus.FAILED,
        ):
            funding.intent, funding.processing_at = intent.id, now()
            funding.method = intent.charge.method if intent.charge else None
            fields = ("intent", "processing_at", "method")
            await move(funding, FundingStatus.PROCESSING, *fields)
            await on_fact(FundingProcessing(**_people(holding), funding_id=funding.id))
    elif intent.failure or intent.status == "canceled":
        await _refused(funding, intent, on_fact)
    return True


async def on_its_way(intent: IntentView) -> None:
    """A payment of what was asked for succeeded; Stripe does not say yet what it brought.

    Nothing is held before that, but it is never to be paid again.
    """
    _, funding = await _locked(UUID(intent.metadata["funding"]))
    paid = intent.status == "succeeded" and intent.received == funding.total
    if paid and FundingStatus.PROCESSING in TRANSITIONS[funding.status]:
        funding.intent = intent.id
        funding.method = intent.charge.method if intent.charge else None
        await move(funding, FundingStatus.PROCESSING, "intent", "method")


async def _locked(funding_id: UUID) -> tuple[Holding, Funding]:
    """Holding first, then funding: the order of every command here."""
    row = await Funding.get_or_none(id=funding_id)
    if row is None:
        raise errors.UnknownFunding(str(funding_id))
    holding = await holdings.locked(row.holding_id)
    return holding, await holdings.locked_funding(funding_id)


async def _succeeded(
    holding: Holding, funding: Funding, intent: IntentView, charge: ChargeView, on_fact: OnFact
) -> None:
    if funding.charge == charge.id or await book.is_posted(f"fund:{intent.id}"):
        return
    fee = require_settled(charge)
    closed = funding.status in (FundingStatus.FUNDED, FundingStatus.CANCELLED)
    if closed or charge.converted or charge.amount != funding.total:
        await _surplus(holding, intent, charge, fee)
        if charge.converted and not closed:
            await _not_held(funding, intent, charge, on_fact)
        return
    share = funding.share
    await book.post(
        postings.fund(share, holding=holding.id, contract=holding.contract, stripe_fee=fee),
        key=f"fund:{intent.id}",
        contract=holding.contract,
        holding=holding.id,
        source=charge.id,
        ref={"funding": str(funding.id), "intent": intent.id},
    )
    funding.intent, funding.charge, funding.failure = intent.id, charge.id, None
    funding.captured_minor, funding.stripe_fee_minor = charge.amount.minor, fee.minor
    funding.session_url, funding.funded_at, funding.method = None, now(), charge.method
    fields = (
        "intent",
        "charge",
        "failure",
        "captured_minor",
        "stripe_fee_minor",
        "session_url",
        "funded_at",
        "method",
    )
    await move(funding, FundingStatus.FUNDED, *fields)
    await holdings.put(holding, share, [Backing(funding.id, share.total)])
    if funding.purpose is Purpose.TIP:
        await _tipped(holding, funding, on_fact)
        return
    await on_fact(
        FundsSecured(
            **_people(holding),
            funding_id=funding.id,
            price=funding.price,
            held=share.money(share.held),
            charged=funding.total,
            available_price=share.money(holding.price_minor),
        )
    )


async def _tipped(holding: Holding, funding: Funding, on_fact: OnFact) -> None:
    share, backing = await holdings.take_out(holding, funding.price)
    key = f"tip:{funding.id}"
    await releases.release(holding, share, backing, key=key, kind=Kind.TIP)
    await on_fact(
        TipReleased(
            **_people(holding),
            funding_id=funding.id,
            price=funding.price,
            net=share.money(share.net),
            charged=funding.total,
        )
    )


async def _not_held(
    funding: Funding, intent: IntentView, charge: ChargeView, on_fact: OnFact
) -> None:
    """Held, it would be worth another amount each day than what was promised to be paid out."""
    holding = await Holding.get(id=funding.holding_id)
    funding.failure, funding.intent, funding.session_url = CONVERTED, intent.id, None
    fields = ("failure", "intent", "session_url")
    if funding.status is FundingStatus.FAILED:
        await funding.save(update_fields=list(fields))
    else:
        await move(funding, FundingStatus.FAILED, *fields)
    await on_fact(PaymentConverted(**_people(holding), amount=charge.amount))
    await _failed(funding, CONVERTED, on_fact)


async def _surplus(holding: Holding, intent: IntentView, charge: ChargeView, fee: Money) -> None:
    """Somebody paid twice, what was cancelled meanwhile, or what Stripe converted: it goes back."""
    if charge.gross is not None and charge.converted:
        none = Money.zero(charge.amount.currency)
        posting = converted(
            postings.surplus(charge.amount, payer=holding.payer, stripe_fee=none),
            moved=charge.gross - fee,
            worth=charge.gross,
            fee=fee,
        )
    else:
        posting = postings.surplus(charge.amount, payer=holding.payer, stripe_fee=fee)
    await book.post(
        posting,
        key=f"fund:{intent.id}",
        contract=holding.contract,
        holding=holding.id,
        source=charge.id,
        ref={"intent": intent.id},
    )
    await movements.queue(
        MovementKind.REFUND,
        charge.amount,
        holding=holding,
        charge=charge.id,
        cause=f"surplus:{intent.id}",
        method=charge.method,
    )


async def _refused(funding: Funding, intent: IntentView, on_fact: OnFact) -> None:
    reason = intent.failure or intent.status
    if funding.status is FundingStatus.CHECKOUT and intent.status != "canceled":
        # The payer still sits at the open Checkout page and tries another card there.
        funding.failure = reason
        await funding.save(update_fields=["failure"])
    elif funding.status in (
        FundingStatus.REQUESTED,
        FundingStatus.CHECKOUT,
        FundingStatus.PROCESSING,
    ):
        late = funding.status is FundingStatus.PROCESSING
        funding.failure, funding.intent = reason, intent.id
        await move(funding, FundingStatus.FAILED, "failure", "intent")
        await _failed(funding, reason, on_fact, late=late)


async def refused(funding_id: UUID, reason: str, on_fact: OnFact) -> None:
    """An off-session charge was declined; the payer has to come and pay on the page."""
    _, funding = await _locked(funding_id)
    if funding.status is FundingStatus.REQUESTED:
        funding.failure = reason
        await move(funding, FundingStatus.FAILED, "failure")
        await _failed(funding, reason, on_fact)


async def _failed(funding: Funding, reason: str, on_fact: OnFact, *, late: bool = False) -> None:
    holding = await Holding.get(id=funding.holding_id)
    fact = FundingFailed(**_people(holding), funding_id=funding.id, reason=reason, late=late)
    await on_fact(fact)


def _people(holding: Holding) -> dict[str, str]:
    return {
        "holding": holding.id,
        "contract": holding.contract,
        "payer": holding.payer,
        "payee": holding.payee,
    }

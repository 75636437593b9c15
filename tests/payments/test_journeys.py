"""Held money from the payer's card to the payee's balance, through the local Stripe over HTTP."""

from __future__ import annotations

from tortoise.transactions import in_transaction

from payments import escrow, reconcile, statements
from payments.facts import (
    FundsSecured,
    RefundSent,
    TransferSent,
)
from payments.models import Funding, FundingStatus
from tests.payments.conftest import Facts, Stripe, eur


async def test_a_milestone_is_paid_released_and_transferred(stripe: Stripe, facts: Facts) -> None:
    await stripe.onboard()
    funding_id = await stripe.fund(eur(100_000), holding="m1")
    secured = facts.of(FundsSecured)
    assert [(fact.holding, fact.price, fact.charged) for fact in secured] == [
        ("m1", eur(100_000), eur(106_000))
    ]
    async with in_transaction():
        [released] = await escrow.release(key="m1", holding="m1", payee="assistant")
    assert (released.net, released.assistant_fee, released.assistant_fee_vat) == (
        eur(94_000),
        eur(5_000),
        eur(1_000),
    )
    await stripe.settle()
    assert [fact.amount for fact in facts.of(TransferSent)] == [eur(94_000)]
    funding = await Funding.get(id=funding_id)
    assert (funding.status, funding.transferred_minor) == (FundingStatus.FUNDED, 94_000)
    assert (await reconcile.reconcile()).differences == ()


async def test_cancelling_returns_price_and_fee(stripe: Stripe, facts: Facts) -> None:
    await stripe.fund(eur(50_000), holding="m1")
    await stripe.fund(eur(50_000), holding="other", contract="c2")
    async with in_transaction():
        [refunded] = await escrow.refund(key="m1:cancelled", holding="m1")
    assert refunded.returned == eur(53_000)
    await stripe.settle()
    assert [fact.amount for fact in facts.of(RefundSent)] == [eur(53_000)]
    statement = await statements.contract_statement("c1")
    assert (statement.funded, statement.refunded, statement.held) == (
        eur(50_000),
        eur(50_000),
        eur(0),
    )
    assert (statement.charged, statement.returned) == (eur(53_000), eur(53_000))
    assert (await reconcile.reconcile()).differences == ()

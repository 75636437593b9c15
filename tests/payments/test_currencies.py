"""Funds are held in the currency they are promised in: what Stripe converts goes straight back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tortoise.transactions import in_transaction

from payments import errors, escrow, reconcile, statements, treasury
from payments.config import config, configure
from payments.database import connection
from payments.facts import CONVERTED, FundingFailed, PaymentConverted, RefundFailed, RefundSent
from payments.ledger import book, chart
from payments.models import Holding, Movement
from payments.money import Money
from tests.payments.conftest import Facts, Stripe, eur, requested


def usd(minor: int) -> Money:
    return Money(minor, "USD")


async def test_a_contract_in_each_currency_is_held_and_paid_in_it(
    stripe: Stripe, facts: Facts
) -> None:
    await stripe.onboard()
    for currency in ("CHF", "USD"):
        holding = f"in {currency}"
        await stripe.fund(Money(100_000, currency), holding=holding, contract=currency)
        async with in_transaction():
            await escrow.release(key=holding, holding=holding, payee="assistant")
        await stripe.settle()
        found = await statements.contract_statement(currency)
        assert (found.released, found.transferred) == (
            Money(100_000, currency),
            Money(94_000, currency),
        )
    report = await reconcile.reconcile()
    assert report.clean, report.differences


async def test_a_currency_that_would_be_converted_is_refused_before_any_money_moves(
    stripe: Stripe,
) -> None:
    configure(replace(config(), settles=("EUR",)))
    with pytest.raises(errors.NotSettled):
        await requested(usd(100_000), holding="m1")
    with pytest.raises(errors.NotSettled):
        async with in_transaction():
            await escrow.request_tip(
                holding="t1",
                contract="c1",
                payer="business",
                payee="assistant",
                amount=usd(500),
                description="x",
                locale="fr",
            )
    assert await Holding.all().count() == 0
    await stripe.fund(eur(1_000), holding="m2")


@pytest.mark.parametrize("stripe", [("--settles", "eur")], indirect=True)
@pytest.mark.parametrize("comes_back", [False, True])
async def test_a_payment_that_arrives_converted_goes_back_and_every_cent_is_booked(
    stripe: Stripe, facts: Facts, comes_back: bool
) -> None:
    await stripe.fund(eur(500_000), holding="other", contract="c2")  # refunds need a balance
    before = await treasury.earned("EUR")
    await stripe.control("rates", usd=1.25)
    asked = await requested(usd(100_000), holding="m1")
    page = await escrow.start_checkout(asked, "http://x/ok", "http://x/no")
    await stripe.pay(page)  # 1,060 dollars, which are 848 euros on this day
    await stripe.arrived()
    await stripe.control("rates", usd=1.2)  # and 883.33 when they go back
    await stripe.settle()
    assert [fact.amount for fact in facts.of(PaymentConverted)] == [usd(106_000)]
    assert [fact.reason for fact in facts.of(FundingFailed)] == [CONVERTED]
    assert await escrow.failure_of(asked) == CONVERTED
    assert (await escrow.balance("m1")).held == usd(0)
    assert [fact.amount for fact in facts.of(RefundSent)] == [usd(106_000)]
    if comes_back:
        refund = await Movement.get(contract="c1")
        await stripe.control(f"refunds/{refund.stripe_id}")
        await stripe.settle()
        assert len(facts.of(RefundFailed)) == 1
        assert await book.balance(chart.credit("business"), "USD") == usd(-106_000)
    else:
        assert await book.balance(chart.credit("business"), "USD") == usd(0)
        assert await book.balance(chart.conversion("USD"), "USD") == usd(0)
        assert await book.balance(chart.conversion("EUR"), "EUR") == eur(0)
        assert await book.balance(chart.EXCHANGE, "EUR") == eur(88_333 - 84_800)
        # the charge's own fees: 1.5 % + 0.25 and 2 % for the conversion
        cost = eur(1_272 + 25 + 1_696 + 88_333 - 84_800)
        assert before - await treasury.earned("EUR") == cost
    found = await statements.contract_statement("c1")
    assert (found.charged, found.returned) == (
        usd(106_000),
        usd(0 if comes_back else 106_000),
    )
    uneven = "SELECT currency FROM ledger_line GROUP BY 1 HAVING sum(amount_minor) <> 0"
    assert await connection().execute_query_dict(uneven) == []
    report = await reconcile.reconcile()
    assert report.clean, report.differences

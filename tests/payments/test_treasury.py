"""Our own money: only what is earned leaves, cards are saved and forgotten, a silent Stripe is left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tortoise.transactions import in_transaction

from payments import cards, errors, escrow, reconcile, treasury
from payments.config import PaymentsConfig, config, now
from payments.gateway import breaker
from payments.gateway.views import BalanceLine
from payments.ledger import book, chart
from payments.models import Funding, FundingStatus
from tests.payments.conftest import Facts, Stripe, advance, eur, requested


async def test_only_earned_money_is_paid_out(stripe: Stripe, facts: Facts) -> None:
    await stripe.onboard()
    await stripe.fund(eur(100_000), holding="m1")
    await stripe.fund(eur(100_000), holding="m2")
    async with in_transaction():
        await escrow.release(key="m1", holding="m1", payee="assistant")
    await stripe.settle()
    await advance(3 * 86_400)
    await stripe.control("advance", seconds=1)
    earned = await treasury.earned("EUR")
    fees = sum(funding.stripe_fee_minor for funding in await Funding.all())
    assert earned == eur(10_000 - fees)
    with pytest.raises(errors.InsufficientFunds):
        await treasury.pay_out(earned + eur(1), key="a", decided_by="Ines")
    first = await treasury.pay_out(earned, key="b", decided_by="Ines")
    assert await treasury.pay_out(earned, key="b", decided_by="Ines") == first
    await stripe.settle()
    assert await book.balance(chart.EQUITY, "EUR") == earned
    with pytest.raises(errors.InsufficientFunds):
        await treasury.pay_out(eur(1), key="c", decided_by="Ines")
    await stripe.control(f"payouts/{first}", failure_code="account_closed")
    await stripe.settle()
    assert await treasury.earned("EUR") == earned
    report = await reconcile.reconcile()
    assert report.clean, report.differences


async def test_stripes_monthly_fees_are_booked_once(offline: PaymentsConfig) -> None:
    line = BalanceLine("txn_1", "stripe_fee", None, eur(-290), datetime.now(UTC))
    assert treasury.periodic(line)
    for expected in (True, False):
        async with in_transaction():
            assert await treasury.book_fee(line) is expected
    assert await book.balance(chart.STRIPE_FEE, "EUR") == eur(290)


async def test_a_card_is_saved_charged_and_forgotten(stripe: Stripe, facts: Facts) -> None:
    assert await cards.saved_card("business") is None
    assert await cards.saved_methods("business") == ()
    url = await cards.save_link("business", "http://x/ok", "http://x/no", locale="fr")
    await stripe.pay(url)
    await stripe.settle()
    card = await cards.saved_card("business")
    assert card is not None
    assert (card.brand, card.last4) == ("visa", "4242")
    funding_id = await requested(eur(10_000), holding="w1")
    assert await escrow.charge_saved_card(funding_id, facts) is FundingStatus.FUNDED
    await cards.forget("business", card.id)
    assert await cards.saved_card("business") is None


async def test_money_is_not_asked_for_longer_than_it_may_be_held(
    stripe: Stripe, facts: Facts
) -> None:
    limits = config().limits
    with pytest.raises(errors.HoldTooLong):
        async with in_transaction():
            await escrow.request_funding(
                holding="m1",
                contract="c1",
                payer="business",
                payee="assistant",
                price=eur(100),
                terms=escrow.asking._FREE,
                description="x",
                locale="fr",
                latest_release=now() + timedelta(days=limits.refuse_days, minutes=1),
            )
    await stripe.fund(eur(10_000), holding="m1")
    await stripe.fund(eur(5_000), holding="m0")
    assert await escrow.held_long() == ()
    assert await escrow.aged() == (0, None)
    await advance(limits.warn_days * 86_400)
    [held] = await escrow.held_long(1)
    assert (held.holding, held.held, held.must_end) == ("m1", eur(10_600), False)
    [other] = await escrow.held_long(1, after=held)
    assert other.holding == "m0"
    assert await escrow.held_long(1, after=other) == ()
    assert await escrow.held_long(holding="m0") == (other,)
    assert await escrow.aged() == (2, held.since)
    await advance((limits.stop_days - limits.warn_days) * 86_400)
    assert [held.must_end for held in await escrow.held_long()] == [True, True]


async def test_a_silent_stripe_is_left_alone_for_a_while(
    offline: PaymentsConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "BREAKERS", {})
    funding_id = await requested(eur(10_000), holding="m1")
    for _ in range(breaker.SILENT_MAX):
        with pytest.raises(errors.StripeUnavailable):
            await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no")
    with pytest.raises(errors.StripeAway):
        await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no")
    monkeypatch.setattr(breaker, "PAUSE_SECONDS", 0)
    breaker.breaker(config().api_base).closed_again_at = 0
    with pytest.raises(errors.StripeUnavailable) as tried:
        await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no")
    assert not isinstance(tried.value, errors.StripeAway)

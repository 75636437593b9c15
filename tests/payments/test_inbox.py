"""Stripe's news may come late, twice and in any order: the books end the same."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from tortoise.transactions import in_transaction

from marketplace.core import clock
from payments import errors, escrow, inbox, movements, payouts, reconcile, statements
from payments.config import configure
from payments.facts import (
    DisputeClosed,
    DisputeOpened,
    Fact,
    FundingFailed,
    FundingProcessing,
    FundsSecured,
    PayeeChanged,
)
from payments.gateway import paying
from payments.gateway.views import AccountView
from payments.ledger import book, chart
from payments.models import (
    EventStatus,
    Funding,
    FundingStatus,
    Holding,
    Movement,
    Payee,
    PayeeStatus,
    StripeEvent,
)
from tests.payments.conftest import Facts, Stripe, advance, eur, requested, settings_for

MINUTE = timedelta(minutes=1)


async def test_shuffled_and_doubled_news_ends_in_the_same_books(
    stripe: Stripe, facts: Facts
) -> None:
    chance = random.Random(5)
    await stripe.onboard()
    for number in range(6):
        funding_id = await requested(eur(20_000), holding=f"m{number}")
        url = await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no")
        await stripe.pay(url)
    for _ in range(4):  # every event is applied several times, in another order each time
        await stripe.arrived()
        await StripeEvent.all().update(status=EventStatus.RECEIVED)
        rows = [row.id for row in await StripeEvent.all()]
        chance.shuffle(rows)
        for row in rows:
            await inbox.apply(row, facts)
        for number in range(6):
            async with in_transaction():
                key, holding = str(number), f"m{number}"
                if number % 2:
                    await escrow.release(key=key, holding=holding, payee="assistant")
                else:
                    await escrow.refund(key=key, holding=holding)
        for movement in await movements.due(100):
            await movements.send(movement, facts)
    await advance(3 * 86_400)
    await stripe.settle()
    assert len(facts.of(FundsSecured)) == 6
    statement = await statements.contract_statement("c1")
    assert (statement.released, statement.refunded) == (eur(60_000), eur(60_000))
    report = await reconcile.reconcile()
    assert report.clean, report.differences
    assert not await StripeEvent.filter(status=EventStatus.PARKED).exists()


async def test_news_before_its_cause_waits_and_is_not_dropped(stripe: Stripe, facts: Facts) -> None:
    funding_id = await requested(eur(20_000), holding="m1")
    url = await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no")
    await stripe.pay(url, "4000000000000259")  # paid, then disputed at once
    await stripe.arrived()
    dispute = await StripeEvent.filter(type="v1.charge.dispute.funds_withdrawn").get()
    assert await inbox.apply(dispute.id, facts) is EventStatus.WAITING
    assert facts.of(DisputeOpened) == []
    await stripe.settle()
    await advance(60)
    await stripe.settle()
    assert [fact.amount for fact in facts.of(DisputeOpened)] == [eur(21_200)]
    assert (await reconcile.reconcile()).clean


@pytest.mark.parametrize("won", [True, False])
async def test_a_dispute_freezes_and_is_settled(stripe: Stripe, facts: Facts, won: bool) -> None:
    await stripe.onboard()
    funding_id = await stripe.fund(eur(100_000), holding="m1")
    async with in_transaction():
        await escrow.release(key="a", holding="m1", payee="assistant", price=eur(40_000))
    await stripe.settle()
    charge = (await Funding.get(id=funding_id)).charge
    opened = await stripe.control("disputes", charge=charge)
    await stripe.settle()
    with pytest.raises(errors.HoldingFrozen):
        async with in_transaction():
            await escrow.release(key="b", holding="m1", payee="assistant")
    balance = await escrow.balance("m1")
    assert (balance.held, balance.disputed) == (eur(0), eur(60_000))
    await stripe.control(f"disputes/{opened['id']}", result="won" if won else "lost")
    await stripe.settle()
    assert [fact.won for fact in facts.of(DisputeClosed)] == [won]
    balance = await escrow.balance("m1")
    assert (balance.held, balance.disputed) == (
        (eur(60_000), eur(0)) if won else (eur(0), eur(60_000))
    )
    assert await book.balance(chart.dispute(opened["id"]), "EUR") == eur(0)
    assert (await Holding.get(id="m1")).frozen_at is None
    if not won:  # the released part of the charge is our loss, never silently the assistant's
        assert await book.balance(chart.DISPUTE_LOSS, "EUR") == eur(106_000 - 63_600)
    await statements.contract_statement("c1")
    report = await reconcile.reconcile()
    assert report.clean, report.differences


async def test_a_declined_card_leaves_the_page_open_and_another_one_pays(
    stripe: Stripe, facts: Facts
) -> None:
    funding_id = await requested(eur(20_000), holding="m1")
    url = await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no")
    assert await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no") == url
    await stripe.pay(url, "4000000000000002")
    await stripe.settle()
    assert (await Funding.get(id=funding_id)).status is FundingStatus.CHECKOUT
    await stripe.pay(url)
    assert await escrow.refresh(funding_id, facts) is FundingStatus.FUNDED
    await stripe.settle()
    assert len(facts.of(FundsSecured)) == 1
    with pytest.raises(errors.AlreadyFunded):
        await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no")


async def test_an_expired_page_is_replaced(stripe: Stripe, facts: Facts) -> None:
    funding_id = await requested(eur(20_000), holding="m1")
    url = await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no")
    await advance(25 * 3_600)
    await stripe.control("advance", seconds=1)
    await stripe.settle()
    assert [fact.reason for fact in facts.of(FundingFailed)] == ["expired"]
    second = await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no")
    assert second != url
    await stripe.pay(second)
    await stripe.settle()
    assert (await Funding.get(id=funding_id)).status is FundingStatus.FUNDED


async def test_a_direct_debit_is_money_only_when_it_succeeded(stripe: Stripe, facts: Facts) -> None:
    funding_id = await requested(eur(20_000), holding="m1")
    url = await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no")
    session = url.rsplit("/", 1)[-1]
    await stripe.control(f"pay/{session}", iban="AT321904300235473204")
    await stripe.settle()
    assert len(facts.of(FundingProcessing)) == 1
    assert await book.balance(chart.PLATFORM, "EUR") == eur(0)
    with pytest.raises(errors.PaymentProcessing):
        await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no")
    await stripe.control("advance", seconds=600)
    await stripe.settle()
    assert len(facts.of(FundsSecured)) == 1
    assert (await reconcile.reconcile()).clean


async def test_a_cancelled_request_can_no_longer_be_paid(stripe: Stripe, facts: Facts) -> None:
    funding_id = await requested(eur(20_000), holding="m1")
    await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no")
    assert await escrow.cancel_funding(funding_id, facts) is FundingStatus.CANCELLED
    with pytest.raises(errors.UnknownFunding):
        await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no")
    assert await requested(eur(30_000), holding="m1") != funding_id


async def test_the_saved_card_pays_the_next_week(stripe: Stripe, facts: Facts) -> None:
    await stripe.fund(eur(20_000), holding="w1")
    second = await requested(eur(20_000), holding="w2")
    assert await escrow.charge_saved_card(second, facts) is FundingStatus.FUNDED
    await stripe.settle()
    assert [fact.holding for fact in facts.of(FundsSecured)] == ["w1", "w2"]
    assert (await reconcile.reconcile()).clean


async def test_a_charge_whose_fee_is_not_known_yet_is_never_to_be_paid_again(
    stripe: Stripe, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stripe.fund(eur(20_000), holding="w1")
    monkeypatch.setattr(paying, "CAPTURE", "automatic_async")  # Stripe's default, a moment late
    second = await requested(eur(20_000), holding="w2")
    assert await escrow.charge_saved_card(second, facts) is FundingStatus.PROCESSING
    with pytest.raises(errors.PaymentProcessing):
        await escrow.start_checkout(second, "http://x/ok", "http://x/no")
    with pytest.raises(errors.FundingUnderWay):
        await requested(eur(30_000), holding="w2")
    assert await escrow.cancel_funding(second, facts) is FundingStatus.PROCESSING
    assert facts.of(FundingProcessing) == [], "that one is about direct debits"
    for _ in range(3):
        await advance(60)
        await stripe.control("advance", seconds=1)
        await stripe.settle()
    assert await escrow.refresh(second, facts) is FundingStatus.FUNDED
    assert [fact.holding for fact in facts.of(FundsSecured)] == ["w1", "w2"]
    assert (await stripe.state())["objects"].get("refund", 0) == 0
    assert (await reconcile.reconcile()).clean


async def test_without_a_saved_card_the_payer_must_come(stripe: Stripe, facts: Facts) -> None:
    funding_id = await requested(eur(20_000), holding="w1")
    assert await escrow.charge_saved_card(funding_id, facts) is FundingStatus.FAILED
    assert [fact.reason for fact in facts.of(FundingFailed)] == ["no_saved_card"]
    url = await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no")
    await stripe.pay(url)
    await stripe.settle()
    assert (await Funding.get(id=funding_id)).status is FundingStatus.FUNDED


async def test_a_payee_is_set_up_step_by_step(stripe: Stripe, facts: Facts) -> None:
    assert (await payouts.payee_status("assistant")).status is PayeeStatus.NONE
    with pytest.raises(errors.PayeeUnknown):
        await payouts.onboarding_link("assistant", "http://x/ok", "http://x/again")
    async with in_transaction():
        await payouts.ensure_payee(
            payee="assistant", email="a@example.org", name="A", country="FR", locale="fr"
        )
    link = await payouts.onboarding_link("assistant", "http://x/ok", "http://x/again")
    assert link.startswith(stripe.url)
    first = await payouts.payee_status("assistant")
    assert first.status is PayeeStatus.ONBOARDING
    assert first.requirements
    await stripe.onboard()
    assert await payouts.refresh_payee("assistant", facts) == payouts.PayeeView(PayeeStatus.ACTIVE)
    assert [fact.status for fact in facts.of(PayeeChanged)] == ["active"]


async def test_a_payee_reads_that_stripe_checks_or_has_refused(
    stripe: Stripe, facts: Facts
) -> None:
    await payouts.ensure_payee(
        payee="assistant", email="a@example.org", name="A", country="FR", locale="fr"
    )
    await payouts.onboarding_link("assistant", "http://x/ok", "http://x/again")
    account = str((await Payee.get(id="assistant")).account)
    assert not (await payouts.payee_status("assistant")).checking, "nothing was given yet"
    seen = []
    for transfers in ("pending", "rejected", "active"):
        async with in_transaction():
            await payouts.settle_account(AccountView(account, transfers), facts, asked=clock.now())
        state = await payouts.payee_status("assistant")
        seen.append((state.checking, state.refused))
    assert seen == [(True, False), (False, True), (False, False)]


async def test_an_older_picture_of_an_account_never_replaces_a_newer_one(
    stripe: Stripe, facts: Facts
) -> None:
    account = await stripe.onboard()
    await stripe.fund(eur(20_000), holding="m1")
    asked = clock.now()
    await advance(5)
    await payouts.refresh_payee("assistant", facts)  # asked later, answered sooner
    with pytest.raises(errors.NotYet):
        async with in_transaction():
            await payouts.settle_account(AccountView(account, "pending"), facts, asked=asked)
    assert (await payouts.payee_status("assistant")).status is PayeeStatus.ACTIVE
    assert [fact.status for fact in facts.of(PayeeChanged)] == ["active"]


async def test_a_failing_reaction_undoes_everything_and_is_tried_again(
    stripe: Stripe, facts: Facts
) -> None:
    async def broken(fact: Fact) -> None:
        raise RuntimeError("no such unit")

    funding_id = await requested(eur(20_000), holding="m1")
    await stripe.pay(await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no"))
    await stripe.arrived()
    for row in await inbox.pending(100):
        await inbox.apply(row, broken)
    assert await book.balance(chart.PLATFORM, "EUR") == eur(0)
    waiting = await StripeEvent.filter(status=EventStatus.WAITING)
    assert "RuntimeError: no such unit" in {row.failure for row in waiting}
    await advance(60)
    await stripe.settle()
    assert len(facts.of(FundsSecured)) == 1
    assert not await StripeEvent.filter(status=EventStatus.WAITING).exists()


async def test_news_that_fails_waits_longer_each_time_for_about_two_days(
    stripe: Stripe, facts: Facts
) -> None:
    async def broken(fact: Fact) -> None:
        raise RuntimeError("no such unit")

    funding_id = await requested(eur(20_000), holding="m1")
    await stripe.pay(await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no"))
    await stripe.arrived()
    [row] = await StripeEvent.filter(type="v1.payment_intent.succeeded")
    began, waits = clock.now(), list[float]()
    while (asked := clock.now()) and await inbox.apply(row.id, broken) is EventStatus.WAITING:
        await inbox.apply(row.id, broken)  # whoever else is woken meanwhile uses up no try
        row = await StripeEvent.get(id=row.id)
        wait = row.next_attempt_at - asked
        waits.append(wait // MINUTE or wait / MINUTE)  # the longest ones are the same to the minute
        clock.advance(wait.total_seconds() + 1)
    row = await StripeEvent.get(id=row.id)
    assert (row.status, row.attempts, len(waits)) == (EventStatus.PARKED, inbox.ATTEMPTS_MAX, 19)
    assert waits == sorted(waits)
    assert timedelta(hours=36) < clock.now() - began < timedelta(hours=48)


async def test_a_bank_that_wants_its_customer_sends_the_payer_to_the_page(
    stripe: Stripe, facts: Facts
) -> None:
    first = await requested(eur(20_000), holding="w1")
    url = await escrow.start_checkout(first, "http://x/ok", "http://x/no")
    session = await stripe.pay(url, "4000002760003184")
    await stripe.control(f"3ds/{session['payment_intent']}", result="pass")
    await stripe.settle()
    assert (await Funding.get(id=first)).status is FundingStatus.FUNDED
    second = await requested(eur(20_000), holding="w2")
    assert await escrow.charge_saved_card(second, facts) is FundingStatus.FAILED
    assert [fact.reason for fact in facts.of(FundingFailed)] == ["authentication_required"]
    await stripe.settle()
    url = await escrow.start_checkout(second, "http://x/ok", "http://x/no")
    await stripe.pay(url)
    await stripe.settle()
    assert [fact.holding for fact in facts.of(FundsSecured)] == ["w1", "w2"]
    assert len(facts.of(FundingFailed)) == 1
    report = await reconcile.reconcile()
    assert report.clean, report.differences


async def test_news_of_a_transfer_that_is_booked_asks_stripe_nothing(
    stripe: Stripe, facts: Facts
) -> None:
    await stripe.onboard()
    await stripe.fund(eur(20_000), holding="m1")
    async with in_transaction():
        await escrow.release(key="m1", holding="m1", payee="assistant")
    [movement] = await movements.due(9)
    await movements.send(movement, facts)
    await stripe.arrived()
    news = await StripeEvent.get(type="v1.transfer.created")
    configure(settings_for("http://127.0.0.1:9"))  # a Stripe that does not answer
    assert await inbox.apply(news.id, facts) is EventStatus.APPLIED
    await StripeEvent.filter(id=news.id).update(status=EventStatus.RECEIVED)
    await Movement.filter(id=movement).update(settled_at=None)  # not booked: it is fetched again
    assert await inbox.apply(news.id, facts) is EventStatus.WAITING

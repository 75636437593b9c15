"""Webhooks lost for days: one sweep of Stripe's lists repairs everything, a second changes nothing."""

from __future__ import annotations

from datetime import timedelta

from tortoise.transactions import in_transaction

from payments import escrow, inbox, reconcile, sweep
from payments.config import now
from payments.facts import TransferSent
from payments.models import BankDispute, Funding, FundingStatus, Payee, PayeeStatus, StripeEvent
from payments.payouts import ensure_payee, onboarding_link
from tests.payments.conftest import Facts, Stripe, advance, eur, requested

DAY = 86_400


async def lost(stripe: Stripe) -> None:
    """Nothing of what happened so far ever reaches us."""
    await stripe.arrived()
    await StripeEvent.filter(status="received").delete()


async def paid(stripe: Stripe, holding: str, card: str = "4242424242424242") -> None:
    funding = await requested(eur(20_000), holding=holding)
    url = await escrow.start_checkout(funding, "http://x/ok", "http://x/no")
    await stripe.pay(url, card)


async def test_a_sweep_repairs_what_days_of_lost_news_left(stripe: Stripe, facts: Facts) -> None:
    first = await sweep.sweep()
    assert (first.missed_events, first.missed_lines) == (0, 0)
    await ensure_payee(payee="assistant", email="a@x.org", name="A", country="FR", locale="fr")
    await onboarding_link("assistant", "http://x/ok", "http://x/again")
    await stripe.control(f"onboard/{(await Payee.get(id='assistant')).account}")
    await paid(stripe, "m1")
    await paid(stripe, "m2", "4000000000000259")  # its bank takes it back at once
    await lost(stripe)
    await advance(4 * DAY)
    await paid(stripe, "m3")
    await lost(stripe)
    assert not (await reconcile.reconcile()).clean
    seen: list[int] = []
    found = await sweep.sweep(seen.append)
    assert found.missed_events > found.late_events > 0  # not what has just happened
    assert seen == list(range(1, found.events_read + found.lines_read + 1))
    await stripe.settle()
    await advance(60)
    await stripe.settle()
    assert {row.status for row in await Funding.all()} == {FundingStatus.FUNDED}
    assert (await Payee.get(id="assistant")).status is PayeeStatus.ACTIVE
    assert await BankDispute.all().count() == 1
    assert (await reconcile.reconcile()).clean
    again = await sweep.sweep()
    assert (again.missed_events, again.late_events, again.missed_lines) == (0, 0, 0)
    assert again.since > now() - timedelta(days=2)


async def test_payees_whom_transfers_wait_for_are_looked_at_once_a_day(
    stripe: Stripe, facts: Facts
) -> None:
    account = await stripe.onboard()
    await stripe.fund(eur(20_000), holding="m1")
    await Payee.all().update(status=PayeeStatus.RESTRICTED)  # as if what made it ready were missed
    async with in_transaction():
        await escrow.release(key="m1", holding="m1", payee="assistant")
    await advance(31 * DAY)
    for _ in range(2):
        await sweep.sweep()
    looked = await StripeEvent.filter(type="account.swept")
    assert [event.object for event in looked] == [account]
    await stripe.settle()
    assert (await Payee.get(id="assistant")).status is PayeeStatus.ACTIVE
    assert [fact.amount for fact in facts.of(TransferSent)] == [eur(18_800)]


async def test_what_stripe_lists_no_more_is_found_by_its_balance_line(
    stripe: Stripe, facts: Facts
) -> None:
    await paid(stripe, "m1")
    await lost(stripe)
    began = now()
    await advance(31 * DAY)
    found = await sweep.sweep(since=began - timedelta(minutes=1))
    assert found.missed_lines == 1
    await stripe.settle()
    assert (await Funding.get(holding_id="m1")).status is FundingStatus.FUNDED
    async with in_transaction():
        await escrow.refund(key="r", holding="m1")
    await stripe.settle()
    assert (await reconcile.reconcile()).clean
    assert await inbox.pending(10) == []

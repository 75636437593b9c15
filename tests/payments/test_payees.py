"""Accounts on hold and banks that send payouts back: the payee hears it, money waits and leaves."""

from __future__ import annotations

from tortoise.transactions import in_transaction

from payments import escrow, inbox, payouts, reconcile
from payments.facts import BankRefused, PayeeChanged, PayeeVerified, TransferSent
from payments.models import Movement, MovementStatus, PayeeStatus, StripeEvent
from tests.payments.conftest import Facts, Stripe, advance, eur

DAY = 86_400


async def days(stripe: Stripe, number: int) -> None:
    """Nights pass: charges become available, accounts are paid out."""
    for _ in range(number):
        await advance(DAY)
        await stripe.control("advance", seconds=1)
        await stripe.settle()


async def test_a_payout_that_the_bank_sends_back_is_told_until_one_arrives(
    stripe: Stripe, facts: Facts
) -> None:
    account = await stripe.onboard()
    await stripe.control(f"onboard/{account}", payouts_fail="account_closed")
    await stripe.fund(eur(50_000), holding="m1")
    async with in_transaction():
        await escrow.release(key="m1", holding="m1", payee="assistant")
    await stripe.settle()
    await days(stripe, 7)
    refused = facts.of(BankRefused)
    assert refused
    assert {(fact.payee, fact.code, fact.amount) for fact in refused} == {
        ("assistant", "account_closed", eur(47_000))
    }
    known = await payouts.payee_status("assistant")
    assert (known.bank_failure, known.status) == ("account_closed", PayeeStatus.ACTIVE)
    for row in await StripeEvent.filter(type="v1.payout.failed"):  # the same news again
        await StripeEvent.filter(id=row.id).update(status="received")
        await inbox.apply(row.id, facts)
    assert len(facts.of(BankRefused)) == len(refused)
    assert (await payouts.dashboard_link("assistant")).startswith("http")
    await stripe.control(f"onboard/{account}", payouts_fail=None)
    await stripe.fund(eur(10_000), holding="m2")
    async with in_transaction():
        await escrow.release(key="m2", holding="m2", payee="assistant")
    await stripe.settle()
    await days(stripe, 7)
    assert (await payouts.payee_status("assistant")).bank_failure is None
    assert (await reconcile.reconcile()).clean


async def test_an_account_on_hold_keeps_money_waiting_until_it_is_active_again(
    stripe: Stripe, facts: Facts
) -> None:
    account = await stripe.onboard()
    await stripe.fund(eur(50_000), holding="m1")
    missing = "configuration.recipient.default_outbound_destination"
    await stripe.control(f"onboard/{account}", missing=[missing])
    await stripe.settle()
    known = await payouts.payee_status("assistant")
    assert (known.status, known.requirements) == (PayeeStatus.RESTRICTED, (missing,))
    async with in_transaction():
        await escrow.release(key="m1", holding="m1", payee="assistant")
    await stripe.settle()
    assert (await Movement.get(kind="transfer")).status is MovementStatus.WAITING_PAYEE
    await stripe.control(f"onboard/{account}")
    await stripe.settle()
    assert [fact.amount for fact in facts.of(TransferSent)] == [eur(47_000)]
    await stripe.control(f"onboard/{account}", rejected=True)  # closed by Stripe for good
    await stripe.settle()
    said = [fact.status for fact in facts.of(PayeeChanged)]
    assert said == ["active", "restricted", "active", "restricted"]


async def test_a_payee_is_verified_only_while_stripe_asks_for_nothing(
    stripe: Stripe, facts: Facts
) -> None:
    account = await stripe.onboard()
    wanted = "identity.individual.date_of_birth"
    for change in ({"later": [wanted]}, {}, {"verifying": True}, {}):
        await stripe.control(f"onboard/{account}", **change)
        await stripe.settle()
        known = await payouts.payee_status("assistant")
        if "later" in change:  # asked for, and paid out all the same
            assert (known.status, known.requirements) == (PayeeStatus.ACTIVE, (wanted,))
    said = [fact.verified for fact in facts.of(PayeeVerified)]
    assert said == [True, False, True, False, True]
    assert [fact.status for fact in facts.of(PayeeChanged)] == ["active", "restricted", "active"]

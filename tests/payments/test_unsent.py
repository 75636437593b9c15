"""Money that Stripe surely did not send to its payee goes back to the payer without a reversal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tortoise.transactions import in_transaction

from marketplace.core import clock
from payments import escrow, inbox, movements
from payments.config import config, configure
from payments.facts import ClawbackSettled, MovementParked, RefundSent, TransferSent
from payments.models import Movement, MovementKind, MovementStatus
from tests.payments.conftest import Facts, Stripe, advance, eur
from tests.payments.test_returns import all_agrees, back


async def held_back(stripe: Stripe, *, days: int = 5) -> str:
    """Released to a payee who is ready, under the security hold; gives the payee's account."""
    account = await stripe.onboard()
    await stripe.fund(eur(100_000), holding="m1")
    async with in_transaction():
        later = clock.now() + timedelta(days=days)
        await escrow.release(key="m1", holding="m1", payee="assistant", transfer_after=later)
    return account


async def transfer() -> Movement:
    return await Movement.get(kind=MovementKind.TRANSFER)


async def given_back(stripe: Stripe, facts: Facts) -> None:
    """All of it is the payer's again, and no transfer was ever made."""
    assert [fact.amount for fact in facts.of(RefundSent)] == [eur(100_000)]
    assert not any(fact.as_debt for fact in facts.of(ClawbackSettled))
    assert facts.of(TransferSent) == []
    assert (await transfer()).status is MovementStatus.WITHDRAWN
    assert "transfer" not in (await stripe.state())["objects"]
    await all_agrees()


async def test_what_stripe_refused_to_send_is_withdrawn(stripe: Stripe, facts: Facts) -> None:
    account = await held_back(stripe)
    await stripe.control(f"onboard/{account}", rejected=True)
    await stripe.settle()
    await advance(6 * 86_400)
    await stripe.settle()
    refused = await transfer()
    assert (refused.status, refused.first_sent_at) == (MovementStatus.WAITING_PAYEE, None)
    [settled] = await back()
    assert settled.returned == eur(100_000)
    await stripe.settle()
    await given_back(stripe, facts)


async def test_a_parked_transfer_that_was_only_ever_refused_is_withdrawn(
    stripe: Stripe, facts: Facts
) -> None:
    account = await held_back(stripe, days=0)
    await stripe.control(f"onboard/{account}", rejected=True)  # and the news is late
    while (refused := await transfer()).status is MovementStatus.QUEUED:
        await movements.send(refused.id, facts)
        await advance(7 * 3_600)
    assert refused.status is MovementStatus.PARKED
    assert len(facts.of(MovementParked)) == 1
    assert len(await back()) == 1
    await stripe.settle()
    await given_back(stripe, facts)


async def test_a_reversal_of_a_transfer_that_was_refused_meanwhile_withdraws_it(
    stripe: Stripe, facts: Facts
) -> None:
    account = await held_back(stripe, days=0)
    await stripe.control(f"onboard/{account}", rejected=True)
    first = await transfer()
    await Movement.all().update(status=MovementStatus.SENDING)  # a worker is at it in this moment
    assert await back(price=eur(40_000)) == ()
    assert await back(key="rest", price=eur(60_000)) == ()
    await Movement.filter(id=first.id).update(status=MovementStatus.QUEUED)
    for _ in range(3):
        await stripe.settle()
        await advance(300)
    assert sorted(fact.amount for fact in facts.of(RefundSent)) == [eur(40_000), eur(60_000)]
    reversals = await Movement.filter(kind=MovementKind.REVERSAL)
    assert {each.status for each in reversals} == {MovementStatus.WITHDRAWN}
    assert (await transfer()).status is MovementStatus.WITHDRAWN
    assert "transfer" not in (await stripe.state())["objects"]
    await all_agrees()


async def test_a_refusal_after_a_lost_answer_is_believed_once_stripe_was_searched(
    stripe: Stripe, facts: Facts
) -> None:
    configure(replace(config(), network_retries=0))
    account = await held_back(stripe, days=0)
    await stripe.control("faults", kind="500_before", path="^/v1/transfers$")
    first = await transfer()
    await movements.send(first.id, facts)  # nobody knows whether it left
    assert await back() == ()
    await stripe.control(f"onboard/{account}", rejected=True)
    await stripe.arrived()
    for event in await inbox.pending(99):
        await inbox.apply(event, facts)
    await advance(60)
    await stripe.settle()
    waiting = await transfer()
    assert waiting.status is MovementStatus.WAITING_PAYEE
    assert waiting.first_sent_at is not None, "its first try may still have been carried out"
    reversal = await Movement.get(kind=MovementKind.REVERSAL)
    assert reversal.next_attempt_at >= clock.now() + timedelta(minutes=4), "it looks now and then"
    await advance(21 * 3_600)
    for _ in range(3):
        await stripe.settle()
        await advance(300)
    await given_back(stripe, facts)
    assert (await Movement.get(id=reversal.id)).status is MovementStatus.WITHDRAWN

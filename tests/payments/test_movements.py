"""Money leaves exactly once: through faults, kills, repeats and two workers at a time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from payments import escrow, movements, reconcile
from payments.config import config, configure
from payments.facts import MovementParked, RefundFailed, RefundSent, TransferSent
from payments.gateway import moving
from payments.ledger import book, chart
from payments.models import Funding, Movement, MovementStatus
from tests.payments.conftest import Facts, Stripe, advance, eur


async def released(stripe: Stripe, *, holding: str = "m1") -> UUID:
    """A payee who is ready and one transfer that is due."""
    await stripe.onboard()
    await stripe.fund(eur(100_000), holding=holding)
    async with in_transaction():
        await escrow.release(key=holding, holding=holding, payee="assistant")
    [movement] = await Movement.filter(cause=holding)
    return movement.id


async def transfers(stripe: Stripe) -> int:
    return int((await stripe.state())["objects"].get("transfer", 0))


async def test_two_workers_send_one_transfer(stripe: Stripe, facts: Facts) -> None:
    movement_id = await released(stripe)
    configure(replace(config(), claim_seconds=0))  # nobody respects the other's claim
    await asyncio.gather(*(movements.send(movement_id, facts) for _ in range(6)))
    await stripe.settle()
    assert await transfers(stripe) == 1
    assert len(facts.of(TransferSent)) == 1
    assert (await reconcile.reconcile()).clean


@pytest.mark.parametrize("kind", ["500_before", "500_after", "500_stored", "drop_after", "429"])
async def test_a_fault_is_overcome_without_paying_twice(
    stripe: Stripe, facts: Facts, kind: str
) -> None:
    configure(replace(config(), network_retries=0, claim_seconds=0))
    movement_id = await released(stripe)
    await stripe.control("faults", kind=kind, path="^/v1/transfers$", times=2)
    for _ in range(8):
        await movements.send(movement_id, facts)
        await advance(60)
    assert (await Movement.get(id=movement_id)).status is MovementStatus.SENT
    await stripe.settle()
    assert await transfers(stripe) == 1
    assert len(facts.of(TransferSent)) == 1
    assert (await reconcile.reconcile()).clean


async def test_an_answer_lost_for_a_day_is_found_again(stripe: Stripe, facts: Facts) -> None:
    configure(replace(config(), network_retries=0))
    movement_id = await released(stripe)
    await stripe.control("faults", kind="drop_after", path="^/v1/transfers$")
    await movements.send(movement_id, facts)
    assert (await Movement.get(id=movement_id)).status is MovementStatus.QUEUED
    await advance(30 * 3_600)  # Stripe may have forgotten the key by now
    await movements.send(movement_id, facts)
    assert await transfers(stripe) == 1
    assert (await Movement.get(id=movement_id)).status is MovementStatus.SENT


async def test_a_transfer_waits_for_its_payee(stripe: Stripe, facts: Facts) -> None:
    await stripe.fund(eur(100_000), holding="m1")
    async with in_transaction():
        await escrow.release(key="m1", holding="m1", payee="assistant")
    [movement] = await Movement.all()
    assert movement.status is MovementStatus.WAITING_PAYEE
    await stripe.settle()
    assert await transfers(stripe) == 0
    await stripe.onboard()
    assert [fact.amount for fact in facts.of(TransferSent)] == [eur(94_000)]


async def test_queueing_wakes_a_job_in_the_same_transaction(stripe: Stripe) -> None:
    await stripe.onboard()
    await stripe.fund(eur(100_000), holding="m1")
    woken: list[UUID] = []

    async def wake(movement: UUID, at: object) -> None:
        woken.append(movement)

    movements.wake_with(wake)
    async with in_transaction():
        await escrow.release(key="m1", holding="m1", payee="assistant")
    movements.wake_with(None)
    assert woken == [(await Movement.get()).id]


async def test_a_failing_payment_is_parked_and_retried_by_an_operator(
    stripe: Stripe, facts: Facts
) -> None:
    configure(replace(config(), network_retries=0))
    movement_id = await released(stripe)
    await stripe.control("faults", kind="500_before", path="^/v1/transfers$", times=50)
    for _ in range(movements.ATTEMPTS_MAX):
        await movements.send(movement_id, facts)
        await advance(7 * 3_600)
    assert (await Movement.get(id=movement_id)).status is MovementStatus.PARKED
    assert [fact.movement_id for fact in facts.of(MovementParked)] == [movement_id]
    await stripe.control("faults", clear=True)
    async with in_transaction():
        await movements.retry(movement_id)
    await stripe.settle()
    assert (await Movement.get(id=movement_id)).status is MovementStatus.SENT


async def test_an_outage_of_a_night_parks_nothing(stripe: Stripe, facts: Facts) -> None:
    configure(replace(config(), network_retries=0))
    movement_id = await released(stripe)
    await stripe.control("faults", kind="500_before", path="^/v1/transfers$", times=50)
    for _ in range(10 * 4):  # a worker that looks four times an hour, for ten hours
        await movements.send(movement_id, facts)
        await advance(15 * 60)
    assert (await Movement.get(id=movement_id)).status is MovementStatus.QUEUED
    await stripe.control("faults", clear=True)
    await advance(6 * 3_600)
    await stripe.settle()
    assert len(facts.of(TransferSent)) == 1
    assert facts.of(MovementParked) == []


async def test_money_waits_for_a_new_key_however_long_that_takes(
    stripe: Stripe, facts: Facts
) -> None:
    movement_id = await released(stripe)
    good = config()
    configure(replace(good, secret_key="wrong"))
    for _ in range(movements.ATTEMPTS_MAX + 1):
        await movements.send(movement_id, facts)
        await advance(3_600)
    waiting = await Movement.get(id=movement_id)
    assert (waiting.status, waiting.attempts) == (MovementStatus.QUEUED, 0)
    assert waiting.first_sent_at is None, "nothing was carried out"
    configure(good)
    await stripe.settle()
    assert len(facts.of(TransferSent)) == 1
    assert facts.of(MovementParked) == []


async def test_a_refund_that_fails_stays_the_payers_credit(stripe: Stripe, facts: Facts) -> None:
    await stripe.fund(eur(100_000), holding="m0", contract="c0")
    funding_id = await stripe.fund(eur(10_000), holding="m1")
    async with in_transaction():
        await escrow.refund(key="b", holding="m1")
    await stripe.settle()
    [sent] = facts.of(RefundSent)
    refund = (await Movement.get(id=sent.movement_id)).stripe_id
    await stripe.control(f"refunds/{refund}")
    await stripe.settle()
    assert [fact.amount for fact in facts.of(RefundFailed)] == [eur(10_600)]
    assert await book.balance(chart.credit("business"), "EUR") == eur(-10_600)
    assert (await Funding.get(id=funding_id)).refunded_minor == 0
    assert (await reconcile.reconcile()).clean


async def test_reconciliation_names_what_our_books_do_not_know(stripe: Stripe) -> None:
    await stripe.fund(eur(100_000), holding="m1")
    [charge] = [funding.charge for funding in await Funding.all()]
    assert charge is not None
    foreign = await moving.create_refund(
        amount=eur(500), charge=charge, metadata={}, key="not-ours"
    )
    await stripe.settle()
    report = await reconcile.reconcile()
    assert not report.clean
    [difference] = report.differences
    assert (difference.source, difference.stripe) == (foreign.id, eur(-500))
    assert difference.books == eur(0)

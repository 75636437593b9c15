"""Who may send a movement that somebody has begun to send: the same job again, nobody else."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from tortoise.transactions import in_transaction

from payments import escrow, movements, reconcile
from payments.models import Movement, MovementStatus
from tests.payments.conftest import Facts, Stripe, advance, eur


async def test_an_interrupted_job_goes_on_with_its_own_claim_at_once(
    stripe: Stripe, facts: Facts
) -> None:
    await stripe.onboard()
    await stripe.fund(eur(100_000), holding="m1")
    async with in_transaction():
        await escrow.release(key="m1", holding="m1", payee="assistant")
    movement = await Movement.get(cause="m1")
    await stripe.control("faults", kind="slow", path="^/v1/transfers$", seconds=1)
    first = asyncio.create_task(movements.send(movement.id, facts, "job 7"))
    while (await Movement.get(id=movement.id)).status is not MovementStatus.SENDING:
        await asyncio.sleep(0.01)
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first
    for stranger in (None, "job 8"):
        await movements.send(movement.id, facts, stranger)
        assert (await Movement.get(id=movement.id)).status is MovementStatus.SENDING
    await movements.send(movement.id, facts, "job 7")
    assert (await Movement.get(id=movement.id)).attempts == 2
    # The interrupted call may be under way at Stripe, which says "in use" until it has its transfer.
    while (await stripe.state())["objects"].get("transfer") != 1:
        await asyncio.sleep(0.05)
    await advance(60)
    await movements.send(movement.id, facts, "job 7")
    await stripe.settle()
    assert (await Movement.get(id=movement.id)).status is MovementStatus.SENT
    assert (await stripe.state())["objects"]["transfer"] == 1
    assert (await reconcile.reconcile()).clean

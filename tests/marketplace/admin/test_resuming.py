"""A restored instance hears what Stripe did since the backup, and pays nothing a second time."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from tortoise.transactions import in_transaction

from marketplace.admin.service import resuming
from marketplace.core import clock, held, once
from marketplace.core.events import on_fact
from payments import movements, payouts
from payments.config import config
from payments.gateway import moving
from payments.models import Movement, MovementStatus, Payee, StripeEvent
from payments.money import Money
from tests.marketplace.admin.conftest import Scene
from tests.marketplace.admin.test_reconciliation import sandbox_server

__all__ = ["sandbox_server"]
pytestmark = pytest.mark.usefixtures("stripe_sandbox")


async def sent_by_the_lost_instance(scene: Scene, name: str, cents: int) -> str:
    """A transfer that Stripe made after the backup; its id."""
    movement = await scene.movement()
    payee = await Payee.get(id=movement.payee)
    assert payee.account is not None
    metadata = {
        "movement": name, "holding": movement.holding, "contract": movement.contract,
    }  # fmt: skip
    written = await moving.create_transfer(
        amount=Money(cents, movement.currency), account=payee.account, charge=movement.charge,
        group=f"contract:{movement.contract}", metadata=metadata, key=f"movement:{name}",
    )  # fmt: skip
    return written.id


async def due(scene: Scene) -> Movement:
    """The owed transfer, which nothing keeps from leaving."""
    payee = (await scene.movement()).payee
    await payouts.ensure_payee(payee=payee, email="a@x.org", name="A", country="FR", locale="fr")
    await payouts.onboarding_link(payee, "http://x/ok", "http://x/again")
    row = await Payee.get(id=payee)
    async with httpx.AsyncClient(base_url=config().api_base, timeout=30) as stripe:
        await stripe.post(f"/_sandbox/onboard/{row.account}", json={})
    await payouts.refresh_payee(payee, on_fact)
    movement = await scene.movement()
    assert movement.status is MovementStatus.QUEUED
    return movement


async def test_what_left_after_the_backup_is_heard_and_not_sent_again(scene: Scene) -> None:
    movement = await due(scene)
    await once.mark_done(held.RESTORED)
    there = await sent_by_the_lost_instance(scene, str(movement.id), movement.amount_minor)
    report = await resuming.catch_up()
    assert report.clean
    await movement.refresh_from_db()
    assert (movement.status, movement.stripe_id) == (MovementStatus.SENT, there)
    assert await resuming.resume(report) == 0
    assert await held.since() is None
    await movements.send(movement.id, on_fact)
    assert (await resuming.catch_up()).clean


async def test_what_was_decided_after_the_backup_is_named(scene: Scene) -> None:
    movement = await due(scene)
    await once.mark_done(held.RESTORED)
    there = await sent_by_the_lost_instance(scene, str(uuid4()), 500)
    await resuming.catch_up()  # safe to repeat
    report = await resuming.catch_up()
    assert [each.source for each in report.differences] == [there]
    assert await held.since() is not None
    assert (await StripeEvent.filter(object=there)) != []
    assert await resuming.resume(report) == 1
    await movement.refresh_from_db()
    assert not movements.unsent(movement)


async def test_a_movement_in_doubt_is_looked_for_before_it_is_sent(scene: Scene) -> None:
    movement = await due(scene)
    there = await sent_by_the_lost_instance(scene, str(movement.id), movement.amount_minor)
    clock.advance(timedelta(days=2).total_seconds())  # Stripe has forgotten the key
    async with in_transaction():
        assert await movements.doubt() == 1
        assert await movements.doubt() == 0
    await movements.send(movement.id, on_fact)
    await movement.refresh_from_db()
    assert (movement.status, movement.stripe_id) == (MovementStatus.SENT, there)


async def test_what_could_not_have_left_yet_is_in_no_doubt(scene: Scene) -> None:
    movement = await scene.movement()
    hold = clock.now() + timedelta(days=5)  # the security hold
    await Movement.filter(id=movement.id).update(not_before=hold)
    async with in_transaction():
        assert await movements.doubt() == 0
    assert movements.unsent(movement)

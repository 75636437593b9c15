"""Transfers, reversals, refunds and disputes, on the sandbox and on Stripe."""

from __future__ import annotations

import pytest

from payments import errors
from payments.gateway import accounts, disputes, moving
from payments.gateway.client import client
from tests.payments.gateway.conftest import Backend, charge_of, eur, key, paid


async def test_a_part_of_a_charge_goes_to_a_payee_and_comes_back(paying_out: Backend) -> None:
    group = f"contract:{key()}"
    payee = await paying_out.payee()
    charge = charge_of(await paid(eur(10_000), "pm_card_bypassPending", group))
    to = {"account": payee, "charge": charge, "group": group}
    sent = await moving.create_transfer(
        amount=eur(6_000), metadata={"movement": "m1"}, key=key(), **to
    )
    assert (sent.kind, sent.amount) == ("transfer", eur(6_000))
    assert await moving.transfer(sent.id) == sent
    assert await moving.find_transfer(group=group, movement="m1") == sent
    assert await moving.find_transfer(group=group, movement="m2") is None
    with pytest.raises(errors.StripeRefused):  # a charge bears no more than its amount
        await moving.create_transfer(amount=eur(4_001), metadata={}, key=key(), **to)

    used = key()
    back, again = [
        await moving.create_reversal(
            transfer=sent.id, amount=eur(2_000), metadata={"movement": "m3"}, key=used
        )
        for _ in range(2)
    ]
    assert await moving.reversals(sent.id) == [back] == [again]
    with pytest.raises(errors.StripeRefused):
        await moving.create_reversal(transfer=sent.id, amount=eur(4_001), metadata={}, key=key())


async def test_who_is_not_ready_receives_nothing(backend: Backend) -> None:
    charge = charge_of(await paid(eur(5_000)))
    made = await accounts.create_account(
        payee="b", email="b@example.org", name="B", country="FR", locale="fr", key=key()
    )
    with pytest.raises(errors.PayeeNotReady):
        await moving.create_transfer(
            amount=eur(1_000), account=made.id, charge=charge, group="g", metadata={}, key=key()
        )


async def test_a_refund_is_found_by_its_movement_and_never_exceeds_its_charge(
    backend: Backend,
) -> None:
    charge = charge_of(await paid(eur(5_000), "pm_card_bypassPending"))
    used = key()
    made, again = [
        await moving.create_refund(
            amount=eur(2_000), charge=charge, metadata={"movement": "r1"}, key=used
        )
        for _ in range(2)
    ]
    assert made == again
    assert made.amount == eur(2_000)
    assert made.status in ("succeeded", "pending")
    found = await moving.find_refund(charge=charge, movement="r1")
    assert found is not None
    assert found.id == made.id
    assert (await moving.refund(made.id)).amount == eur(2_000)
    with pytest.raises(errors.StripeRefused):
        await moving.create_refund(amount=eur(3_001), charge=charge, metadata={}, key=key())


async def test_a_dispute_takes_its_amount_and_a_fee_and_bars_refunds(backend: Backend) -> None:
    charge = charge_of(await paid(eur(5_000), "pm_card_createDispute"))

    async def opened() -> list[str]:
        found = await client().v1.disputes.list_async({"charge": charge})
        return [dispute.id for dispute in found.data]

    (identifier,) = await backend.eventually(opened, bool)
    seen = await backend.eventually(
        lambda: disputes.dispute(identifier), lambda d: d.withdrawn.minor > 0
    )
    assert (seen.charge, seen.amount, seen.withdrawn) == (charge, eur(5_000), eur(5_000))
    assert seen.withdrawn_fee.minor > 0
    assert seen.returned == eur(0)
    assert seen.due_by is not None
    with pytest.raises(errors.StripeRefused) as refused:
        await moving.create_refund(amount=eur(1_000), charge=charge, metadata={}, key=key())
    assert refused.value.code == "charge_disputed"

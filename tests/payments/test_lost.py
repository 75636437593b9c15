"""A lost dispute is borne by whom a named person decides: all that its money reached, and no more."""

from __future__ import annotations

import pytest
from tortoise.transactions import in_transaction

from marketplace.core import clock
from payments import errors, escrow, explorer, inbox
from payments.facts import (
    DisputeOpened,
    MovementParked,
    RefundSent,
    SurplusDecided,
    SurplusDisputed,
)
from payments.ledger import book, chart
from payments.models import Funding, FundingStatus, Movement, MovementKind, MovementStatus
from payments.money import Money
from tests.payments.conftest import Facts, Stripe, advance, eur, requested
from tests.payments.test_returns import all_agrees


async def lose(stripe: Stripe, charge: str) -> str:
    """The bank takes a charge back for good; everything is heard."""
    dispute = await stripe.control("disputes", charge=charge)
    await stripe.settle()
    await stripe.control(f"disputes/{dispute['id']}", result="lost")
    await stripe.settle()
    return str(dispute["id"])


async def account(dispute: str) -> explorer.DisputeView:
    found = await explorer.dispute(dispute)
    assert found is not None
    return found


async def recover(stripe: Stripe, dispute: str, price: Money | None = None, key: str = "") -> None:
    async with in_transaction():
        await escrow.recover(
            key=key or dispute, dispute=dispute, decided_by="Ines", reason="agreed", price=price
        )
    await stripe.settle()


async def release(holding: str, price: Money | None = None) -> None:
    async with in_transaction():
        await escrow.release(
            key=f"{holding}:{price}", holding=holding, payee="assistant", price=price
        )


async def test_what_was_carried_on_to_another_holding_is_reached(stripe: Stripe) -> None:
    await stripe.onboard()
    first = await stripe.fund(eur(100_000), holding="w1")
    await release("w1", eur(60_000))
    async with in_transaction():
        await escrow.carry_over(key="w1", source="w1", target="w2")
    await stripe.fund(eur(50_000), holding="w2")
    await release("w2")
    await stripe.settle()
    dispute = await lose(stripe, str((await Funding.get(id=first)).charge))
    lost = await account(dispute)
    assert lost.loss == eur(106_000)
    assert lost.recoverable == eur(100_000)  # our own fee is not the assistant's loss
    with pytest.raises(errors.NothingReleased):
        await recover(stripe, dispute, eur(100_001))
    await recover(stripe, dispute, eur(70_000))
    assert (await escrow.balance("w1")).released == eur(0)
    assert (await escrow.balance("w2")).released == eur(80_000)
    assert (await account(dispute)).recoverable == eur(30_000)
    await recover(stripe, dispute, eur(70_000))  # the same decision again
    await recover(stripe, dispute, key="the rest")
    after = await account(dispute)
    assert (after.loss, after.recoverable) == (eur(6_000), eur(0))
    assert (await escrow.balance("w2")).released == eur(50_000)  # what the other charge paid
    await all_agrees()


async def test_two_lost_charges_of_one_holding_keep_their_own_accounts(stripe: Stripe) -> None:
    await stripe.onboard()
    charges = []
    for _ in range(2):
        await stripe.fund(eur(50_000), holding="m1")
        charges.append(str((await Funding.all().order_by("-created_at").first()).charge))  # type: ignore[union-attr]
    await release("m1")
    await stripe.settle()
    one, two = [await lose(stripe, charge) for charge in charges]
    await recover(stripe, one)
    rows = [await account(one), await account(two)]
    assert [row.loss for row in rows] == [eur(3_000), eur(53_000)]
    assert [row.recoverable for row in rows] == [eur(0), eur(50_000)]
    taken = await Movement.filter(kind=MovementKind.REVERSAL)
    assert {each.charge for each in taken} == {
        charges[0]
    }  # the other charge's transfer is left alone
    await recover(stripe, two)
    assert [(await account(each)).loss for each in (one, two)] == [eur(3_000)] * 2
    with pytest.raises(errors.NothingReleased):
        await recover(stripe, two, key="once more")
    await all_agrees()


async def test_a_refund_that_held_money_paid_the_bank_for_is_still_owed(
    stripe: Stripe, facts: Facts
) -> None:
    await stripe.fund(eur(100_000), holding="m1")
    charge = (await Funding.get()).charge
    dispute = await stripe.control("disputes", charge=charge, amount=31_800)
    await stripe.settle()
    await stripe.control(f"disputes/{dispute['id']}", result="lost")
    await stripe.settle()
    assert (await account(dispute["id"])).loss == eur(0), "held money covered it"
    async with in_transaction():
        [due] = await escrow.refund(key="r", holding="m1", price=eur(20_000))
    await stripe.settle()
    refund = await Movement.get(kind=MovementKind.REFUND)
    assert refund.status is MovementStatus.CREDIT
    assert await book.balance(chart.credit("business"), "EUR") == -due.returned
    assert await book.balance(chart.DISPUTE_LOSS, "EUR") == eur(0)
    assert [fact.disputed for fact in facts.of(MovementParked)] == [True]
    await all_agrees()


async def test_a_refund_on_its_way_while_its_charge_was_lost_was_paid_by_the_bank(
    stripe: Stripe, facts: Facts
) -> None:
    await stripe.fund(eur(100_000), holding="m1")
    async with in_transaction():
        await escrow.refund(key="r", holding="m1", price=eur(50_000))
    started = {"first_sent_at": clock.now(), "claimed_at": clock.now()}
    await Movement.all().update(status=MovementStatus.SENDING, **started)  # a worker that dies
    dispute = await stripe.control("disputes", charge=(await Funding.get()).charge)
    await stripe.settle()
    await stripe.control(f"disputes/{dispute['id']}", result="lost")
    await stripe.settle()
    assert (await account(dispute["id"])).loss == eur(53_000)
    await advance(3_600)
    await stripe.settle()
    assert (await Movement.get()).status is MovementStatus.WITHDRAWN
    assert await book.balance(chart.credit("business"), "EUR") == eur(0)
    assert (await account(dispute["id"])).loss == eur(0)
    await all_agrees()


@pytest.mark.parametrize("result", ["lost", "won"])
async def test_a_bank_takes_back_what_was_paid_beyond_what_was_asked(
    stripe: Stripe, facts: Facts, result: str
) -> None:
    await stripe.fund(eur(50_000), holding="other")  # refunds need a balance
    await stripe.fund(eur(10_000), holding="m1")
    asked = await requested(eur(20_000), holding="m1")
    page = await escrow.start_checkout(asked, "http://x/ok", "http://x/no")
    await Funding.filter(id=asked).update(status=FundingStatus.CANCELLED)
    await stripe.pay(page)
    await stripe.arrived()
    for event in await inbox.pending(99):
        await inbox.apply(event, facts)
    refund = await Movement.get(kind=MovementKind.REFUND)  # nobody has sent it yet
    dispute = await stripe.control("disputes", charge=refund.charge)
    await stripe.settle()
    assert [fact.amount for fact in facts.of(SurplusDisputed)] == [eur(21_200)]
    assert facts.of(DisputeOpened) == []
    assert (await escrow.balance("m1")).held == eur(10_000)
    await release("m1", eur(1_000))  # what is held goes on
    shown = await account(dispute["id"])
    assert (shown.surplus, shown.contract, shown.amount) == (True, "c1", eur(21_200))
    await stripe.control(f"disputes/{dispute['id']}", result=result)
    await stripe.settle()
    await refund.refresh_from_db()
    shown = await account(dispute["id"])
    assert (shown.status, shown.loss, shown.recoverable) == (result, eur(0), eur(0))
    assert [fact.won for fact in facts.of(SurplusDecided)] == [result == "won"]
    owed = await book.balance(chart.credit("business"), "EUR")
    if result == "lost":
        assert (refund.status, owed) == (MovementStatus.WITHDRAWN, eur(0))
    else:
        assert (refund.status, owed) == (MovementStatus.CREDIT, eur(-21_200))
        assert [fact.disputed for fact in facts.of(MovementParked)] == [True]
    assert facts.of(RefundSent) == []
    await all_agrees()

"""A transfer that cannot leave: out of the queue it stays owed, until a named person decides."""

from __future__ import annotations

from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from payments import errors, escrow, explorer, movements, statements, treasury
from payments.facts import ClawbackSettled, RefundSent, TransferSent
from payments.ledger import book, chart
from payments.models import Funding, MovementStatus
from tests.payments.conftest import Facts, Stripe, advance, eur
from tests.payments.test_returns import all_agrees
from tests.payments.test_unsent import held_back, transfer


async def refused(stripe: Stripe) -> tuple[str, UUID]:
    """A payee whom Stripe refused before their money left; their account and the transfer."""
    account = await held_back(stripe)
    await stripe.fund(eur(10_000), holding="m2")  # Stripe's fees leave too little for a full refund
    await stripe.control(f"onboard/{account}", rejected=True)
    await stripe.settle()
    await advance(6 * 86_400)
    await stripe.settle()
    waiting = await transfer()
    assert waiting.status is MovementStatus.WAITING_PAYEE
    return account, waiting.id


async def aside(stripe: Stripe) -> tuple[str, UUID]:
    account, movement = await refused(stripe)
    async with in_transaction():
        await movements.set_aside(movement)
    return account, movement


async def test_out_of_the_queue_it_stays_owed_and_nothing_sends_it(
    stripe: Stripe, facts: Facts
) -> None:
    account, movement = await aside(stripe)
    [kept] = await statements.aside("assistant")
    owed = (await statements.payee_statement("assistant")).owed["EUR"]
    assert (kept.amount, await statements.leaving("assistant")) == (owed, ())
    assert await explorer.unfinished("assistant")
    await stripe.control(f"onboard/{account}", rejected=False)
    await stripe.settle()
    assert facts.of(TransferSent) == []
    with pytest.raises(errors.NotLeaving):
        async with in_transaction():
            await movements.set_aside(movement)
    async with in_transaction():
        await movements.put_back(movement)
    await stripe.settle()
    assert [sent.amount for sent in facts.of(TransferSent)] == [owed]
    assert await statements.aside("assistant") == ()
    await all_agrees()


async def test_what_was_paid_another_way_is_settled_for_good(stripe: Stripe, facts: Facts) -> None:
    _account, movement = await aside(stripe)
    ours, owed = await treasury.earned("EUR"), (await transfer()).amount
    async with in_transaction():
        await movements.paid_by_hand(movement, decided_by="Ines", reference="VIR 2026-17")
    for act in (movements.put_back, movements.set_aside):
        with pytest.raises(errors.NotLeaving):
            async with in_transaction():
                await act(movement)
    assert await book.balance(chart.payable("assistant"), "EUR") == eur(0)
    assert await treasury.earned("EUR") == ours + owed
    statement = await statements.payee_statement("assistant")
    assert (statement.transferred["EUR"], statement.lines[-1].reference) == (owed, "VIR 2026-17")
    assert (await statements.contract_statement("c1")).transferred == owed
    assert not [each for each in await explorer.queues() if each.queue == "movement"]
    await stripe.settle()
    assert facts.of(TransferSent) == []
    await all_agrees()
    # Given back all the same, it is the payee's debt: they have had the money.
    async with in_transaction():
        [fact] = await escrow.refund_released(key="b", holding="m1", decided_by="Ines")
    assert (fact.as_debt, await escrow.debt_of("assistant", "EUR")) == (True, owed)
    await stripe.settle()
    assert len(facts.of(RefundSent)) == 1
    await all_agrees()


async def test_it_goes_back_to_the_payer_with_the_fee_and_once(
    stripe: Stripe, facts: Facts
) -> None:
    _account, movement = await aside(stripe)
    paid = (await Funding.get(holding_id="m1")).total
    for times in (1, 0):
        async with in_transaction():
            found = await escrow.take_back_unsent(
                key="t", movement=movement, decided_by="Ines", reason="refused for good"
            )
        assert len(found) == times
    await stripe.settle()
    assert [sent.amount for sent in facts.of(RefundSent)] == [paid]
    assert [fact.as_debt for fact in facts.of(ClawbackSettled)] == []
    assert (await transfer()).status is MovementStatus.WITHDRAWN
    assert await book.balance(chart.payable("assistant"), "EUR") == eur(0)
    await all_agrees()


async def test_what_may_have_left_is_not_decided_about(stripe: Stripe) -> None:
    _account, movement = await refused(stripe)
    async with in_transaction():
        await movements.doubt()
    with pytest.raises(errors.NotLeaving):
        async with in_transaction():
            await movements.set_aside(movement)
    with pytest.raises(errors.NotLeaving):
        async with in_transaction():
            await escrow.take_back_unsent(key="t", movement=movement, decided_by="I", reason="x")

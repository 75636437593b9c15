"""Released money comes back: reversal first, then refund; what cannot come back is a debt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tortoise.transactions import in_transaction

from marketplace.core import clock
from payments import errors, escrow, inbox, movements, reconcile, statements
from payments.config import config, configure
from payments.escrow import GoesTo
from payments.facts import (
    ClawbackSettled,
    MovementParked,
    RefundFailed,
    RefundSent,
    TipReleased,
    TransferSent,
)
from payments.ledger import book, chart
from payments.models import Funding, Movement, MovementKind, MovementStatus
from payments.money import Money
from tests.payments.conftest import Facts, Stripe, advance, eur, requested
from tests.payments.test_escrow import books_agree


async def released(stripe: Stripe, price: Money, *, holding: str = "m1") -> None:
    """Paid, released and at the payee's account, whose balance can be reversed."""
    await stripe.onboard()
    await stripe.fund(price, holding=holding)
    async with in_transaction():
        await escrow.release(key=holding, holding=holding, payee="assistant")
    await stripe.settle()


async def back(holding: str = "m1", **more: object) -> tuple[ClawbackSettled, ...]:
    given: dict[str, object] = {"key": f"back:{holding}", "decided_by": "Ines", "reason": "agreed"}
    async with in_transaction():
        return await escrow.take_back(holding=holding, **(given | more))  # type: ignore[arg-type]


async def all_agrees() -> None:
    await books_agree()
    await statements.contract_statement("c1")
    report = await reconcile.reconcile()
    assert report.clean, report.differences


async def test_a_part_of_what_was_released_goes_back_to_the_payer(
    stripe: Stripe, facts: Facts
) -> None:
    await released(stripe, eur(100_000))
    assert await back(price=eur(30_000)) == ()  # the reversal comes first
    assert facts.of(RefundSent) == []
    await stripe.settle()
    [settled] = facts.of(ClawbackSettled)
    assert (settled.net, settled.returned, settled.as_debt) == (eur(28_200), eur(30_000), False)
    assert [fact.amount for fact in facts.of(RefundSent)] == [eur(30_000)]
    assert await back(price=eur(30_000)) == ()  # one key, one clawback
    with pytest.raises(errors.KeyReused):
        await back(price=eur(20_000))
    with pytest.raises(errors.NothingReleased):
        await back(key="more", price=eur(70_001))
    balance = await escrow.balance("m1")
    assert (balance.released, balance.refunded, balance.held) == (eur(70_000), eur(30_000), eur(0))
    both = await statements.contract_statement("c1")
    own = await statements.payee_statement("assistant")
    assert (both.transferred, both.taken_back) == (eur(65_800), eur(28_200))
    assert (own.transferred["EUR"], own.taken_back["EUR"]) == (eur(65_800), eur(28_200))
    assert [(x.change, x.owed_after) for x in own.lines] == [
        (eur(94_000), eur(94_000)), (eur(-94_000), eur(0)), (eur(-28_200), eur(0)),
    ]  # fmt: skip
    [row] = [line for line in both.lines if line.what == "clawback"]
    assert (row.amount, row.fees) == (eur(28_200), eur(-1_800))
    await all_agrees()


async def test_an_assistant_gives_everything_back_with_the_fee(
    stripe: Stripe, facts: Facts
) -> None:
    await released(stripe, eur(100_000))
    async with in_transaction():
        await escrow.refund_released(key="gift", holding="m1", decided_by="the assistant")
    await stripe.settle()
    assert [fact.returned for fact in facts.of(ClawbackSettled)] == [eur(106_000)]
    funding = await Funding.get()
    assert (funding.transferred_minor, funding.refunded_minor) == (0, 106_000)
    assert await book.balance(chart.COMMISSION, "EUR") == eur(0)
    assert await book.balance(chart.CLIENT_FEE, "EUR") == eur(0)
    await all_agrees()


async def test_a_transfer_that_did_not_leave_is_withdrawn(stripe: Stripe, facts: Facts) -> None:
    await stripe.fund(eur(100_000), holding="m1")  # nobody is onboarded: the transfer waits
    async with in_transaction():
        await escrow.release(key="m1", holding="m1", payee="assistant")
    [settled] = await back(price=eur(40_000))
    assert settled.net == eur(37_600)
    await stripe.settle()
    assert [fact.amount for fact in facts.of(RefundSent)] == [eur(40_000)]
    await stripe.onboard()
    assert [fact.amount for fact in facts.of(TransferSent)] == [eur(56_400)]
    await all_agrees()


async def test_a_transfer_whose_answer_was_lost_is_reversed_not_withdrawn(
    stripe: Stripe, facts: Facts
) -> None:
    configure(replace(config(), network_retries=0))
    await stripe.onboard()
    await stripe.fund(eur(100_000), holding="m1")
    async with in_transaction():
        await escrow.release(key="m1", holding="m1", payee="assistant")
    await stripe.control("faults", kind="drop_after", path="^/v1/transfers$")
    transfer = await Movement.get(kind=MovementKind.TRANSFER)
    await movements.send(transfer.id, facts)
    assert (await Movement.get(id=transfer.id)).status is MovementStatus.QUEUED  # and it left
    assert await back(price=eur(40_000)) == ()
    for _ in range(3):
        await stripe.settle()
        await advance(60)
    assert [fact.amount for fact in facts.of(TransferSent)] == [eur(94_000)]
    assert [fact.amount for fact in facts.of(RefundSent)] == [eur(40_000)]
    await all_agrees()


async def test_what_cannot_come_back_is_owed_and_paid_off_by_later_releases(
    stripe: Stripe, facts: Facts
) -> None:
    await stripe.fund(eur(200_000), holding="other", contract="c2")  # refunds need a balance
    await released(stripe, eur(100_000))
    # The payee's bank has it: the balance that a reversal would draw on is empty.
    await advance(4 * 86_400)
    await stripe.control("advance", seconds=2 * 86_400)
    await stripe.settle()
    await back()
    await stripe.settle()
    assert [fact.as_debt for fact in facts.of(ClawbackSettled)] == [True]
    assert await escrow.debt_of("assistant", "EUR") == eur(94_000)
    assert [fact.amount for fact in facts.of(RefundSent)] == [eur(100_000)]
    await all_agrees()
    await stripe.fund(eur(50_000), holding="m2")
    async with in_transaction():
        [second] = await escrow.release(key="m2", holding="m2", payee="assistant")
    assert second.set_off == eur(47_000)
    await stripe.fund(eur(60_000), holding="m3")
    async with in_transaction():
        [third] = await escrow.release(key="m3", holding="m3", payee="assistant")
    assert third.set_off == eur(47_000)
    await stripe.settle()
    assert await escrow.debt_of("assistant", "EUR") == eur(0)
    assert [fact.amount for fact in facts.of(TransferSent)] == [eur(94_000), eur(9_400)]
    # Taking back what had paid the debt brings the debt back.
    await back("m2")
    assert await escrow.debt_of("assistant", "EUR") == eur(47_000)
    await stripe.settle()
    own = await statements.payee_statement("assistant")
    assert own.debt == {"EUR": eur(47_000)}
    assert own.transferred == {"EUR": eur(94_000 + 9_400)}  # nothing of it came back from a bank
    assert own.taken_back == {}
    await all_agrees()


async def test_a_dispute_lost_after_the_release_is_covered_by_a_named_person(
    stripe: Stripe, facts: Facts
) -> None:
    await released(stripe, eur(100_000))
    charge = (await Funding.get()).charge
    assert not await escrow.frozen("m1")
    dispute = await stripe.control("disputes", charge=charge)
    await stripe.settle()
    assert await escrow.frozen("m1")
    with pytest.raises(errors.HoldingFrozen):
        await back()
    await stripe.control(f"disputes/{dispute['id']}", result="lost")
    await stripe.settle()
    assert not await escrow.frozen("m1")
    assert await book.balance(chart.DISPUTE_LOSS, "EUR") == eur(106_000)
    with pytest.raises(ValueError, match="named person"):
        await back(decided_by="", goes_to=GoesTo.LOSS)
    await back(goes_to=GoesTo.LOSS)
    await stripe.settle()
    assert await book.balance(chart.DISPUTE_LOSS, "EUR") == eur(6_000)
    assert facts.of(RefundSent) == []
    balance = await escrow.balance("m1")
    assert (balance.released, balance.disputed) == (eur(0), eur(100_000))
    found = await statements.contract_statement("c1")
    assert found.by_bank == eur(106_000)
    said = {line.what.value: line.amount for line in found.lines}
    assert (said["dispute_lost"], said["recovery"]) == (eur(106_000), eur(100_000))
    await all_agrees()


async def test_a_lost_answer_to_a_reversal_takes_nothing_twice(
    stripe: Stripe, facts: Facts
) -> None:
    await released(stripe, eur(100_000))
    await stripe.control("faults", kind="drop_after", path="/reversals$", times=2)
    await back(price=eur(10_000))
    for _ in range(6):
        await stripe.settle()
        await advance(120)
    assert (await stripe.state())["objects"]["transfer_reversal"] == 1
    assert [fact.amount for fact in facts.of(RefundSent)] == [eur(10_000)]
    await all_agrees()


async def test_a_tip_is_the_assistants_at_once(stripe: Stripe, facts: Facts) -> None:
    await stripe.onboard()
    async with in_transaction():
        funding = await escrow.request_tip(
            holding="tip:1",
            contract="c1",
            payer="business",
            payee="assistant",
            amount=eur(2_000),
            description="Merci",
            locale="fr",
        )
    await stripe.pay(await escrow.start_checkout(funding.id, "http://x/ok", "http://x/no"))
    await stripe.settle()
    [tip] = facts.of(TipReleased)
    assert (tip.price, tip.net, tip.charged) == (eur(2_000), eur(2_000), eur(2_000))
    assert [fact.amount for fact in facts.of(TransferSent)] == [eur(2_000)]
    statement = await statements.contract_statement("c1")
    assert (statement.funded, statement.released) == (eur(2_000), eur(2_000))
    await all_agrees()


@pytest.mark.parametrize("to_payee", [0, 1, 33_333, 100_000])
async def test_a_settlement_splits_what_is_held_to_the_cent(
    stripe: Stripe, facts: Facts, to_payee: int
) -> None:
    await stripe.fund(eur(100_000), holding="m1")
    for _ in range(2):
        async with in_transaction():
            await escrow.split(key="deal", holding="m1", payee="assistant", to_payee=eur(to_payee))
    with pytest.raises(errors.KeyReused):
        async with in_transaction():
            await escrow.split(
                key="deal", holding="m1", payee="assistant", to_payee=eur(to_payee + 1)
            )
    balance = await escrow.balance("m1")
    assert (balance.released, balance.refunded) == (eur(to_payee), eur(100_000 - to_payee))
    await stripe.settle()
    await all_agrees()


async def test_a_refund_that_came_back_is_sent_again(stripe: Stripe, facts: Facts) -> None:
    await stripe.fund(eur(100_000), holding="m1")
    await stripe.fund(eur(100_000), holding="other", contract="c2")  # refunds need a balance
    async with in_transaction():
        await escrow.refund(key="m1", holding="m1")
    await stripe.settle()
    [first] = await Movement.filter(kind=MovementKind.REFUND)
    await stripe.control(f"refunds/{first.stripe_id}")
    await stripe.settle()
    assert len(facts.of(RefundFailed)) == 1
    async with in_transaction():
        again = await escrow.resend_refund(first.id)
        assert await escrow.resend_refund(first.id) == again
    with pytest.raises(errors.NotReturned):
        async with in_transaction():
            await escrow.resend_refund(again)
    await stripe.settle()
    assert [fact.amount for fact in facts.of(RefundSent)] == [eur(106_000)] * 2
    assert await book.balance(chart.credit("business"), "EUR") == eur(0)
    await all_agrees()


async def test_a_direct_debit_is_not_refunded_by_itself(stripe: Stripe, facts: Facts) -> None:
    funding_id = await requested(eur(100_000), holding="m1")
    url = await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no")
    await stripe.control(f"pay/{url.rsplit('/', 1)[-1]}", iban="AT611904300234573201")
    await stripe.settle()
    await stripe.fund(eur(100_000), holding="other", contract="c2")  # refunds need a balance
    await advance(3 * 86_400)
    await stripe.control("advance", seconds=1)
    await stripe.settle()
    [paid] = await escrow.fundings_of("m1")
    assert paid.method == "sepa_debit"
    assert paid.paid_at is not None
    assert paid.window is not None
    assert paid.window.reversible_until - paid.paid_at == timedelta(weeks=8)
    assert (await escrow.balance("m1")).disputable_until == paid.window.disputable_until
    async with in_transaction():
        [refunded] = await escrow.refund(key="m1", holding="m1")
    assert refunded.returned == eur(106_000)
    await stripe.settle()
    assert facts.of(RefundSent) == []
    [credit] = await escrow.credits_of("business")
    assert (credit.amount, credit.safe_from) == (eur(106_000), paid.window.reversible_until)
    async with in_transaction():
        await escrow.send_credit(credit.movement_id)
    await stripe.settle()
    assert [fact.amount for fact in facts.of(RefundSent)] == [eur(106_000)]
    await all_agrees()


async def test_a_reversal_waits_until_its_transfer_has_left(stripe: Stripe, facts: Facts) -> None:
    await stripe.onboard()
    await stripe.fund(eur(100_000), holding="m1")
    async with in_transaction():
        await escrow.release(key="m1", holding="m1", payee="assistant")
    await Movement.all().update(status=MovementStatus.SENDING, first_sent_at=clock.now())
    await back()
    reversal = await Movement.get(kind=MovementKind.REVERSAL)
    await movements.send(reversal.id, facts)
    after = await Movement.get(id=reversal.id)
    assert (after.status, after.attempts) == (MovementStatus.QUEUED, 0)
    await Movement.filter(kind=MovementKind.TRANSFER).update(status=MovementStatus.QUEUED)
    await stripe.settle()
    await advance(300)
    await stripe.settle()
    assert [fact.amount for fact in facts.of(TransferSent)] == [eur(94_000)]
    assert [fact.amount for fact in facts.of(RefundSent)] == [eur(100_000)]
    await all_agrees()


async def disputed(stripe: Stripe) -> str:
    """The bank takes the only charge back; everything is heard."""
    dispute = await stripe.control("disputes", charge=(await Funding.get()).charge)
    await stripe.settle()
    return str(dispute["id"])


async def decide(stripe: Stripe, dispute: str, result: str) -> None:
    await stripe.control(f"disputes/{dispute}", result=result)
    await stripe.settle()


@pytest.mark.parametrize("number", ["4242424242424242", "sepa"])
async def test_a_refund_that_had_not_left_is_the_banks_once_the_dispute_is_lost(
    stripe: Stripe, facts: Facts, number: str
) -> None:
    await stripe.fund(eur(100_000), holding="m1")
    if number == "sepa":
        await Funding.all().update(method="sepa_debit")
    async with in_transaction():
        await escrow.refund(key="half", holding="m1", price=eur(50_000))
    dispute = await disputed(stripe)  # before the refund was sent
    refund = await Movement.get(kind=MovementKind.REFUND)
    assert refund.status in (MovementStatus.QUEUED, MovementStatus.CREDIT)
    for _ in range(15):  # longer than a refusal is tried again
        await advance(86_400 // 2)
        for due in await movements.due(9):
            await movements.send(due, facts)
    await refund.refresh_from_db()
    assert refund.status in (MovementStatus.QUEUED, MovementStatus.CREDIT)
    await decide(stripe, dispute, "lost")
    assert (await Movement.get(id=refund.id)).status is MovementStatus.WITHDRAWN
    assert await book.balance(chart.credit("business"), "EUR") == eur(0)
    assert await book.balance(chart.DISPUTE_LOSS, "EUR") == eur(0)  # nothing had been released
    assert await escrow.credits_of("business") == ()
    await all_agrees()


async def test_a_refund_after_a_lost_dispute_was_paid_by_the_bank(
    stripe: Stripe, facts: Facts
) -> None:
    await released(stripe, eur(100_000))
    await back()  # the reversal is under way when the bank decides
    dispute = await stripe.control("disputes", charge=(await Funding.get()).charge)
    await stripe.arrived()
    for event in await inbox.pending(9):
        await inbox.apply(event, facts)
    await decide(stripe, dispute["id"], "lost")
    assert facts.of(RefundSent) == []
    assert await book.balance(chart.credit("business"), "EUR") == eur(0)
    assert await book.balance(chart.DISPUTE_LOSS, "EUR") == eur(6_000)  # the client fee we earned
    await all_agrees()


async def test_a_refund_of_a_charge_whose_dispute_was_won_waits_for_a_person(
    stripe: Stripe, facts: Facts
) -> None:
    await stripe.fund(eur(100_000), holding="m1")
    async with in_transaction():
        await escrow.refund(key="all", holding="m1")
    dispute = await disputed(stripe)
    await decide(stripe, dispute, "won")
    [waiting] = await escrow.credits_of("business")
    assert waiting.amount == eur(106_000)
    assert len(facts.of(MovementParked)) == 1
    assert await book.balance(chart.credit("business"), "EUR") == eur(-106_000)
    await all_agrees()


@pytest.mark.parametrize("result", ["won", "lost"])
async def test_a_transfer_under_the_hold_waits_for_the_bank(
    stripe: Stripe, facts: Facts, result: str
) -> None:
    await stripe.onboard()
    await stripe.fund(eur(100_000), holding="m1")
    async with in_transaction():
        later = clock.now() + timedelta(days=5)
        await escrow.release(key="m1", holding="m1", payee="assistant", transfer_after=later)
    dispute = await disputed(stripe)
    assert await statements.leaving("assistant") == ()
    await advance(6 * 86_400)
    await stripe.settle()
    assert facts.of(TransferSent) == []  # the hold is over, the dispute is not
    await decide(stripe, dispute, result)
    if result == "lost":
        assert facts.of(TransferSent) == []
        [leaving] = await statements.leaving("assistant")
        assert leaving.at is not None and leaving.at >= clock.now() + timedelta(days=4)
        await back(goes_to=GoesTo.LOSS)  # a person's decision, before it has left
        await advance(6 * 86_400)
        await stripe.settle()
        assert facts.of(TransferSent) == []
        assert await book.balance(chart.DISPUTE_LOSS, "EUR") == eur(6_000)
    else:
        assert [fact.amount for fact in facts.of(TransferSent)] == [eur(94_000)]
    await all_agrees()


@pytest.mark.parametrize("result", ["won", "lost"])
async def test_the_end_of_a_dispute_does_not_shorten_the_security_hold(
    stripe: Stripe, facts: Facts, result: str
) -> None:
    await stripe.onboard()
    await stripe.fund(eur(100_000), holding="m1")
    later = clock.now() + timedelta(days=30)
    async with in_transaction():
        await escrow.release(key="m1", holding="m1", payee="assistant", transfer_after=later)
    dispute = await disputed(stripe)
    await advance(7 * 86_400)
    await decide(stripe, dispute, result)
    [leaving] = await statements.leaving("assistant")
    assert leaving.at == later
    await advance(22 * 86_400)
    await stripe.settle()
    assert facts.of(TransferSent) == []
    await advance(2 * 86_400)
    await stripe.fund(eur(100_000), holding="other", contract="c2")  # a loss needs a balance
    await stripe.settle()
    assert [fact.amount for fact in facts.of(TransferSent)] == [eur(94_000)]
    await all_agrees()


async def test_only_what_was_paid_in_full_and_kept_shortens_the_security_hold(
    stripe: Stripe,
) -> None:
    await stripe.fund(eur(100_000), holding="m1")
    for part in (100, 200, 300):
        async with in_transaction():
            key = f"m1:{part}"
            await escrow.release(key=key, holding="m1", payee="assistant", price=eur(part))
    assert await escrow.paid_in_full("assistant", 3) == 0  # three parts of one milestone
    async with in_transaction():
        await escrow.release(key="m1", holding="m1", payee="assistant")
    assert await escrow.paid_in_full("assistant", 3) == 1
    await back()
    assert await escrow.paid_in_full("assistant", 3) == 0

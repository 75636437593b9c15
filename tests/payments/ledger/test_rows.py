"""Every row of the table of postings is exercised, in every currency money is held in.

One contract lives through all of it against the local Stripe; after each step its statement agrees
and at the end the books equal Stripe's. What no flow of one contract brings about (money of our own,
fees that only a balance line announces, conversions, a charge for something already paid) is posted
by the function that posts it in the product. ROWS says which test goes deeper into a row; names in it
are checked, so that it cannot claim a test that is not there.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import pairwise
from typing import Final

import pytest
from tortoise.transactions import in_transaction

from marketplace.core import clock
from payments import escrow, explorer, movements, reconcile, statements, treasury
from payments.database import connection
from payments.escrow import GoesTo
from payments.fundings import settle_intent
from payments.gateway.views import BalanceLine, ChargeView, IntentView
from payments.ledger import book, chart, postings
from payments.ledger.balanced import Kind
from payments.ledger.conversions import conversion
from payments.models import Funding, Movement, MovementKind, MovementStatus
from payments.money import HELD_CURRENCIES, Money
from tests.payments.conftest import Facts, Stripe, advance, requested

ROWS: Final[dict[Kind, str]] = {
    Kind.FUND: "test_escrow.test_parts_funded_and_released_sum_to_the_quote",
    Kind.SURPLUS: "test_escrow.test_paying_twice_sends_the_second_payment_back",
    Kind.RELEASE: "test_journeys.test_a_milestone_is_paid_released_and_transferred",
    Kind.TIP: "test_returns.test_a_tip_is_the_assistants_at_once",
    Kind.TRANSFER: "test_kills.test_each_release_is_paid_once_whatever_is_killed",
    Kind.PAID_BY_HAND: "test_aside.test_what_was_paid_another_way_is_settled_for_good",
    Kind.REFUND_DUE: "test_journeys.test_cancelling_returns_price_and_fee",
    Kind.REFUND: "test_escrow.test_release_then_refund_returns_the_fee_of_the_rest",
    Kind.REFUND_FAILED: "test_movements.test_a_refund_that_fails_stays_the_payers_credit",
    Kind.CARRY: "test_escrow.test_what_a_week_leaves_is_carried_to_the_next",
    Kind.CLAWBACK: "test_returns.test_a_part_of_what_was_released_goes_back_to_the_payer",
    Kind.FEE_RETURN: "test_returns.test_an_assistant_gives_everything_back_with_the_fee",
    Kind.DEBT: "test_returns.test_what_cannot_come_back_is_owed_and_paid_off_by_later_releases",
    Kind.SET_OFF: "test_returns.test_what_cannot_come_back_is_owed_and_paid_off_by_later_releases",
    Kind.RECOVERY: "test_returns.test_a_dispute_lost_after_the_release_is_covered_by_a_named_person",
    Kind.DISPUTE_OPEN: "test_inbox.test_a_dispute_freezes_and_is_settled",
    Kind.DISPUTE_WON: "test_inbox.test_a_dispute_freezes_and_is_settled",
    Kind.DISPUTE_LOST: "test_inbox.test_a_dispute_freezes_and_is_settled",
    Kind.PAYOUT: "test_treasury.test_only_earned_money_is_paid_out",
    Kind.PAYOUT_FAILED: "test_treasury.test_only_earned_money_is_paid_out",
    Kind.TOP_UP: "test_explorer.test_balances_and_running_balances_are_the_ledgers",
    Kind.STRIPE_FEE: "test_treasury.test_stripes_monthly_fees_are_booked_once",
    Kind.CONVERSION: "ledger.test_rows.test_a_conversion_and_its_return_leave_the_clearing_at_zero",
}


def test_every_row_has_a_test_that_exists() -> None:
    assert set(ROWS) == set(Kind)
    for name in ROWS.values():
        module, _, function = name.rpartition(".")
        assert callable(getattr(import_module(f"tests.payments.{module}"), function))


class Life:
    """One contract in one currency, and what happens to it."""

    def __init__(self, stripe: Stripe, currency: str) -> None:
        self.stripe, self.currency = stripe, currency

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)

    async def agrees(self) -> None:
        await self.stripe.settle()
        statement = await statements.contract_statement("c1")
        assert statement.currency == self.currency
        parts = statement.released + statement.refunded + statement.held + statement.disputed
        assert parts == statement.funded
        assert all(
            later.held_after - later.held_change == earlier.held_after
            for earlier, later in pairwise(statement.lines)
        )

    async def fund(self, minor: int, holding: str) -> str:
        funding_id = await self.stripe.fund(self.money(minor), holding=holding)
        await self.agrees()
        return str((await Funding.get(id=funding_id)).charge)

    async def release(self, holding: str, minor: int | None = None) -> None:
        price = None if minor is None else self.money(minor)
        async with in_transaction():
            await escrow.release(key=holding, holding=holding, payee="assistant", price=price)
        await self.agrees()

    async def week(self) -> None:
        """Paid in two parts, worked in part; some rolls over, some goes back and bounces."""
        await self.fund(150_000, "w1")
        await self.fund(50_000, "w1")
        await self.release("w1", 60_000)
        async with in_transaction():
            await escrow.carry_over(key="c", source="w1", target="w2", price=self.money(80_000))
            await escrow.refund(key="r", holding="w1", price=self.money(10_000))
        await self.agrees()
        refund = await Movement.filter(kind=MovementKind.REFUND).get()
        await self.stripe.control(f"refunds/{refund.stripe_id}")
        await self.agrees()

    async def tip(self) -> None:
        async with in_transaction():
            tip = await escrow.request_tip(
                holding="tip:1", contract="c1", payer="business", payee="assistant",
                amount=self.money(2_000), description="Merci", locale="fr",
            )  # fmt: skip
        await self.stripe.pay(await escrow.start_checkout(tip.id, "http://x/ok", "http://x/no"))
        await self.agrees()

    async def returns(self) -> None:
        """Given back with the fee; lent when the payee's bank has it; paid off by the next."""
        async with in_transaction():
            await escrow.refund_released(
                key="g", holding="w1", decided_by="the assistant", price=self.money(20_000)
            )
        await self.agrees()
        await self.fund(30_000, "m1")
        await self.release("m1")
        await advance(4 * 86_400)
        await self.stripe.control("advance", seconds=2 * 86_400)
        await self.take_back("m1", GoesTo.PAYER)
        assert await escrow.debt_of("assistant", self.currency) > self.money(0)
        await self.fund(40_000, "m2")
        await self.release("m2")
        assert await escrow.debt_of("assistant", self.currency) == self.money(0)

    async def take_back(self, holding: str, goes_to: GoesTo) -> None:
        async with in_transaction():
            await escrow.take_back(
                key=f"b:{holding}", holding=holding, decided_by="Ines", reason="x", goes_to=goes_to
            )
        await self.agrees()

    async def disputes(self) -> None:
        """One won, one lost after the release and recovered by a person's decision."""
        for holding, result in (("d1", "won"), ("d2", "lost")):
            charge = await self.fund(25_000, holding)
            if result == "lost":
                await self.release(holding)
            opened = await self.stripe.control("disputes", charge=charge)
            await self.agrees()
            await self.stripe.control(f"disputes/{opened['id']}", result=result)
            await self.agrees()
            assert not await book.balance(chart.dispute(opened["id"]), self.currency)
        await self.take_back("d2", GoesTo.LOSS)

    async def by_hand(self, facts: Facts) -> None:
        """What no flow of one contract brings about."""
        one = self.money(1_000)
        other = next(each for each in sorted(HELD_CURRENCIES) if each != self.currency)
        async with in_transaction():
            await book.post(postings.payout(one), key="payout:po_1", source="po_1")
            await book.post(postings.payout_failed(one), key="payout_failed:po_1", source="po_1")
            await book.post(postings.top_up(one), key="topup:tu_1", source="tu_1")
            line = BalanceLine("txn_1", "stripe_fee", None, -one, datetime.now(UTC))
            await treasury.book_fee(line)
            await book.post(conversion(one, Money(900, other)), key="conversion:1")
        await self.fund(9_000, "m3")
        later = clock.now() + timedelta(days=9)
        async with in_transaction():
            await escrow.release(key="m3", holding="m3", payee="assistant", transfer_after=later)
        stuck = await Movement.get(holding="m3", kind=MovementKind.TRANSFER)
        await Movement.filter(id=stuck.id).update(status=MovementStatus.PARKED)
        async with in_transaction():
            await movements.set_aside(stuck.id)
            await movements.paid_by_hand(stuck.id, decided_by="Ines", reference="VIR 1")
        funding_id = await requested(self.money(7_000), holding="s1")
        funding = await Funding.get(id=funding_id)
        for number in (1, 2):
            charge = ChargeView(f"ch_{number}", funding.total, one, funding.total)
            named = {"funding": str(funding_id)}
            intent = IntentView(f"pi_{number}", "succeeded", funding.total, named, None, charge)
            async with in_transaction():
                assert await settle_intent(intent, facts)


@pytest.mark.parametrize("currency", sorted(HELD_CURRENCIES))
async def test_a_contract_lives_through_every_row(
    stripe: Stripe, facts: Facts, currency: str
) -> None:
    life = Life(stripe, currency)
    await stripe.onboard()
    await life.week()
    await life.tip()
    await life.returns()
    await life.disputes()
    report = await reconcile.reconcile()
    assert report.clean, report.differences
    assert set(report.books_totals) == {currency}
    await life.by_hand(facts)
    rows = await connection().execute_query_dict("SELECT DISTINCT kind FROM ledger_transaction")
    assert {Kind(row["kind"]) for row in rows} == set(Kind)
    for each in await explorer.currencies(
        datetime(2000, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    ):
        families = [row.balance for row in await explorer.families() if row.currency == each]
        assert Money.sum(families, each) == Money.zero(each)
    wrong = "SELECT code FROM ledger_balance WHERE NOT may_be_negative AND sign * balance_minor < 0"
    assert await connection().execute_query_dict(wrong) == []


@pytest.mark.usefixtures("offline")
async def test_a_conversion_and_its_return_leave_the_clearing_at_zero() -> None:
    euros, francs = Money(10_000, "EUR"), Money(9_400, "CHF")
    async with in_transaction():
        await book.post(conversion(euros, francs), key="conversion:1")
        assert await book.balance("fx:EUR", "EUR") == euros
        await book.post(conversion(francs, euros), key="conversion:2")
    for currency in ("EUR", "CHF"):
        assert await book.balance(f"fx:{currency}", currency) == Money.zero(currency)
        assert await book.balance(chart.PLATFORM, currency) == Money.zero(currency)

"""What is held is funded, released, refunded and carried in any parts, and always accounted for."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tortoise.transactions import in_transaction

from payments import errors, escrow, fundings, holdings
from payments.config import PaymentsConfig, now
from payments.database import connection
from payments.facts import FundsSecured
from payments.fees import FeeTerms, Share, quote
from payments.gateway.views import ChargeView, IntentView
from payments.ledger import book, chart
from payments.models import (
    Funding,
    FundingStatus,
    Holding,
    Lot,
    Movement,
    MovementKind,
    MovementStatus,
)
from payments.money import Money
from tests.payments.conftest import TERMS, Facts, eur, requested


async def charged(funding_id: UUID, facts: Facts, *, fee: int = 25) -> IntentView:
    """What Stripe says once the payer has paid, applied as the inbox would."""
    funding = await Funding.get(id=funding_id)
    name = uuid4().hex
    charge = ChargeView(f"ch_{name}", funding.total, eur(fee), funding.total)
    metadata = {"funding": str(funding_id)}
    intent = IntentView(f"pi_{name}", "succeeded", funding.total, metadata, None, charge)
    async with in_transaction():
        assert await fundings.settle_intent(intent, facts)
    return intent


async def funded(price: Money, holding: str, facts: Facts, terms: FeeTerms = TERMS) -> UUID:
    funding_id = await requested(price, holding=holding, terms=terms)
    await charged(funding_id, facts)
    return funding_id


async def books_agree(contract: str = "c1") -> None:
    """The rows of held money and the ledger say the same, to the cent."""
    rows = await Holding.filter(contract=contract)
    deferred = 0
    for row in rows:
        assert await book.balance(chart.held(row.id), row.currency) == -row.pool.money(
            row.pool.held
        )
        lots = await Lot.filter(holding_id=row.id)
        assert sum(lot.left_minor for lot in lots) == row.pool.total
        deferred += row.pool.deferred
        balance = await escrow.balance(row.id)
        came = balance.funded + balance.carried
        assert came == balance.released + balance.refunded + balance.held + balance.disputed
    assert await book.balance(chart.deferred(contract), rows[0].currency) == eur(-deferred)
    for funding in await Funding.all():
        assert funding.transferred_minor + funding.refunded_minor <= funding.captured_minor


async def test_asking_twice_for_the_same_is_one_request(offline: PaymentsConfig) -> None:
    first = await requested(eur(1_000), holding="m1")
    assert await requested(eur(1_000), holding="m1") == first
    second = await requested(eur(2_000), holding="m1")  # nobody went to pay the first
    assert (await Funding.get(id=first)).status is FundingStatus.CANCELLED
    await Funding.filter(id=second).update(session="cs_1", status=FundingStatus.CHECKOUT)
    with pytest.raises(errors.FundingUnderWay):
        await requested(eur(3_000), holding="m1")


async def test_a_holding_belongs_to_its_people(offline: PaymentsConfig) -> None:
    await requested(eur(1_000), holding="m1")
    with pytest.raises(errors.TermsMismatch):
        await requested(eur(1_000), holding="m1", payer="somebody else")
    with pytest.raises(errors.TermsMismatch):
        await requested(Money(1_000, "GBP"), holding="m1")
    with pytest.raises(errors.NotSettled):
        await requested(Money(1_000, "XOF"), holding="m2")


async def test_writing_money_outside_a_command_is_a_bug(offline: PaymentsConfig) -> None:
    with pytest.raises(errors.OutsideTransaction):
        await escrow.release(key="k", holding="m1", payee="assistant")
    async with in_transaction():
        with pytest.raises(errors.InsideTransaction):
            await escrow.start_checkout(uuid4(), "http://x", "http://x")


async def test_a_charge_is_booked_once(offline: PaymentsConfig, facts: Facts) -> None:
    funding_id = await requested(eur(100_000), holding="m1")
    intent = await charged(funding_id, facts)
    async with in_transaction():
        await fundings.settle_intent(intent, facts)
    assert [fact.charged for fact in facts.of(FundsSecured)] == [eur(106_000)]
    assert await book.balance(chart.PLATFORM, "EUR") == eur(105_975)
    await books_agree()


async def test_paying_twice_sends_the_second_payment_back(
    offline: PaymentsConfig, facts: Facts
) -> None:
    funding_id = await requested(eur(100_000), holding="m1")
    await charged(funding_id, facts)
    await charged(funding_id, facts)
    assert len(facts.of(FundsSecured)) == 1
    [back] = await Movement.all()
    assert (back.kind, back.amount) == (MovementKind.REFUND, eur(106_000))
    assert await book.balance(chart.credit("business"), "EUR") == eur(-106_000)
    await books_agree()


async def test_parts_funded_and_released_sum_to_the_quote(
    offline: PaymentsConfig, facts: Facts
) -> None:
    terms = FeeTerms(333, 777, (200_000,), (210_000,), (200_000,))
    parts = [eur(3_333), eur(3_333), eur(3_335)]
    for part in parts:
        await funded(part, "m1", facts, terms)
    assert facts.of(FundsSecured)[-1].available_price == eur(10_001)
    net = fees = eur(0)
    for number, minor in enumerate((1, 4_999, 17, 2_500)):
        async with in_transaction():
            [done] = await escrow.release(
                key=str(number), holding="m1", payee="assistant", price=eur(minor)
            )
        net, fees = net + done.net, fees + done.assistant_fee + done.client_fee
        await books_agree()
    async with in_transaction():
        [last] = await escrow.release(key="last", holding="m1", payee="assistant")
    whole = quote(eur(10_001), terms)
    assert net + last.net == whole.assistant_net
    assert fees + last.assistant_fee + last.client_fee == whole.assistant_fee + whole.client_fee
    await books_agree()
    queued = await Movement.filter(kind=MovementKind.TRANSFER)
    assert Money.sum((m.amount for m in queued), "EUR") == whole.assistant_net
    assert {m.status for m in queued} == {MovementStatus.WAITING_PAYEE}


async def test_a_release_draws_on_the_oldest_charge_first(
    offline: PaymentsConfig, facts: Facts
) -> None:
    first = await funded(eur(10_000), "m1", facts)
    second = await funded(eur(10_000), "m1", facts)
    async with in_transaction():
        await escrow.release(key="a", holding="m1", payee="assistant", price=eur(15_000))
    by_charge = {m.funding_id: m.amount_minor for m in await Movement.all()}
    assert list(by_charge) == [first, second]
    assert by_charge[first] == 10_600  # all of the charge behind it, before the next is touched
    assert sum(by_charge.values()) == quote(eur(15_000), TERMS).assistant_net.minor
    await books_agree()


async def test_release_then_refund_returns_the_fee_of_the_rest(
    offline: PaymentsConfig, facts: Facts
) -> None:
    await funded(eur(100_000), "m1", facts)
    async with in_transaction():
        await escrow.release(key="r", holding="m1", payee="assistant", price=eur(70_000))
        [back] = await escrow.refund(key="b", holding="m1")
    assert (back.price, back.returned) == (eur(30_000), eur(31_800))
    balance = await escrow.balance("m1")
    assert (balance.released, balance.refunded, balance.held) == (eur(70_000), eur(30_000), eur(0))
    await books_agree()


async def test_what_a_week_leaves_is_carried_to_the_next(
    offline: PaymentsConfig, facts: Facts
) -> None:
    await funded(eur(100_000), "w1", facts)
    async with in_transaction():
        await escrow.release(key="w1", holding="w1", payee="assistant", price=eur(81_250))
        [carried] = await escrow.carry_over(key="w1", source="w1", target="w2")
        assert await escrow.carry_over(key="w1", source="w1", target="w2") == ()
    assert carried.price == eur(18_750)
    await funded(eur(81_250), "w2", facts)
    assert facts.of(FundsSecured)[-1].available_price == eur(100_000)
    async with in_transaction():
        await escrow.release(key="w2", holding="w2", payee="assistant")
    assert (await escrow.balance("w2")).carried == eur(18_750)
    assert (await escrow.balance("w1")).carried == eur(-18_750)
    await books_agree()
    assert await book.balance(chart.COMMISSION, "EUR") == eur(-9_063)


async def test_money_is_not_carried_to_another_contract(
    offline: PaymentsConfig, facts: Facts
) -> None:
    await funded(eur(1_000), "w1", facts)
    await requested(eur(1_000), holding="other", contract="c2")
    with pytest.raises(errors.TermsMismatch):
        async with in_transaction():
            await escrow.carry_over(key="k", source="w1", target="other")


async def test_money_carried_into_an_empty_holding_keeps_the_terms_it_was_paid_under(
    offline: PaymentsConfig, facts: Facts
) -> None:
    before, since = FeeTerms(supplier_vat_ppm=(200_000,)), FeeTerms(supplier_vat_ppm=(210_000,))
    await requested(eur(10_000), holding="w2", terms=before)  # nobody pays it
    await funded(eur(10_000), "w1", facts, since)
    async with in_transaction():
        await escrow.carry_over(key="w1", source="w1", target="w2")
        [part] = await escrow.release(key="a", holding="w2", payee="assistant", price=eur(3_333))
        [rest] = await escrow.release(key="b", holding="w2", payee="assistant")
    assert part.held - part.price == eur(700)  # 21 % of 33.33
    assert rest.held - rest.price == eur(1_400)  # 21 % of 66.67
    assert (await Holding.get(id="w2")).fee_terms == since
    await books_agree()


async def test_one_key_is_one_release(offline: PaymentsConfig, facts: Facts) -> None:
    await funded(eur(1_000), "m1", facts)
    async with in_transaction():
        assert await escrow.release(key="k", holding="m1", payee="assistant", price=eur(400))
        assert await escrow.release(key="k", holding="m1", payee="assistant", price=eur(400)) == ()
    with pytest.raises(errors.KeyReused):
        async with in_transaction():
            await escrow.release(key="k", holding="m1", payee="assistant", price=eur(500))
    assert (await escrow.balance("m1")).released == eur(400)


async def test_money_goes_only_to_the_payee_of_the_holding(
    offline: PaymentsConfig, facts: Facts
) -> None:
    await funded(eur(1_000), "m1", facts)
    with pytest.raises(errors.TermsMismatch):
        async with in_transaction():
            await escrow.release(key="k", holding="m1", payee="thief")


async def test_sixteen_releases_at_once_never_release_more_than_is_held(
    offline: PaymentsConfig, facts: Facts
) -> None:
    await funded(eur(100_000), "m1", facts)

    async def spend(number: int) -> str:
        key, price = str(number), eur(30_000)
        try:
            async with in_transaction():
                if number % 4 == 0:
                    await escrow.refund(key=key, holding="m1", price=price)
                else:
                    await escrow.release(key=key, holding="m1", payee="assistant", price=price)
        except errors.InsufficientFunds:
            return "refused"
        return "accepted"

    outcomes = Counter(await asyncio.gather(*(spend(n) for n in range(16))))
    assert outcomes == {"accepted": 3, "refused": 13}
    assert (await escrow.balance("m1")).held == eur(10_000)
    await books_agree()


async def test_sixteen_decisions_at_once_never_give_more_than_is_held(
    offline: PaymentsConfig, facts: Facts
) -> None:
    """Releases, refunds, cancellations (splits of all that is left) and carry-overs."""
    await funded(eur(100_000), "m1", facts)

    async def decide(number: int) -> str:
        key, price = str(number), eur(30_000)
        try:
            async with in_transaction():
                if number % 4 == 0:
                    await escrow.release(key=key, holding="m1", payee="assistant", price=price)
                elif number % 4 == 1:
                    await escrow.refund(key=key, holding="m1", price=price)
                elif number % 4 == 2:
                    await escrow.split(key=key, holding="m1", payee="assistant", to_payee=price)
                else:
                    await escrow.carry_over(key=key, source="m1", target="m2", price=price)
        except errors.InsufficientFunds:
            return "refused"
        return "accepted"

    outcomes = Counter(await asyncio.gather(*(decide(n) for n in range(16))))
    assert 1 <= outcomes["accepted"] <= 4, outcomes  # a split takes whatever is left
    balance = await escrow.balance("m1")
    went = balance.released + balance.refunded + balance.held - balance.carried
    assert (went, balance.held) == (eur(100_000), balance.price)
    assert balance.held.minor >= 0
    await books_agree()


async def test_two_approvals_at_once_release_once(offline: PaymentsConfig, facts: Facts) -> None:
    await funded(eur(100_000), "m1", facts)

    async def approve() -> int:
        async with in_transaction():
            return len(await escrow.release(key="same", holding="m1", payee="assistant"))

    assert sorted(await asyncio.gather(*(approve() for _ in range(8)))) == [0] * 7 + [1]
    assert await Movement.all().count() == 1


async def test_the_database_itself_refuses_more_than_was_captured(
    offline: PaymentsConfig, facts: Facts
) -> None:
    funding_id = await funded(eur(1_000), "m1", facts)
    with pytest.raises(Exception, match="never_more_than_captured"):
        await connection().execute_query(
            "UPDATE payment_funding SET transferred_minor = 2000 WHERE id = $1", [funding_id]
        )


async def test_a_release_may_wait_for_the_security_hold(
    offline: PaymentsConfig, facts: Facts
) -> None:
    await funded(eur(1_000), "m1", facts)
    later = now() + timedelta(days=5)
    async with in_transaction():
        await escrow.release(key="k", holding="m1", payee="assistant", transfer_after=later)
    [movement] = await Movement.all()
    assert movement.next_attempt_at == later


async def test_a_preview_is_what_the_release_does(offline: PaymentsConfig, facts: Facts) -> None:
    await funded(eur(12_345), "m1", facts, FeeTerms(500, 500, (200_000,), (200_000,), (200_000,)))
    shown = await escrow.preview("m1", eur(777))
    async with in_transaction():
        [done] = await escrow.release(key="k", holding="m1", payee="assistant", price=eur(777))
    assert (shown.net, shown.client_fee) == (done.net.minor, done.client_fee.minor)
    assert (await holdings_pool("m1")).price == 12_345 - 777


async def holdings_pool(holding: str) -> Share:
    async with in_transaction():
        return (await holdings.locked(holding)).pool


async def test_all_holdings_of_a_contract_cost_as_many_queries_as_one(
    offline: PaymentsConfig, facts: Facts, caplog: pytest.LogCaptureFixture
) -> None:
    counted = list[int]()
    for number in range(5):
        await funded(eur(10_000), f"w{number}", facts)
        async with in_transaction():
            if number == 1:
                await escrow.release(key="a", holding="w1", payee="assistant", price=eur(4_000))
            if number == 2:
                await escrow.carry_over(key="b", source="w1", target="w2", price=eur(1_000))
                await escrow.refund(key="c", holding="w1")
        with caplog.at_level("DEBUG", "tortoise.db_client"):
            caplog.clear()
            assert len(await escrow.balances("c1")) == number + 1
            counted.append(len(caplog.records))
    found = await escrow.balances("c1")
    assert len(set(counted)) == 1
    assert 0 < counted[0] <= 5
    for holding, each in found.items():
        assert each == await escrow.balance(holding)
    assert found["w2"].carried == eur(1_000)
    behind = await escrow.fundings_by(list(found))
    assert [len(behind[f"w{number}"]) for number in range(5)] == [1, 1, 2, 1, 1]

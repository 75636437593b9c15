"""Packs: what is used is paid, what is not is never lost silently, and no cent is lost."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.core import clock
from marketplace.core.batches import FIRST
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.models import OutgoingMail
from marketplace.work import queries
from marketplace.work.models import PackLot, PackNotice, Unit
from marketplace.work.rules import (
    BadUse,
    IllegalStep,
    NoPack,
    NotFunded,
    RecordClosed,
    Status,
    packs,
)
from marketplace.work.schemas import ChangesDraft, DeliveryDraft, EndingDraft, UseDraft
from marketplace.work.service import deliveries, due, endings, lots, ticks
from marketplace.work.service import packs as service
from payments import statements
from payments.money import Money
from tests.factories import work
from tests.fixtures.application import RunJobs

services = pytest.mark.usefixtures("stripe_sandbox", "application")
DAY = 86_400


def used(count: int = 0, *, day: int = 0, **also: Any) -> UseDraft:
    """A use so many days ago."""
    when = clock.today() - timedelta(days=day)
    return UseDraft.model_validate({"used_on": when, "count": count, "note": "A call", **also})


async def pack(
    periods: int = 2, price: int = 10001, size: int = 10, **also: Any
) -> tuple[work.Pair, Contract]:
    """Weekly packs of calls of which the first is paid."""
    people = await work.pair()
    terms = work.flat(price, periods, pack="calls", pack_size=size, **also)
    contract = await work.signed(people, terms, trial_days=0)
    await work.pay(contract)
    return people, contract


async def state(contract: Contract) -> queries.Pack:
    found = await queries.pack(contract.id)
    assert found is not None
    return found


async def assert_whole(contract: Contract) -> None:
    """The ledger and the lots say the same, to the cent."""
    found = await statements.contract_statement(str(contract.id))
    assert found is not None
    assert found.funded == found.released + found.refunded + found.held + found.disputed
    for lot in await PackLot.filter(unit__contract_id=contract.id).prefetch_related("unit"):
        balance = await queries.balance(lot.unit)
        if not balance.funded:
            continue
        gone = packs.worth(lot.unit.price_minor, lot.size, 0, lot.gone)
        assert balance.price.minor == lot.unit.price_minor - gone
        if lot.unit.status in {Status.APPROVED, Status.CANCELLED}:
            assert balance.held == Money(0, "EUR")


async def days_later(days: float) -> None:
    clock.advance(int(days * DAY))
    await ticks.run_due()


@services
async def test_uses_are_recorded_reviewed_and_paid_and_the_rest_goes_back(
    run_jobs: RunJobs,
) -> None:
    people, contract = await pack(periods=1)
    first = await work.unit(contract)
    await service.record(people.assistant, first.id, used(3, reason="Order", outcome="Passed on"))
    use = await service.record(people.assistant, first.id, used(2))
    await service.correct(people.assistant, use.id, used(4))
    seen = await state(contract)
    assert (seen.available, seen.uncovered) == (3, 0)
    await days_later(7)  # noon of the day after may still lie ahead
    await days_later(1)
    assert (await work.unit(contract)).status is Status.SUBMITTED
    assert (await state(contract)).price_of(first.id) == packs.worth(10001, 10, 0, 7)
    with pytest.raises(RecordClosed):
        await service.record(people.assistant, first.id, used(1))
    await deliveries.approve(people.business, first.id)
    await run_jobs()
    paid = packs.worth(10001, 10, 0, 7)
    balance = await queries.balance(first)
    assert (balance.released.minor, balance.refunded.minor) == (paid, 10001 - paid)
    unit = await work.unit(contract)
    assert (unit.status, unit.paid_minor) == (Status.APPROVED, paid)
    await contract.refresh_from_db()
    assert contract.status is ContractStatus.COMPLETED
    mails = await OutgoingMail.filter(recipient=people.business.person.email)
    assert len(mails) > 0
    await assert_whole(contract)


@services
async def test_only_the_assistant_records_within_a_paid_period_in_the_packs_own_unit() -> None:
    people, strangers = await work.pair(), await work.pair()
    terms = work.flat(9000, 2, pack="hours", pack_size=5)
    contract = await work.signed(people, terms, trial_days=0)
    first = await work.unit(contract)
    hours = UseDraft.model_validate({"used_on": clock.today(), "minutes": "1h30", "note": "Mail"})
    with pytest.raises(NotFunded):
        await service.record(people.assistant, first.id, hours)
    await work.pay(contract)
    with pytest.raises(Forbidden):
        await service.record(people.business, first.id, hours)
    with pytest.raises(NotFound):
        await service.record(strangers.assistant, first.id, hours)
    for bad, field in (
        (used(2), "minutes"),
        (used(2, day=1, minutes=30), "used_on"),
        (used(2, day=-1, minutes=30), "used_on"),
    ):
        with pytest.raises(BadUse) as refused:
            await service.record(people.assistant, first.id, bad)
        assert set(refused.value.errors) == {field}
    use = await service.record(people.assistant, first.id, hours)
    assert (use.quantity, (await state(contract)).available) == (90, 210)
    with pytest.raises(IllegalStep):  # the record closes by itself, nothing is handed in early
        draft = DeliveryDraft.model_validate({"note": "All done."})
        await deliveries.submit(people.assistant, first.id, draft)
    await service.strike(people.assistant, use.id)
    assert (await state(contract)).available == 300


@services
async def test_what_rolls_over_is_used_first_and_what_lies_above_goes_back() -> None:
    people, contract = await pack(periods=2, rollover_units=4, rollover_periods=1)
    await work.pay(contract, 2)
    first, second = await work.unit(contract), await work.unit(contract, 2)
    await service.record(people.assistant, first.id, used(1))
    await days_later(8)
    await deliveries.approve(people.business, first.id)  # 1 used, 4 roll over, 5 go back
    first = await work.unit(contract)
    assert first.status is Status.ROLLED
    assert (await queries.balance(first)).price.minor == 10001 - packs.worth(10001, 10, 0, 6)
    seen = await state(contract)
    assert seen.available == 14
    await service.record(people.assistant, second.id, used(6))
    seen = await state(contract)
    assert [seen.left(lot) for lot in seen.lots] == [0, 8]
    await days_later(8)
    await deliveries.approve(people.business, second.id)
    assert {unit.status for unit in await Unit.filter(contract_id=contract.id)} == {Status.APPROVED}
    lots_now = (await state(contract)).lots
    assert [(lot.used, lot.returned) for lot in lots_now] == [(5, 5), (2, 8)]
    await assert_whole(contract)


@services
async def test_use_beyond_the_pack_is_kept_and_paid_only_from_a_further_one() -> None:
    people, contract = await pack(periods=1, size=3, price=3000)
    first = await work.unit(contract)
    await service.record(people.assistant, first.id, used(5))
    assert (await state(contract)).uncovered == 2
    with pytest.raises(Forbidden):
        await service.order(people.assistant, contract.id)
    more = await service.order(people.business, contract.id)
    assert (await service.order(people.business, contract.id)).id == more.id
    assert (await state(contract)).uncovered == 2  # ordered is not paid
    assert await work.pay(contract, more.position) == "funded"
    seen = await state(contract)
    assert (seen.uncovered, seen.available) == (0, 1)
    await days_later(8)
    await deliveries.approve(people.business, first.id)
    balances = [await queries.balance(unit) for unit in (first, more)]
    assert [balance.released.minor for balance in balances] == [3000, 2000]
    assert [balance.refunded.minor for balance in balances] == [0, 1000]
    await contract.refresh_from_db()
    assert contract.status is ContractStatus.COMPLETED
    with pytest.raises(Exception, match="not running"):
        await service.order(people.business, contract.id)
    await assert_whole(contract)


@services
async def test_an_uncovered_use_of_an_earlier_period_is_covered_by_a_later_further_pack() -> None:
    people, contract = await pack(periods=2, size=3, price=3000)
    first = await work.unit(contract)
    await service.record(people.assistant, first.id, used(4))
    await days_later(8)
    await deliveries.approve(people.business, first.id)
    with pytest.raises(NoPack):  # the second period is not paid yet
        await service.order(people.business, contract.id)
    await work.pay(contract, 2)
    assert (await state(contract)).uncovered == 1
    more = await service.order(people.business, contract.id)
    await work.pay(contract, more.position)
    assert (await state(contract)).uncovered == 0
    await days_later(7)
    assert (await queries.balance(more)).released.minor == 1000
    await assert_whole(contract)


async def notices_given() -> int:
    """How many notices are recorded by one run of the clockwork."""
    before = await PackNotice.all().count()
    await lots.give_notices()
    return await PackNotice.all().count() - before


@services
async def test_units_expire_only_after_two_notices_that_really_left(run_jobs: RunJobs) -> None:
    people, contract = await pack(periods=1, size=10, price=10000, unused="expire")
    first = await work.unit(contract)
    await service.record(people.assistant, first.id, used(4))
    assert await notices_given() == 1
    assert await notices_given() == 0
    await days_later(4)
    assert await notices_given() == 1
    await run_jobs()
    texts = [notice.about for notice in await PackNotice.all().order_by("number")]
    sent = await OutgoingMail.filter(about__in=texts)
    assert {mail.recipient for mail in sent} == {people.business.person.email}
    await days_later(4)
    await deliveries.approve(people.business, first.id)
    lot = await PackLot.get(unit_id=first.id)
    assert (lot.used, lot.expired, lot.returned) == (4, 6, 0)
    assert (await queries.balance(first)).released.minor == 10000
    await assert_whole(contract)


@services
async def test_two_notices_are_days_apart_where_the_contract_is_at_home() -> None:
    _people, contract = await pack(periods=1, size=10, price=10000, unused="expire")
    lapses = (await work.unit(contract)).ends_on - timedelta(days=1)
    after_midnight = datetime.combine(lapses, time(0, 30), ZoneInfo(contract.time_zone))
    clock.advance(int((after_midnight - clock.now()).total_seconds()))  # the day before, in UTC
    assert await notices_given() == 1
    clock.advance(3_600)
    assert await notices_given() == 0


@services
@pytest.mark.parametrize("left", ["none", "one", "unsent"])
async def test_without_both_notices_in_time_nothing_expires(left: str, run_jobs: RunJobs) -> None:
    people, contract = await pack(periods=1, size=10, price=10000, unused="expire")
    first = await work.unit(contract)
    await service.record(people.assistant, first.id, used(4))
    if left != "none":
        await lots.give_notices()
    if left == "one":
        await run_jobs()
    await days_later(4)
    if left == "unsent":
        await lots.give_notices()
        assert await PackNotice.filter(lot_id=first.id).count() == 2
    await days_later(4)
    await deliveries.approve(people.business, first.id)
    lot = await PackLot.get(unit_id=first.id)
    assert (lot.used, lot.expired, lot.returned) == (4, 0, 6)
    assert (await queries.balance(first)).refunded.minor == 6000


@services
async def test_a_period_without_uses_needs_no_review_and_rolls_over_by_itself() -> None:
    people, contract = await pack(periods=2, rollover_units=10, rollover_periods=1)
    await work.pay(contract, 2)
    await days_later(8)
    assert (await work.unit(contract)).status is Status.ROLLED
    assert (await state(contract)).available == 20
    assert await due.lapsing(FIRST, 10) == []  # nothing of it may have to go yet
    await days_later(8)
    await ticks.run_due()
    units = await Unit.filter(contract_id=contract.id)
    assert {unit.status for unit in units} == {Status.CANCELLED}
    await contract.refresh_from_db()
    assert contract.status is ContractStatus.COMPLETED
    await assert_whole(contract)
    assert people


@services
async def test_a_contested_record_is_corrected_and_holds_back_only_its_own_period() -> None:
    people, contract = await pack(periods=2)
    await work.pay(contract, 2)
    first, second = await work.unit(contract), await work.unit(contract, 2)
    use = await service.record(people.assistant, first.id, used(8))
    await days_later(8)
    back = ChangesDraft(delivery=1, note="Only six.")
    await deliveries.request_changes(people.business, first.id, back)
    await service.record(people.assistant, second.id, used(5))
    await days_later(7)
    await deliveries.approve(people.business, second.id)
    assert (await queries.balance(second)).released.minor == packs.worth(10001, 10, 0, 5)
    assert (await queries.balance(first)).released.minor == 0
    draft = UseDraft(used_on=use.used_on, count=6, note="Six calls")
    await service.correct(people.assistant, use.id, draft)
    again = DeliveryDraft.model_validate({"note": "Corrected."})
    await deliveries.submit(people.assistant, first.id, again)
    await deliveries.approve(people.business, first.id)
    assert (await queries.balance(first)).released.minor == packs.worth(10001, 10, 0, 6)
    await assert_whole(contract)


@services
async def test_an_early_end_pays_what_was_used_after_review_and_returns_the_rest() -> None:
    people, contract = await pack(periods=3, unused="expire", rollover_units=10, rollover_periods=1)
    await work.pay(contract, 2)
    first = await work.unit(contract)
    await service.record(people.assistant, first.id, used(3))
    more = await service.order(people.business, contract.id)
    await work.pay(contract, more.position)
    await endings.propose(people.assistant, contract.id, EndingDraft())
    statuses = [(await work.unit(contract, n)).status for n in (1, 2, 3, more.position)]
    assert statuses == [Status.SUBMITTED, Status.ROLLED, Status.CANCELLED, Status.ROLLED]
    await deliveries.approve(people.business, first.id)
    found = await statements.contract_statement(str(contract.id))
    assert found is not None
    paid = packs.worth(10001, 10, 0, 3)
    assert found.released.minor == paid
    assert found.refunded.minor == 3 * 10001 - paid
    assert found.held.minor == 0
    await assert_whole(contract)


@services
async def test_a_record_sent_back_after_the_end_and_not_corrected_goes_back_whole(
    run_jobs: RunJobs,
) -> None:
    people, contract = await pack(periods=1)
    first = await work.unit(contract)
    await service.record(people.assistant, first.id, used(3, reason="Order", outcome="Passed on"))
    await endings.propose(people.assistant, contract.id, EndingDraft())
    draft = ChangesDraft(delivery=1, note="There were two calls.")
    asked = await deliveries.request_changes(people.business, first.id, draft)
    await run_jobs()
    assert asked.review_until is not None
    clock.advance((asked.review_until - clock.now()).total_seconds() + 60)
    await ticks.run_due()
    assert (await work.unit(contract)).status is Status.CANCELLED
    await assert_whole(contract)

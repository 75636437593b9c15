"""The clockwork: everything due in one tick, once whoever else ticks, a broken contract alone."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.batches import FIRST
from marketplace.core.models import DomainEvent
from marketplace.work import queries
from marketplace.work.rules import Status
from marketplace.work.schemas import EntryDraft
from marketplace.work.service import due, ticks, timesheets
from payments.ledger import book
from payments.money import Money
from tests.factories import work

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
DAY = 86_400


async def worked(people: work.Pair) -> Contract:
    """A paid week with two hours in it."""
    contract = await work.signed(people, work.hourly())
    await work.pay(contract)
    week = await work.unit(contract)
    entry = EntryDraft.model_validate({"worked_on": clock.today(), "minutes": 120, "task": "Calls"})
    await timesheets.add_entry(people.assistant, week.id, entry)
    return contract


async def test_days_of_downtime_two_ticks_at_once_and_a_broken_contract() -> None:
    people = await work.pair()
    fine, broken = [await worked(people) for _ in range(2)], await worked(people)
    await Contract.filter(pk=broken.id).update(fees={"client_bps": "none"})
    clock.advance(8 * DAY)
    await asyncio.gather(ticks.run_due(), ticks.run_due())
    handed_in = await DomainEvent.filter(name="WorkSubmitted").count()
    assert handed_in == 3
    clock.advance(9 * DAY)
    await asyncio.gather(ticks.run_due(), ticks.run_due())
    for contract in fine:
        week = await work.unit(contract)
        assert week.status is Status.APPROVED
        assert (await queries.balance(week)).released == Money(6000, "EUR")
        releases = [b for b in await book.of_contract(str(contract.id)) if b.kind == "release"]
        assert len(releases) == 1
    assert (await work.unit(broken)).status is Status.SUBMITTED
    left = await due.reviewed(FIRST, 10)
    assert left == [(await work.unit(broken)).id]


async def test_a_zone_that_the_database_does_not_know_keeps_nobody_from_being_found() -> None:
    people = await work.pair()
    fine, odd = await worked(people), await worked(people)
    await Contract.filter(pk=odd.id).update(time_zone="Europe/Nowhere")
    clock.advance(8 * DAY)
    await ticks.run_due()
    assert (await work.unit(fine)).status is Status.SUBMITTED
    await Contract.filter(pk=odd.id).update(time_zone="Europe/Paris")
    await ticks.run_due()
    assert (await work.unit(odd)).status is Status.SUBMITTED


async def test_rows_that_cannot_be_found_keep_no_other_step_from_being_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    contract = await worked(await work.pair())

    async def broken(beyond: UUID, limit: int) -> list[UUID]:
        raise LookupError(beyond, limit)

    first = (broken, ticks.STEPS[0][1])
    monkeypatch.setattr(ticks, "STEPS", (first, *ticks.STEPS))
    clock.advance(8 * DAY)
    with pytest.raises(ExceptionGroup):
        await ticks.run_due()
    assert (await work.unit(contract)).status is Status.SUBMITTED


async def test_what_is_not_due_costs_a_tick_nothing() -> None:
    people = await work.pair()
    contract = await worked(people)
    for find in (due.closed_weeks, due.ended_periods, due.lapsed_weeks, due.reviewed, due.reminded):
        assert await find(FIRST, 10) == []
    clock.advance(8 * DAY)
    assert await due.closed_weeks(FIRST, 10) == [(await work.unit(contract)).id]

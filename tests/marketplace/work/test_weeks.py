"""Weeks of hours and flat-fee periods: the cap is held first, approved hours are paid, the rest moves on."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.contracts.rules.terms import Remainder
from marketplace.core import clock
from marketplace.work import queries
from marketplace.work.models import Unit
from marketplace.work.rules import NotFunded, NothingToSubmit, OutsideWeek, Status, WeekClosed
from marketplace.work.schemas import EndingDraft, EntryDraft, ShareDraft
from marketplace.work.service import deliveries, endings, opening, ticks, timesheets
from payments.money import Money
from tests.factories import accounts, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
DAY = 86_400


def hours(minutes: int, **also: object) -> EntryDraft:
    """An entry of today."""
    return EntryDraft.model_validate(
        {"worked_on": clock.today(), "minutes": minutes, "task": "Calls", **also}
    )


async def test_hours_wait_for_the_money_and_stay_inside_their_week() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly())
    week = await work.unit(contract)
    assert week.price_minor == 30000
    with pytest.raises(NotFunded):
        await timesheets.add_entry(people.assistant, week.id, hours(60))
    await work.pay(contract)
    with pytest.raises(NothingToSubmit):
        await timesheets.submit_week(people.assistant, week.id)
    before = hours(60, worked_on=week.starts_on - timedelta(days=1))
    with pytest.raises(OutsideWeek):
        await timesheets.add_entry(people.assistant, week.id, before)
    with pytest.raises(OutsideWeek):
        await timesheets.add_entry(people.assistant, week.id, hours(1440))
        await timesheets.add_entry(people.assistant, week.id, hours(1))


async def test_of_a_cancelled_week_only_what_was_paid_is_covered(client: httpx.AsyncClient) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly(), trial_days=0)
    await work.pay(contract)
    first = await work.unit(contract)
    await timesheets.add_entry(people.assistant, first.id, hours(300))
    second = await opening.next_week(*await queries.agreed(contract.id))
    assert second is not None
    clock.advance((second.starts_on - clock.today()).days * DAY)
    await timesheets.add_entry(people.assistant, second.id, hours(600))  # and nobody pays it
    await accounts.log_in(client, people.assistant.person)
    assert 'data-cap-minutes="0"' in (await client.get(f"/en/units/{second.id}")).text
    keeps = ShareDraft(unit_id=first.id, price_minor=3333)
    ending = await endings.propose(people.assistant, contract.id, EndingDraft(shares=[keeps]))
    await endings.agree(people.business, contract.id, ending.proposal_id)
    for week, covered, paid in ((first, 66, 3333), (second, 0, 0)):
        assert (await work.unit(contract, week.position)).status is Status.CANCELLED
        _lines, sheet = await queries.sheet(week.id)
        assert (sum(sheet.covered.values()), sheet.payable.minor) == (covered, paid)
        assert not sheet.contested
    entries = (await client.get(f"/api/v1/units/{second.id}/entries")).json()["items"]
    assert [each["covered_minutes"] for each in entries] == [0]
    page = (await client.get(f"/en/units/{second.id}")).text
    assert "10 h worked of 10 h agreed" in page
    assert "above what is held" not in page


async def test_approved_hours_are_paid_and_the_rest_rolls_into_the_next_week() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly())
    await work.pay(contract)
    week = await work.unit(contract)
    await timesheets.add_entry(people.assistant, week.id, hours(150))
    await timesheets.add_entry(people.assistant, week.id, hours(90))
    await timesheets.submit_week(people.assistant, week.id)
    await timesheets.approve_week(people.business, week.id)
    balance = await queries.balance(week)
    assert balance.released == Money(12000, "EUR")
    assert balance.held == Money(0, "EUR")
    following = await work.unit(contract, 2)
    assert following.starts_on == week.ends_on + timedelta(days=1)  # a Monday, whatever today is
    assert (await queries.balance(following)).price == Money(18000, "EUR")
    assert following.status is Status.PLANNED
    assert await work.pay(contract, position=2) == "funded"
    assert (await queries.balance(following)).held == Money(30000, "EUR")
    first, second = await queries.paid(await queries.of_contract(contract.id))
    assert (first.unit, first.carried_to) == (week, (following,))
    assert (second.unit, second.carried_to) == (following, ())


async def test_the_rest_goes_back_when_the_contract_says_so() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly(remainder=Remainder.RETURN))
    await work.pay(contract)
    week = await work.unit(contract)
    await timesheets.add_entry(people.assistant, week.id, hours(60))
    await timesheets.submit_week(people.assistant, week.id)
    await timesheets.approve_week(people.business, week.id)
    balance = await queries.balance(week)
    assert balance.released == Money(3000, "EUR")
    assert balance.refunded == Money(27000, "EUR")


async def test_hours_above_the_cap_are_kept_but_not_paid() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly(hours=2))
    await work.pay(contract)
    week = await work.unit(contract)
    await timesheets.add_entry(people.assistant, week.id, hours(180))
    await timesheets.submit_week(people.assistant, week.id)
    await timesheets.approve_week(people.business, week.id)
    assert (await queries.balance(week)).released == Money(6000, "EUR")
    assert await queries.minutes(week.id) == 180


async def test_a_week_closes_on_monday_and_silence_pays_it_by_thursday_night() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly())
    await work.pay(contract)
    week = await work.unit(contract)
    entry = await timesheets.add_entry(people.assistant, week.id, hours(120))
    clock.advance(8 * DAY)  # past Monday noon, whatever today is
    with pytest.raises(WeekClosed):
        await timesheets.change_entry(people.assistant, entry.id, hours(240))
    await ticks.run_due()
    assert (await work.unit(contract)).status is Status.SUBMITTED
    clock.advance(5 * DAY)
    await ticks.run_due()
    assert (await work.unit(contract)).status is Status.APPROVED
    assert (await queries.balance(week)).released == Money(6000, "EUR")


async def test_an_empty_week_costs_nothing_and_its_money_rolls_over(run_jobs: RunJobs) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly())
    await work.pay(contract)
    first = await work.unit(contract)
    clock.advance(((first.ends_on - clock.today()).days + 2) * DAY)  # Tuesday, whatever today is
    await ticks.run_due()
    assert (await work.unit(contract)).status is Status.APPROVED
    following = await work.unit(contract, 2)
    assert following.status is Status.FUNDED
    assert (await queries.balance(following)).held == Money(30000, "EUR")
    await run_jobs()
    for who in (people.business, people.assistant):  # nobody is to approve it, nobody was paid
        told = [accounts.text_of(mail) for mail in accounts.mailbox(who.person.email)]
        assert not [text for text in told if f"/units/{first.id}" in text and "approuv" in text]


async def test_the_next_week_opens_in_time_to_be_funded_and_only_once() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly())
    await work.pay(contract)
    first = await work.unit(contract)
    clock.advance(max((first.ends_on - clock.today()).days - 3, 0) * DAY)
    await ticks.run_due()
    await ticks.run_due()
    assert await Unit.filter(contract_id=contract.id).count() == 2


async def test_a_period_is_handed_in_by_its_end_and_completes_the_contract() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.flat())
    await work.pay(contract)
    clock.advance(9 * DAY)
    await ticks.run_due()
    period = await work.unit(contract)
    assert period.status is Status.SUBMITTED
    await deliveries.approve(people.business, period.id)
    assert (await queries.balance(period)).released == Money(40000, "EUR")
    await contract.refresh_from_db()
    assert contract.status is ContractStatus.COMPLETED

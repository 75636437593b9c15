"""Between weeks: the saved card pays ahead, a refusal asks the client, idle contracts rest (F18-F20)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from marketplace.contracts.models import Contract
from marketplace.contracts.rules.terms import Remainder
from marketplace.core import clock
from marketplace.core.errors import Forbidden
from marketplace.work import queries
from marketplace.work.models import Unit
from marketplace.work.rules import ContractPaused, NotPaused, Status
from marketplace.work.schemas import EntryDraft
from marketplace.work.service import ticks, timesheets, units, weeks
from payments.models import Funding
from payments.money import Money
from tests.factories import accounts, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
DAY = 86_400


async def running(card: str = "4242424242424242") -> tuple[work.Pair, Contract]:
    """An hourly contract whose first week is paid."""
    people = await work.pair()
    contract = await work.signed(people, work.hourly(remainder=Remainder.RETURN))
    assert await work.pay(contract, card=card) == "funded"
    return people, contract


def forward(to_day: object, hour: int = 12) -> None:
    """Move the clock to an hour of a day in Paris."""
    at = datetime.combine(to_day, time(hour), ZoneInfo("Europe/Paris"))  # type: ignore[arg-type]
    clock.advance((at - clock.now()).total_seconds())


async def next_sunday(contract: Contract) -> Unit:
    """The Sunday before the second week, after the clockwork ran on Friday."""
    first = await work.unit(contract)
    forward(first.ends_on - timedelta(days=2))
    await ticks.run_due()
    second = await work.unit(contract, 2)
    assert second.status is Status.PLANNED
    forward(first.ends_on)
    return second


async def test_the_saved_card_pays_the_next_week_on_sunday_and_only_once() -> None:
    _people, contract = await running()
    second = await next_sunday(contract)
    await ticks.run_due()
    await ticks.run_due()
    assert (await work.unit(contract, 2)).status is Status.FUNDED
    assert (await queries.balance(second)).held == Money(30000, "EUR")
    assert await Funding.filter(holding_id=str(second.id)).count() == 1


async def test_a_bank_that_asks_for_its_customer_gets_a_mail_with_the_link_to_pay(
    run_jobs: RunJobs,
) -> None:
    people, contract = await running(card=work.ASKS_ALWAYS)
    second = await next_sunday(contract)
    await ticks.run_due()
    await ticks.run_due()
    await run_jobs()
    assert (await work.unit(contract, 2)).status is Status.FUNDING
    mails = accounts.mailbox(people.business.person.email)
    asked = [m for m in mails if f"/units/{second.id}/fund" in accounts.text_of(m)]
    assert len(asked) == 1
    assert await work.pay(contract, 2, work.ASKS_ALWAYS) == "funded"


async def test_hours_in_an_unpaid_week_are_kept_uncovered_and_covered_once_it_is_paid() -> None:
    people, contract = await running(card=work.ASKS_ALWAYS)
    second = await next_sunday(contract)
    await ticks.run_due()
    forward(second.starts_on + timedelta(days=2))
    draft = EntryDraft(worked_on=clock.today(), minutes=60, task="Calls")
    line = await timesheets.add_entry(people.assistant, second.id, draft)
    _lines, sheet = await queries.sheet(second.id)
    assert (sheet.covered[line.id], sheet.uncovered) == (0, 60)
    forward(second.ends_on + timedelta(days=3))
    await ticks.run_due()
    assert (await work.unit(contract, 2)).status is Status.FUNDING  # kept: there are hours in it
    assert await work.pay(contract, 2, work.ASKS_ALWAYS) == "funded"
    await ticks.run_due()
    week = await work.unit(contract, 2)
    assert week.status is Status.SUBMITTED
    assert week.review_until is not None
    assert week.review_until - clock.now() > timedelta(days=3)
    _lines, sheet = await queries.sheet(second.id)
    assert sheet.covered[line.id] == 60


async def test_an_unpaid_week_without_hours_lapses_and_late_money_goes_back() -> None:
    _people, contract = await running(card=work.ASKS_ALWAYS)
    second = await next_sunday(contract)
    await ticks.run_due()
    forward(second.ends_on + timedelta(days=2))
    await ticks.run_due()
    assert (await work.unit(contract, 2)).status is Status.CANCELLED


async def test_a_downtime_of_weeks_opens_the_present_week_not_the_past_ones() -> None:
    _people, contract = await running()
    first = await work.unit(contract)
    forward(first.ends_on + timedelta(days=17))
    await ticks.run_due()
    await ticks.run_due()
    positions = {unit.position for unit in await Unit.filter(contract_id=contract.id)}
    assert 2 not in positions
    assert max(positions) >= 4


async def test_thirty_idle_days_pause_the_contract_and_only_the_client_resumes_it() -> None:
    people, contract = await running()
    clock.advance(31 * DAY)
    await ticks.run_due()
    await ticks.run_due()
    assert await queries.pause(contract.id)
    held = [await queries.balance(u) for u in await Unit.filter(contract_id=contract.id)]
    assert not any(balance.held for balance in held)
    charged = await Funding.all().count()
    clock.advance(20 * DAY)
    await ticks.run_due()
    assert await Funding.all().count() == charged
    with pytest.raises(Forbidden):
        await weeks.resume(people.assistant, contract.id)
    week = await weeks.resume(people.business, contract.id)
    assert week is not None
    assert week.ends_on >= clock.today()
    with pytest.raises(NotPaused):
        await weeks.resume(people.business, contract.id)
    await ticks.run_due()
    assert not await queries.pause(contract.id)


async def test_a_paused_contract_takes_neither_money_nor_hours() -> None:
    people, contract = await running(card=work.ASKS_ALWAYS)
    second = await next_sunday(contract)
    await ticks.run_due()
    draft = EntryDraft(worked_on=second.starts_on, minutes=60, task="Calls")
    forward(second.starts_on)
    await timesheets.add_entry(people.assistant, second.id, draft)
    clock.advance(31 * DAY)
    await ticks.run_due()
    with pytest.raises(ContractPaused):
        await units.request_funding(second.id, "fr")
    with pytest.raises(ContractPaused):
        await timesheets.add_entry(people.assistant, second.id, draft)


async def test_a_contract_that_starts_mid_week_has_a_short_first_week() -> None:
    people = await work.pair()
    starts_on = clock.today() + timedelta(days=(2 - clock.today().weekday()) % 7)
    first_week = starts_on - timedelta(days=starts_on.weekday())
    terms = work.hourly().model_copy(update={"first_week": first_week})
    contract = await work.signed(people, terms, starts_on=starts_on)
    week = await work.unit(contract)
    assert week.starts_on == starts_on
    assert week.ends_on.isoweekday() == 7

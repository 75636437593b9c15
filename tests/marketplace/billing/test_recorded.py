"""Payments made outside: no held funds, and paid only once both sides say so."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.billing.models import RecordedPayment
from marketplace.billing.queries import recorded as queries
from marketplace.billing.rules import recorded as rules
from marketplace.billing.rules.recorded import BadPayment, NotRecorded, State, Tally, WrongStep
from marketplace.billing.schemas.recorded import ObjectionDraft, RecordedDraft
from marketplace.billing.service import recorded, ticks
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import PAY_DAYS, Rail
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.core import clock
from marketplace.core.batches import FIRST
from marketplace.core.errors import Forbidden
from marketplace.core.i18n import format_date
from marketplace.work import queries as work_queries
from marketplace.work.models import Unit
from marketplace.work.rules import IllegalStep, Status
from marketplace.work.schemas import ContestDraft, DeliveryDraft, EndingDraft, EntryDraft
from marketplace.work.service import contests, deliveries, endings, timesheets, units
from marketplace.work.service import ticks as work_ticks
from payments.models import Funding
from payments.money import Money
from tests.factories import accounts, work
from tests.fixtures.application import RunJobs

DONE = DeliveryDraft.model_validate({"note": "All done."})
DAY = 86_400
real = pytest.mark.usefixtures("application")


def draft(minor: int, day: date | None = None) -> RecordedDraft:
    return RecordedDraft.model_validate(
        {"amount_minor": minor, "paid_on": day or clock.today(), "method": "mobile_money",
         "reference": "MVola 123"}
    )  # fmt: skip


async def pair_outside() -> work.Pair:
    """A French business and an assistant whom Stripe cannot pay."""
    return await work.with_outsider(await work.pair())


async def approved(people: work.Pair, price: int = 20000) -> tuple[Contract, Unit]:
    contract = await work.signed(people, work.project(price))
    first = await work.unit(contract)
    await deliveries.submit(people.assistant, first.id, DONE)
    await deliveries.approve(people.business, first.id)
    return contract, await work.unit(contract)


@real
async def test_work_starts_without_held_funds_because_both_signed_that() -> None:
    people = await pair_outside()
    contract = await work.signed(people, work.project(20000, 30000))
    assert (contract.rail, contract.status) == (Rail.RECORDED, ContractStatus.ACTIVE)
    first = await work.unit(contract)
    assert first.status is Status.OPEN
    with pytest.raises(IllegalStep):
        await units.request_funding(first.id, "fr")
    await deliveries.submit(people.assistant, first.id, DONE)
    await deliveries.approve(people.business, first.id)
    first = await work.unit(contract)
    assert (first.status, first.paid_minor, first.paid_at) == (Status.APPROVED, 20000, None)
    assert not await Funding.exists()


@real
async def test_a_part_is_paid_only_once_both_sides_have_said_so(run_jobs: RunJobs) -> None:
    people = await pair_outside()
    contract, first = await approved(people)
    assert first.held_version == 1  # its tax, whatever is signed later
    await run_jobs()
    mails = [accounts.text_of(each) for each in accounts.mailbox(people.business.person.email)]
    assert sum(f"/units/{first.id}/payments" in each for each in mails) == 1
    one = await recorded.record(people.business, first.id, draft(5000))
    two = await recorded.record(people.business, first.id, draft(15000))
    await recorded.confirm(people.assistant, one.id)
    assert (await work.unit(contract)).paid_at is None
    with pytest.raises(Forbidden):
        await recorded.confirm(people.business, two.id)
    await recorded.dispute(people.assistant, two.id, ObjectionDraft(note="Nothing came."))
    assert (await work.unit(contract)).paid_at is None
    await run_jobs()
    await recorded.confirm(people.assistant, two.id)  # it came a day later
    assert (await work.unit(contract)).paid_at is not None
    with pytest.raises(WrongStep):
        await recorded.withdraw(people.business, two.id)
    assert (await Contract.get(pk=contract.id)).status is ContractStatus.COMPLETED
    await run_jobs()
    said = [accounts.text_of(m) for m in accounts.mailbox(people.business.person.email)]
    assert any("Nothing came." in text for text in said)


@real
async def test_what_is_recorded_is_possible_and_of_this_kind_of_contract() -> None:
    people = await pair_outside()
    _contract, first = await approved(people)
    with pytest.raises(BadPayment):
        await recorded.record(people.business, first.id, draft(20001))
    with pytest.raises(BadPayment):
        tomorrow = clock.today() + timedelta(days=2)
        await recorded.record(people.business, first.id, draft(100, tomorrow))
    with pytest.raises(Forbidden):
        await recorded.record(people.assistant, first.id, draft(100))
    taken_back = await recorded.record(people.business, first.id, draft(20000))
    with pytest.raises(BadPayment):
        await recorded.record(people.business, first.id, draft(1))
    await recorded.withdraw(people.business, taken_back.id)
    await recorded.record(people.business, first.id, draft(20000))
    held = await work.pair()
    kept = await work.unit(await work.signed(held, work.project(20000)))
    with pytest.raises(NotRecorded):
        await recorded.record(held.business, kept.id, draft(100))


@real
async def test_hours_are_recorded_too_and_an_advance_counts_at_the_approval() -> None:
    people = await pair_outside()
    contract = await work.signed(people, work.hourly())
    week = await work.unit(contract)
    assert week.status is Status.OPEN
    line = EntryDraft(worked_on=max(week.starts_on, clock.today()), minutes=120, task="Calls")
    await timesheets.add_entry(people.assistant, week.id, line)
    row = await recorded.record(people.business, week.id, draft(6000))
    await recorded.confirm(people.assistant, row.id)
    assert (await work.unit(contract)).paid_at is None
    await timesheets.submit_week(people.assistant, week.id)
    await timesheets.approve_week(people.business, week.id)
    week = await work.unit(contract)
    assert (week.paid_minor, week.paid_at is not None) == (6000, True)


@real
async def test_reminders_leave_once_each_and_silence_confirms_nothing(run_jobs: RunJobs) -> None:
    people = await pair_outside()
    _contract, first = await approved(people)
    await run_jobs()
    before = len(accounts.mailbox(people.business.person.email))
    clock.advance((PAY_DAYS - 2) * DAY)
    await ticks.run_due()
    await ticks.run_due()
    await run_jobs()
    assert len(accounts.mailbox(people.business.person.email)) == before + 1
    assert await work_queries.unpaid_outside(FIRST, 1, reminders=4) == [first.id]
    clock.advance(18 * DAY)
    await ticks.run_due()
    assert (
        await work_queries.unpaid_outside(FIRST, 1, reminders=4) == []
    )  # all four have left: never looked at again
    await run_jobs()
    row = await recorded.record(people.business, first.id, draft(20000))
    await run_jobs()
    asked = len(accounts.mailbox(people.assistant.person.email))
    clock.advance(30 * DAY)
    await ticks.run_due()
    await ticks.run_due()
    await run_jobs()
    assert len(accounts.mailbox(people.assistant.person.email)) == asked + 1
    assert (await RecordedPayment.get(pk=row.id)).state is State.RECORDED


@real
@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_both_sides_use_the_page(client: httpx.AsyncClient, lang: str) -> None:
    people = await pair_outside()
    contract, first = await approved(people)
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.business.person)
    path = f"/{lang}/units/{first.id}/payments"
    page = await client.get(path)
    request_id = re.search(r'name="request_id" value="([^"]+)"', page.text)
    assert request_id
    for each in (f"contracts/{contract.id}", f"contracts/{contract.id}/work", f"units/{first.id}"):
        assert (await client.get(f"/{lang}/{each}")).status_code == 200
    form = {"amount_minor": "300", "paid_on": clock.today().isoformat(), "method": "cash",
            "request_id": request_id[1]}  # fmt: skip
    assert (await client.post(path, data=form)).status_code == 422
    part = form | {"amount_minor": "50"}
    for _click in range(2):
        assert (await client.post(path, data=part)).status_code == 303
    row = await RecordedPayment.get(unit_id=first.id)  # two clicks are one payment
    await client.post(f"/{lang}/recorded-payments/{row.id}/withdraw")
    assert (await client.post(path, data=part)).status_code == 409  # an old page, sent again
    assert (await client.post(path, data=form | {"amount_minor": "200"})).status_code == 303
    row = await RecordedPayment.get(unit_id=first.id, state=State.RECORDED)
    await accounts.log_in(client, people.assistant.person)
    answer_by = (await queries.record(people.assistant, first.id)).answer_by
    assert answer_by is not None
    shown = (await client.get(path)).text
    assert "200" in shown
    assert format_date(answer_by, lang, "day") in shown
    gone = await client.post(f"/{lang}/recorded-payments/{uuid4()}/confirm")
    assert gone.status_code == 404
    dispute = f"/{lang}/recorded-payments/{row.id}/dispute"
    assert (await client.post(dispute, data={"note": ""})).status_code == 422
    done = await client.post(f"/{lang}/recorded-payments/{row.id}/confirm")
    assert done.status_code == 303
    found = await queries.record(people.assistant, first.id)
    assert found.tally.complete


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_tally_never_asks_twice_nor_takes_more_than_the_part_costs(
    owed: int, more: int, confirmed: int, waiting: int
) -> None:
    def eur(minor: int) -> Money:
        return Money(minor, "EUR")

    found = Tally(eur(owed), eur(owed + more), eur(confirmed), eur(waiting), eur(0))
    assert found.left.minor == max(owed - confirmed - waiting, 0)
    assert found.room.minor == max(owed + more - confirmed - waiting, 0)
    assert found.complete == (confirmed >= owed)


@pytest.mark.parametrize(("place", "zone"), [("FR", "Europe/Paris"), ("MG", "Indian/Antananarivo")])
def test_an_answer_is_due_within_five_business_days_of_the_place(place: str, zone: str) -> None:
    recorded_at = datetime(2026, 7, 9, 21, 30, tzinfo=UTC)  # Thursday night, there Friday already
    # In France the 10th, 13th, 15th, 16th and 17th, as the 14th is a holiday.
    assert rules.answer_by(recorded_at, place, zone) == date(2026, 7, 17)


def test_no_step_leaves_a_confirmed_payment() -> None:
    assert not rules.TRANSITIONS[State.CONFIRMED]
    assert set(rules.TRANSITIONS) == set(State)


@real
async def test_the_notice_counts_also_where_nothing_is_held() -> None:
    people = await pair_outside()
    contract = await work.signed(people, work.project(20000), trial_days=0)
    ending = await endings.propose(people.business, contract.id, EndingDraft(reason="Enough"))
    assert ending.done_at is None
    assert (await work.unit(contract)).status is Status.OPEN
    clock.advance(contract.notice_days * DAY + 60)
    await work_ticks.run_due()
    assert (await work.unit(contract)).status is Status.CANCELLED


@real
async def test_a_week_confirmed_while_it_is_contested_is_paid_once_the_contest_ends() -> None:
    people = await pair_outside()
    contract = await work.signed(people, work.hourly())
    week = await work.unit(contract)
    day = max(week.starts_on, clock.today())
    line = EntryDraft(worked_on=day, minutes=60, task="Calls")
    await timesheets.add_entry(people.assistant, week.id, line)
    contested = await timesheets.add_entry(people.assistant, week.id, line)
    await timesheets.submit_week(people.assistant, week.id)
    await contests.contest(people.business, contested.id, ContestDraft(reason="None of it"))
    await timesheets.approve_week(people.business, week.id)
    row = await recorded.record(people.business, week.id, draft(3000))
    await recorded.confirm(people.assistant, row.id)
    assert (await work.unit(contract)).paid_at is None
    await contests.answer(people.assistant, contested.id, 0)
    week = await work.unit(contract)
    assert (week.status, week.paid_minor) == (Status.APPROVED, 3000)
    assert week.paid_at is not None

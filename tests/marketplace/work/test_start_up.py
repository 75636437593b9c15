"""The start-up phase: paid before it begins, ended by either side, over by its days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.contracts.models import Contract
from marketplace.contracts.rules.calendar import is_business_day, last_business_day
from marketplace.contracts.rules.instalments import instalments, trial_end, week
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.contracts.rules.states import TrialEnd
from marketplace.contracts.rules.terms import Agreement, HourlyTerms
from marketplace.core import clock
from marketplace.core.batches import FIRST
from marketplace.core.errors import Invalid
from marketplace.core.i18n import format_money
from marketplace.work import queries
from marketplace.work.models import Unit
from marketplace.work.rules import NotFunded, Status
from marketplace.work.schemas import ChangesDraft, DeliveryDraft, EndingDraft, EntryDraft
from marketplace.work.service import deliveries, endings, ticks, timesheets
from payments.money import Money
from tests.factories import accounts, work
from tests.marketplace.contracts.test_terms import START, agreed

services = pytest.mark.usefixtures("stripe_sandbox", "application")
DAY = 86_400
DONE = DeliveryDraft(note="All done.")
HOURLY = {"kind": "hourly", "rate_minor": 3000, "weekly_cap_minutes": 600, "first_week": START}


def forward(to_day: date, hour: int = 13) -> None:
    """Move the clock to an hour of a day in Paris."""
    at = datetime.combine(to_day, time(hour), ZoneInfo("Europe/Paris"))
    clock.advance((at - clock.now()).total_seconds())


async def works(people: work.Pair, unit: Unit, minutes: int) -> None:
    """Enter hours of today."""
    draft = EntryDraft(worked_on=clock.today(), minutes=minutes, task="Calls")
    await timesheets.add_entry(people.assistant, unit.id, draft)


async def trial(**also: Any) -> tuple[work.Pair, Contract]:
    """A contract by the hour that begins with 8 hours in ten business days."""
    people = await work.pair()
    values = {"trial_days": 10, "trial_minutes": 480, **also}
    return people, await work.signed(people, work.hourly(), **values)


@services
async def test_hours_of_the_phase_are_one_part_and_sent_early_leave_its_end_as_signed() -> None:
    people, contract = await trial(trial_then=TrialEnd.CONTINUE)
    phase = await work.unit(contract)
    assert (phase.trial, phase.price_minor) == (True, 24000)
    with pytest.raises(NotFunded):
        await works(people, phase, 60)
    await work.pay(contract)
    contract = await Contract.get(pk=contract.id)
    phase = await work.unit(contract)
    assert contract.trial_until == phase.ends_on
    assert phase.ends_on == last_business_day(clock.today(), 10, "FR")
    await works(people, phase, 500)
    assert (await queries.sheet(phase.id))[1].uncovered == 20
    clock.advance(DAY)
    await timesheets.submit_week(people.assistant, phase.id)
    until = contract.trial_until
    contract = await Contract.get(pk=contract.id)
    assert until is not None
    assert contract.trial_until == until
    assert until > clock.today()
    assert await timesheets.approve_week(people.business, phase.id)
    assert (await queries.balance(phase)).released.minor == 24000
    await ticks.run_due()
    weeks = await Unit.filter(contract_id=contract.id).order_by("position")
    assert weeks[1].starts_on == clock.today() + timedelta(days=1)
    assert weeks[1].ends_on.isoweekday() == 7
    assert (weeks[1].trial, weeks[1].price_minor) == (False, 30000)
    ending = await endings.propose(people.business, contract.id, EndingDraft())
    assert ending.done_at is not None  # at once, as signed


@services
async def test_a_phase_that_ends_the_contract_pays_its_hours_and_returns_the_rest() -> None:
    people, contract = await trial(trial_then=TrialEnd.END)
    await work.pay(contract)
    phase = await work.unit(contract)
    await works(people, phase, 90)
    forward(phase.ends_on + timedelta(days=26))  # everything slept for weeks
    for _ in range(3):
        await ticks.run_due()
    assert (await work.unit(contract)).status is Status.SUBMITTED
    clock.advance(5 * DAY)
    await ticks.run_due()
    balance = await queries.balance(phase)
    assert (balance.released.minor, balance.refunded.minor) == (4500, 19500)
    assert await Unit.filter(contract_id=contract.id).count() == 1
    assert (await Contract.get(pk=contract.id)).status is ContractStatus.COMPLETED


@services
@pytest.mark.parametrize("kind", ["flat", "project"])
async def test_other_kinds_end_by_themselves_too_and_pay_the_days_of_the_phase(kind: str) -> None:
    people = await work.pair()
    terms = work.flat(70000, 3) if kind == "flat" else work.project(70000)
    contract = await work.signed(people, terms, trial_days=1, trial_then=TrialEnd.END)
    await work.pay(contract)
    contract = await Contract.get(pk=contract.id)
    assert contract.trial_until is not None
    await ticks.run_due()
    assert (await Contract.get(pk=contract.id)).status is ContractStatus.ACTIVE
    unit = await work.unit(contract)
    days = (contract.trial_until - unit.starts_on).days + 1
    length = (unit.ends_on - unit.starts_on).days + 1
    forward(contract.trial_until + timedelta(days=1))
    await ticks.run_due()
    await ticks.run_due()
    assert (await Contract.get(pk=contract.id)).status is ContractStatus.CANCELLED
    balance = await queries.balance(unit)
    assert balance.released.minor == round(70000 * days / length)
    assert balance.released.minor + balance.refunded.minor == 70000


@services
@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_work_handed_in_keeps_its_whole_price_at_an_end_and_the_page_says_so(
    client: httpx.AsyncClient, lang: str
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(80000, 90000), trial_days=10)
    for position in (1, 2):
        await work.pay(contract, position)
    first = await work.unit(contract)
    await deliveries.submit(people.assistant, first.id, DONE)
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.business.person)
    room = (await client.get(f"/{lang}/contracts/{contract.id}/work")).text
    worked = endings.worked(await work.unit(contract, 2), contract)
    whole, part = (format_money(Money(minor, "EUR"), lang) for minor in (80000, worked))
    told = {
        "fr": (f"à son prix entier, soit {whole} hors taxes", f"{part} hors taxes sont payés"),
        "en": (f"at its whole price, {whole} before tax", f"{part} before tax are paid"),
    }[lang]
    assert [room.count(each) for each in told] == [1, 1]
    assert room.count({"fr": "s’arrête aujourd’hui", "en": "if it ends today"}[lang]) == 1
    await endings.propose(people.business, contract.id, EndingDraft())
    first = await work.unit(contract)
    assert (first.status, first.price_minor) == (Status.SUBMITTED, 80000)


@services
async def test_work_sent_back_pays_its_days_too_where_payments_are_only_recorded() -> None:
    people = await work.with_outsider(await work.pair())
    contract = await work.signed(people, work.project(80000), trial_days=10)
    first = await work.unit(contract)
    await deliveries.submit(people.assistant, first.id, DONE)
    again = ChangesDraft(delivery=1, criteria=[0], note="Page 3 is missing.")
    await deliveries.request_changes(people.business, first.id, again)
    clock.advance(2 * DAY)
    await endings.propose(people.business, contract.id, EndingDraft())
    first = await work.unit(contract)
    assert (first.status, first.paid_minor) == (Status.CANCELLED, 30000)
    assert await queries.unpaid_outside(FIRST, 10, reminders=1) == [first.id]


@services
@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_the_room_and_the_form_speak_of_the_phase(
    client: httpx.AsyncClient, lang: str
) -> None:
    people, contract = await trial()
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.business.person)
    planned = (await client.get(f"/{lang}/contracts/{contract.id}/work")).text
    await work.pay(contract)
    room = (await client.get(f"/{lang}/contracts/{contract.id}/work")).text
    words = {"fr": "Période d’essai payée", "en": "Start-up phase until"}[lang]
    assert words in planned
    assert words in room
    until = {"fr": "date prévue", "en": "date as planned"}[lang]
    assert (until in planned, until in room) == (True, False)
    assert (await client.get(f"/{lang}/units/{(await work.unit(contract)).id}")).status_code == 200


@services
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"trial_days": 11}, "trial_days"),
        ({"trial_days": 5, "trial_minutes": 30}, "trial_minutes"),
        ({"trial_days": 5, "trial_minutes": 21 * 60}, "trial_minutes"),
        ({"trial_days": 0, "trial_minutes": 60}, "trial_days"),
    ],
)
async def test_a_phase_beyond_the_operator_s_caps_is_refused(
    values: dict[str, Any], field: str
) -> None:
    people = await work.pair()
    with pytest.raises(Invalid) as refused:
        await work.signed(people, work.hourly(), **values)
    assert field in refused.value.errors


def test_no_work_is_unpaid() -> None:
    with pytest.raises(ValueError, match="always paid"):
        HourlyTerms.model_validate(HOURLY | {"rate_minor": 0})


@pytest.mark.parametrize(
    ("begun", "place", "until"),
    [
        (date(2027, 5, 3), "FR", date(2027, 5, 18)),  # Ascension and Whit Monday
        (date(2027, 5, 3), "BE", date(2027, 5, 18)),
        (date(2027, 5, 3), "CA-QC", date(2027, 5, 14)),  # Victoria Day comes later
        (date(2027, 6, 21), "CA-QC", date(2027, 7, 6)),  # national day, Canada Day
        (date(2027, 6, 21), "FR", date(2027, 7, 2)),
        (date(2026, 12, 26), "FR", date(2027, 1, 11)),  # from a Saturday, over the year's end
    ],
)
def test_ten_business_days_of_the_place(begun: date, place: str, until: date) -> None:
    assert last_business_day(begun, 10, place) == until


@given(
    st.dates(date(2026, 1, 1), date(2032, 1, 1)),
    st.integers(1, 20),
    st.sampled_from(["FR", "CA-QC", "GB"]),
)
def test_the_phase_has_exactly_its_business_days(begun: date, days: int, place: str) -> None:
    end = last_business_day(begun, days, place)
    span = [begun + timedelta(days=n) for n in range((end - begun).days + 1)]
    assert sum(is_business_day(day, place) for day in span) == days
    assert is_business_day(end, place)


@given(
    st.dates(date(2026, 1, 1), date(2032, 1, 1)),
    st.integers(1, 10),
    st.integers(60, 1200),
    st.sampled_from(TrialEnd),
    st.one_of(st.none(), st.integers(0, 80)),
)
def test_the_weeks_go_on_after_the_phase_without_gap_or_overlap(
    start: date, days: int, minutes: int, then: TrialEnd, length: int | None
) -> None:
    first = start + timedelta(days=-start.weekday() % 7)
    agreement: Agreement = agreed(
        HOURLY | {"first_week": first},
        starts_on=start,
        ends_on=None if length is None else first + timedelta(days=length),
        trial_days=days,
        trial_minutes=minutes,
        trial_then=then,
    )
    parts = instalments(agreement)
    assert parts[0].phase
    assert parts[0].price_minor == (3000 * minutes * 2 + 60) // 120
    assert parts[0].ends_on <= (trial_end(agreement) or parts[0].ends_on)
    for one, other in pairwise(parts):
        assert other.position > one.position
        assert other.starts_on == one.ends_on + timedelta(days=1)
        assert other.charged_on <= other.starts_on <= other.ends_on < other.review_until
    if then is TrialEnd.END:
        assert len(parts) == 1
        assert week(agreement, 2) is None

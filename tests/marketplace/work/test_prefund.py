"""Between weeks: the saved card pays ahead, a refusal asks the client, idle contracts rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from marketplace.contracts.events import ContractChanged
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.terms import Remainder
from marketplace.contracts.schemas import ChangeDraft
from marketplace.contracts.service import amending, retaxing
from marketplace.core import clock
from marketplace.core.errors import Forbidden
from marketplace.core.events import on_fact
from marketplace.parties.models import Party
from marketplace.work import queries
from marketplace.work.models import Unit
from marketplace.work.rules import ContractPaused, NotFunded, NotPaused, Status
from marketplace.work.schemas import EntryDraft
from marketplace.work.service import amendments, ticks, timesheets, units, weeks
from payments import escrow, statements
from payments.errors import StripeRefused
from payments.gateway import paying
from payments.gateway.client import client as stripe
from payments.gateway.views import IntentView
from payments.models import Funding, Payer
from payments.money import Money
from tests.factories import accounts, work
from tests.fixtures.application import RunJobs
from tests.marketplace.billing.test_debits import ARRIVES_IN_DAYS, REFUSED, control

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
DAY = 86_400


async def running(
    card: str = "4242424242424242", remainder: Remainder = Remainder.RETURN
) -> tuple[work.Pair, Contract]:
    """An hourly contract whose first week is paid, on a Wednesday: no step leads back in time."""
    today = clock.today("Europe/Paris")
    forward(today + timedelta(days=(2 - today.weekday()) % 7 or 7))
    people = await work.pair()
    contract = await work.signed(people, work.hourly(remainder=remainder))
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


async def test_the_saved_card_pays_the_next_week_on_sunday_and_only_once_and_its_owner_is_told(
    run_jobs: RunJobs,
) -> None:
    people, contract = await running()
    second = await next_sunday(contract)
    await ticks.run_due()
    await ticks.run_due()
    await run_jobs()
    mails = [accounts.text_of(m) for m in accounts.mailbox(people.business.person.email)]
    (told,) = [text for text in mails if "saved card has paid" in text or "a payé" in text]
    paid = await Funding.get(holding_id=str(second.id))
    assert f"{paid.captured_minor / 100:.2f}" in told.replace(",", ".")
    assert f"/units/{second.id}" in told
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


@pytest.mark.parametrize("iban", [ARRIVES_IN_DAYS, REFUSED])
async def test_a_week_waits_for_the_debit_that_pays_it_and_its_money_rolls_on(iban: str) -> None:
    people, contract = await running(work.ASKS_ALWAYS, Remainder.ROLL)
    whole = EntryDraft(worked_on=clock.today(), minutes=600, task="Calls")
    await timesheets.add_entry(people.assistant, (await work.unit(contract)).id, whole)
    second = await next_sunday(contract)
    await ticks.run_due()  # the card is refused
    forward(second.starts_on + timedelta(days=2))
    page = await Funding.get(id=await work.open_page(contract, 2))
    await control(f"pay/{page.session}", iban=iban)
    assert await escrow.refresh(page.id, on_fact) == "processing"
    forward(second.ends_on + timedelta(days=1), hour=13)
    await ticks.run_due()
    assert (await work.unit(contract, 2)).status is Status.FUNDING
    await control("advance", seconds=3 * DAY)
    arrives = iban == ARRIVES_IN_DAYS
    assert await escrow.refresh(page.id, on_fact) == ("funded" if arrives else "failed")
    await ticks.run_due()
    week = await work.unit(contract, 2)
    assert week.status is (Status.APPROVED if arrives else Status.CANCELLED)
    assert await escrow.credits_of(str(people.business_id)) == ()
    later = await Unit.filter(contract_id=contract.id, position__gt=2)
    balances = [await queries.balance(each) for each in later]
    assert sum(each.held.minor for each in balances) == (30000 if arrives else 0)


async def test_what_is_left_goes_to_the_next_week_and_not_to_an_older_one_nobody_paid() -> None:
    people, contract = await running(work.ASKS_ALWAYS, Remainder.ROLL)
    whole = EntryDraft(worked_on=clock.today(), minutes=600, task="Calls")
    await timesheets.add_entry(people.assistant, (await work.unit(contract)).id, whole)
    second = await next_sunday(contract)
    await ticks.run_due()
    await units.not_asked(second.id)
    forward(second.starts_on)
    hour = EntryDraft(worked_on=second.starts_on, minutes=60, task="Calls")
    await timesheets.add_entry(people.assistant, second.id, hour)
    forward(second.ends_on)
    await ticks.run_due()
    assert await work.pay(contract, 3, work.ASKS_ALWAYS) == "funded"
    forward(second.ends_on + timedelta(days=9))
    await ticks.run_due()
    assert (await work.unit(contract, 3)).status is Status.APPROVED  # nothing worked
    assert (await work.unit(contract, 2)).status is Status.PLANNED
    later = await Unit.filter(contract_id=contract.id, position__gt=3)
    assert sum([(await queries.balance(each)).held.minor for each in later]) == 30000


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


async def test_who_resumes_on_the_day_of_the_pause_pays_for_the_present_week_and_works_in_it() -> (
    None
):
    people, contract = await running()
    first = await work.unit(contract)
    for days in (25, 25, 27):  # Thursday opens this week and the next one, Saturday pauses
        assert not await queries.pause(contract.id)
        forward(first.ends_on + timedelta(days=days))
        await ticks.run_due()
    assert await queries.pause(contract.id)
    week = await weeks.resume(people.business, contract.id)
    assert week is not None
    assert week.starts_on <= clock.today() <= week.ends_on
    assert not (await queries.balance(week)).held
    await ticks.run_due()  # the saved card pays it
    assert (await work.unit(contract, week.position)).status is Status.FUNDED
    draft = EntryDraft(worked_on=clock.today(), minutes=60, task="Calls")
    assert await timesheets.add_entry(people.assistant, week.id, draft)


async def test_a_contract_funded_long_before_its_start_is_not_idle() -> None:
    people = await work.pair()
    monday = clock.today() + timedelta(days=42 - clock.today().weekday())
    terms = work.hourly().model_copy(update={"first_week": monday})
    contract = await work.signed(people, terms, starts_on=monday, trial_days=0)
    assert await work.pay(contract) == "funded"
    forward(monday - timedelta(days=1))
    await ticks.run_due()
    assert not await queries.pause(contract.id)
    assert (await work.unit(contract)).status is Status.FUNDED


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


async def replace_card(people: work.Pair, number: str) -> None:
    """The business's saved card is another one from now on."""
    payer = await Payer.get(id=str(people.business_id))
    methods = stripe().v1.payment_methods
    for old in (await methods.list_async({"customer": payer.customer})).data:
        await methods.detach_async(old.id)
    made = await methods.create_async(
        {
            "type": "card",
            "card": {
                "number": number,
                "exp_month": 12,
                "exp_year": clock.today().year + 4,
                "cvc": "123",
            },
        }
    )
    await methods.attach_async(made.id, {"customer": payer.customer})


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (work.ASKS_ALWAYS, "Votre banque veut que vous confirmiez"),
        ("4000000000000341", "La banque a refusé"),
    ],
)
async def test_a_refused_week_says_why_and_until_when_then_its_hours_are_uncovered(
    number: str, said: str, run_jobs: RunJobs, client: httpx.AsyncClient
) -> None:
    people, contract = await running()
    await replace_card(people, number)
    second = await next_sunday(contract)
    await ticks.run_due()
    await run_jobs()
    texts = [
        " ".join(accounts.text_of(m).split())
        for m in accounts.mailbox(people.business.person.email)
    ]
    (asked,) = [text for text in texts if f"/units/{second.id}/fund" in text]
    assert said in asked
    assert "23:59" in asked  # Tuesday's end
    forward(second.starts_on)
    draft = EntryDraft(worked_on=clock.today(), minutes=60, task="Calls")
    await timesheets.add_entry(people.assistant, second.id, draft)
    await accounts.log_in(client, people.assistant.person)
    before = (await client.get(f"/fr/units/{second.id}")).text
    forward(second.starts_on + timedelta(days=2), hour=1)
    after = (await client.get(f"/fr/units/{second.id}")).text
    unfunded = "Ces heures ne sont pas couvertes"
    assert (unfunded in before, unfunded in after) == (False, True)
    assert (await queries.sheet(second.id))[1].uncovered == 60
    assert not (await queries.balance(second)).held  # nothing worked is payable yet
    with pytest.raises(NotFunded):
        await timesheets.submit_week(people.assistant, second.id)


async def test_everything_slept_for_twelve_days_and_nothing_is_lost_or_done_twice(
    run_jobs: RunJobs,
) -> None:
    people, contract = await running()
    first = await work.unit(contract)
    entry = EntryDraft(worked_on=clock.today(), minutes=120, task="Calls")
    await timesheets.add_entry(people.assistant, first.id, entry)
    forward(first.ends_on + timedelta(days=12))
    for _ in range(3):
        await ticks.run_due()
        await run_jobs()
    week = await work.unit(contract)
    assert week.status is Status.SUBMITTED  # silence waits until people had time to look
    assert week.review_until is not None
    assert week.review_until > clock.now() + timedelta(days=3)
    weeks_now = await Unit.filter(contract_id=contract.id).order_by("position")
    (present,) = [each for each in weeks_now if each.starts_on <= clock.today() <= each.ends_on]
    assert present.status is Status.FUNDED
    assert await Funding.filter(holding_id=str(present.id)).count() == 1
    clock.advance(5 * DAY)
    for _ in range(3):
        await ticks.run_due()
        await run_jobs()
    balance = await queries.balance(week)
    assert (balance.released.minor, balance.refunded.minor) == (6000, 24000)
    statement = await statements.contract_statement(str(contract.id))
    assert statement is not None
    assert statement.funded == (
        statement.released + statement.refunded + statement.held + statement.disputed
    )


async def test_a_week_asked_for_under_another_tax_is_asked_for_anew() -> None:
    people, contract = await running()
    second = await next_sunday(contract)
    await weeks._ask(second.id)  # the worker dies before it charges
    await Party.filter(pk=people.assistant_id).update(
        tax_status="vat_registered", vat_number="FR40303265045"
    )
    await retaxing.sweep(0)
    for who in (people.assistant, people.business):
        await work.consent(who, contract)
    signed = ContractChanged(contract.id, version=2, before=1)
    await amendments.close_pages(signed)  # the one with the tax of before
    await ticks.run_due()
    second = await work.unit(contract, 2)
    assert second.status is Status.FUNDED
    assert (await queries.balance(second)).held.minor == 36000
    assert await queries.taxed_as_now(second, await Contract.get(pk=contract.id))


async def test_a_payment_page_that_failed_gives_way_to_the_charge_at_the_price_of_now() -> None:
    people = await work.pair()
    terms = work.hourly(remainder=Remainder.RETURN)
    contract = await work.signed(people, terms, trial_days=0)
    assert await work.pay(contract) == "funded"
    first = await work.unit(contract)
    await next_sunday(contract)
    await ticks.run_due()
    forward(first.ends_on + timedelta(days=5))
    await ticks.run_due()
    page = await work.open_page(contract, 3)
    assert await work.pay_page(page, card=work.DECLINED) != "funded"
    await amending.propose(people.assistant, contract.id, ChangeDraft(weekly_cap_minutes=300))
    for who in (people.assistant, people.business):
        await work.consent(who, contract)
    forward(first.ends_on + timedelta(days=7))
    await ticks.run_due()  # the job that closes old pages was lost
    await ticks.run_due()
    third = await work.unit(contract, 3)
    assert (third.status, third.price_minor) == (Status.FUNDED, 15000)
    assert (await queries.balance(third)).held.minor == 15000
    asked = await Funding.filter(holding_id=str(third.id)).order_by("created_at")
    assert [str(each.status) for each in asked] == ["cancelled", "funded"]
    assert asked[0].id == page
    assert await work.pay_page(page) == "cancelled"  # the old page takes nothing any more
    statement = await statements.contract_statement(str(contract.id))
    assert statement is not None
    assert statement.funded == statement.released + statement.refunded + statement.held


async def asked_to_pay(people: work.Pair, unit: Unit) -> list[str]:
    """The mails that ask the client to pay a part by hand."""
    texts = [accounts.text_of(m) for m in accounts.mailbox(people.business.person.email)]
    return [text for text in texts if f"/units/{unit.id}/fund" in text]


async def test_an_open_page_is_left_to_the_client_and_the_card_pays_once_it_is_over(
    run_jobs: RunJobs,
) -> None:
    people, contract = await running()
    second = await next_sunday(contract)
    page = await Funding.get(id=await work.open_page(contract, 2))  # looked at, not paid
    await ticks.run_due()
    week = await work.unit(contract, 2)
    assert (week.status, week.prefund_tried_at) == (Status.FUNDING, None)
    await stripe().v1.checkout.sessions.expire_async(str(page.session))
    assert await escrow.refresh(page.id, on_fact) == "requested"
    await ticks.run_due()
    await ticks.run_due()
    await run_jobs()
    assert (await work.unit(contract, 2)).status is Status.FUNDED
    assert (await queries.balance(second)).held == Money(30000, "EUR")
    assert not await asked_to_pay(people, second)


async def test_a_definite_no_of_stripe_is_told_once_and_a_debit_under_way_waits(
    run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    people, contract = await running()
    second = await next_sunday(contract)

    async def detached(*_args: object, **_more: object) -> None:
        raise StripeRefused("No such payment method", code="resource_missing")

    with monkeypatch.context() as there:
        there.setattr(paying, "create_intent", detached)
        await ticks.run_due()
        await ticks.run_due()
    await run_jobs()
    assert len(await asked_to_pay(people, second)) == 1
    await Unit.filter(pk=second.id).update(prefund_tried_at=None)
    page = await Funding.get(id=await work.open_page(contract, 2))
    await control(f"pay/{page.session}", iban=ARRIVES_IN_DAYS)
    assert await escrow.refresh(page.id, on_fact) == "processing"
    caplog.clear()
    await ticks.run_due()
    assert "PaymentProcessing" not in caplog.text
    assert (await work.unit(contract, 2)).prefund_tried_at is None


async def test_a_card_whose_charge_is_on_its_way_is_told_and_not_charged_again(
    run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, contract = await running()
    second = await next_sunday(contract)
    created = paying.create_intent

    async def slowly(**asked: Any) -> IntentView:
        return replace(await created(**asked), status="processing")

    with monkeypatch.context() as there:
        there.setattr(paying, "create_intent", slowly)
        await ticks.run_due()
    await ticks.run_due()
    await run_jobs()
    paid = await Funding.get(holding_id=str(second.id))
    mails = [accounts.text_of(m) for m in accounts.mailbox(people.business.person.email)]
    (told,) = [text for text in mails if "a payé" in text and f"/units/{second.id}" in text]
    assert f"{paid.total.minor / 100:.2f}" in told.replace(",", ".")
    assert await escrow.refresh(paid.id, on_fact) == "funded"
    assert (await queries.balance(second)).held == Money(30000, "EUR")

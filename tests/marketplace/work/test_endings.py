"""Early ends shared by agreement, the start-up phase, part payments: no cent is lost."""

from __future__ import annotations

import asyncio
import re
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import NoticeIn
from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden
from marketplace.core.i18n import format_date, format_money
from marketplace.work import queries, rules
from marketplace.work.models import Delivery, Unit
from marketplace.work.rules import BadShare, NoPart, PartOpen, Status
from marketplace.work.schemas import (
    ChangesDraft,
    DeliveryDraft,
    EndingDraft,
    EntryDraft,
    PartDraft,
    ShareDraft,
)
from marketplace.work.service import deliveries, due, endings, holds, parts, ticks, timesheets
from payments import statements
from payments.money import Money
from tests.factories import accounts, work
from tests.fixtures.application import RunJobs
from tests.marketplace.work.test_stale_answers import hidden

services = pytest.mark.usefixtures("stripe_sandbox", "application")
DAY = 86_400
DONE = DeliveryDraft.model_validate({"note": "All done."})


async def funded(*prices: int, **also: object) -> tuple[work.Pair, Contract]:
    """A project with all its milestones paid; no start-up phase unless asked for."""
    people = await work.pair()
    contract = await work.signed(people, work.project(*prices), **{"trial_days": 0, **also})
    for position in range(1, len(prices) + 1):
        await work.pay(contract, position)
    return people, contract


def share(unit: Unit, minor: int) -> EndingDraft:
    """An end that leaves the assistant this of a unit."""
    return EndingDraft(shares=[ShareDraft(unit_id=unit.id, price_minor=minor)])


async def assert_balanced(contract: Contract) -> statements.ContractStatement:
    found = await statements.contract_statement(str(contract.id))
    assert found is not None
    assert found.funded == found.released + found.refunded + found.held + found.disputed
    return found


@services
@pytest.mark.parametrize("minor", [0, 1, 3333, 19999, 20000])
async def test_either_side_proposes_a_share_and_the_other_agrees(minor: int) -> None:
    people, contract = await funded(20000)
    first = await work.unit(contract)
    proposer, other = people.assistant, people.business
    if minor % 2:
        proposer, other = other, proposer
    ending = await endings.propose(proposer, contract.id, share(first, minor))
    assert (await work.unit(contract)).status is Status.FUNDED
    with pytest.raises(Forbidden):
        await endings.agree(proposer, contract.id, ending.proposal_id)
    await endings.agree(other, contract.id, ending.proposal_id)
    balance = await queries.balance(first)
    assert (balance.released.minor, balance.refunded.minor) == (minor, 20000 - minor)
    assert (await work.unit(contract)).paid_minor == minor
    found = await assert_balanced(contract)
    assert not found.held


@services
async def test_a_share_also_settles_delivered_work_and_leaves_other_parts_to_the_contract() -> None:
    people, contract = await funded(20000, 30000)
    first, second = await work.unit(contract), await work.unit(contract, 2)
    await deliveries.submit(people.assistant, first.id, DONE)
    ending = await endings.propose(people.business, contract.id, share(first, 15000))
    await endings.agree(people.assistant, contract.id, ending.proposal_id)
    assert (await queries.balance(first)).released == Money(15000, "EUR")
    assert (await queries.balance(second)).refunded == Money(30000, "EUR")
    await assert_balanced(contract)


@services
async def test_a_share_nobody_accepted_does_not_count_when_the_notice_has_run_out() -> None:
    people, contract = await funded(20000, notice_days=14)
    first = await work.unit(contract)
    await endings.propose(people.business, contract.id, share(first, 15000))
    clock.advance(15 * DAY)
    await ticks.run_due()
    assert (await queries.balance(first)).refunded == Money(20000, "EUR")


@services
async def test_an_end_is_no_longer_due_once_its_contract_is_completed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    people, contract = await funded(20000, notice_days=14)
    first = await work.unit(contract)
    await endings.propose(people.business, contract.id, EndingDraft())
    await deliveries.submit(people.assistant, first.id, DONE)
    await deliveries.approve(people.business, first.id)
    clock.advance(15 * DAY)
    await ticks.run_due()
    assert "IllegalStep" not in caplog.text
    room = await queries.room(people.business, contract.id)
    assert (room.contract.status, room.ending) == ("completed", None)


@services
async def test_two_last_parts_approved_at_once_complete_the_contract() -> None:
    people = await work.with_outsider(await work.pair())  # no money moves, so that nothing waits
    contract = await work.signed(people, work.project(20000, 30000))
    first, second = await work.unit(contract), await work.unit(contract, 2)
    for each in (first, second):
        await deliveries.submit(people.assistant, each.id, DONE)
    approved, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> None:
        async with transaction():
            await deliveries.approve(people.business, first.id)
            approved.set()
            await go_on.wait()

    slow = asyncio.create_task(slowly())
    await approved.wait()
    quick = asyncio.ensure_future(deliveries.approve(people.business, second.id))
    await asyncio.wait({quick}, timeout=0.5)  # it waits for the first, or is done without it
    go_on.set()
    await asyncio.gather(slow, quick)
    assert (await Contract.get(pk=contract.id)).status == "completed"


@services
async def test_a_notice_in_business_days_ends_on_the_day_that_is_shown(
    client: httpx.AsyncClient,
) -> None:
    people, contract = await funded(20000, notice_days=10, notice_in=NoticeIn.BUSINESS_DAYS)
    shown = contracts.notice_end(contract, clock.now()).astimezone(ZoneInfo("Europe/Paris"))
    await accounts.log_in(client, people.business.person)
    room = await client.get(f"/en/contracts/{contract.id}/work")
    day = format_date(shown.date(), "en", "day")
    assert f"ends on {day}, after its notice of 10 business days" in room.text
    ending = await endings.propose(people.business, contract.id, EndingDraft())
    assert ending.effective_at - shown < timedelta(minutes=1)
    clock.advance((ending.effective_at - clock.now()).total_seconds() - 60)
    await ticks.run_due()
    assert (await Contract.get(pk=contract.id)).status == "active"
    clock.advance(120)
    await ticks.run_due()
    assert (await Contract.get(pk=contract.id)).status == "cancelled"


@services
async def test_a_share_is_of_what_is_held() -> None:
    people, contract = await funded(20000)
    first = await work.unit(contract)
    with pytest.raises(BadShare):
        await endings.propose(people.business, contract.id, share(first, 20001))
    strange = first
    strange.id = contract.id
    with pytest.raises(BadShare):
        await endings.propose(people.business, contract.id, share(strange, 1))


@services
async def test_in_the_start_up_phase_the_business_ends_at_once_and_worked_hours_are_paid() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly(), trial_days=10)
    await work.pay(contract)
    week = await work.unit(contract)
    draft = EntryDraft(worked_on=clock.today(), minutes=120, task="Calls")
    await timesheets.add_entry(people.assistant, week.id, draft)
    ending = await endings.propose(people.business, contract.id, EndingDraft())
    assert ending.done_at
    assert (await work.unit(contract)).status is Status.SUBMITTED
    clock.advance(12 * DAY)
    await ticks.run_due()
    balance = await queries.balance(week)
    assert (balance.released.minor, balance.refunded.minor) == (6000, 24000)


@services
async def test_in_the_start_up_phase_a_period_pays_the_days_worked() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.flat(70000), trial_days=10)
    await work.pay(contract)
    clock.advance(2 * DAY)
    await endings.propose(people.business, contract.id, EndingDraft())
    period = await work.unit(contract)
    balance = await queries.balance(period)
    assert (balance.released.minor, balance.refunded.minor) == (30000, 40000)
    await assert_balanced(contract)


@given(
    st.integers(1, 10_000_000),
    st.dates(date(2026, 1, 1), date(2032, 12, 31)),
    st.integers(0, 60),
    st.integers(-5, 70),
)
def test_the_days_worked_never_cost_more_than_the_period(
    price: int, start: date, days: int, worked: int
) -> None:
    end = start + timedelta(days=days)
    found = rules.worked_share(price, start, end, start + timedelta(days=worked))
    assert 0 <= found <= price
    if worked >= days:
        assert found == price


@services
async def test_a_part_is_paid_by_agreement_and_the_approval_pays_the_rest() -> None:
    people, contract = await funded(20001)
    first = await work.unit(contract)
    with pytest.raises(BadShare):
        await parts.ask(people.assistant, first.id, PartDraft(price_minor=20001))
    asked = PartDraft(price_minor=6667, note="First third")
    part = await parts.ask(people.assistant, first.id, asked)
    with pytest.raises(PartOpen):
        await parts.ask(people.assistant, first.id, PartDraft(price_minor=1))
    assert not (await queries.balance(first)).released
    with pytest.raises(Forbidden):
        await parts.answer(people.assistant, first.id, part.id, pay=True)
    await parts.answer(people.business, first.id, part.id, pay=True)
    with pytest.raises(NoPart):
        await parts.answer(people.business, first.id, part.id, pay=True)
    await parts.ask(people.business, first.id, PartDraft(price_minor=3333))
    assert (await queries.balance(first)).released.minor == 10000
    await deliveries.submit(people.assistant, first.id, DONE)
    await deliveries.approve(people.business, first.id)
    balance = await queries.balance(first)
    assert (balance.released.minor, balance.held.minor) == (20001, 0)
    assert (await work.unit(contract)).paid_minor == 20001
    await assert_balanced(contract)


@services
@pytest.mark.parametrize("approved", [True, False])
async def test_a_part_asked_for_is_answered_by_the_approval_or_the_end(
    client: httpx.AsyncClient, run_jobs: RunJobs, approved: bool
) -> None:
    people, contract = await funded(20000)
    first = await work.unit(contract)
    await parts.ask(people.assistant, first.id, PartDraft(price_minor=5000))
    if approved:
        await deliveries.submit(people.assistant, first.id, DONE)
        await deliveries.approve(people.business, first.id)
    else:
        await endings.propose(people.assistant, contract.id, EndingDraft())
    (part,) = await parts.of_unit(first.id)
    assert (part.paid_at is not None, part.refused_at is not None) == (approved, not approved)
    assert (await work.unit(contract)).paid_minor == (20000 if approved else 0)
    await accounts.log_in(client, people.business.person)
    page = (await client.get(f"/en/units/{first.id}")).text
    assert "Asked for" not in page
    assert "/parts/pay" not in page
    await run_jobs()  # nobody is asked for what has been answered
    subjects = [str(m["Subject"]) for m in accounts.mailbox(people.business.person.email)]
    assert not any("versement partiel" in subject for subject in subjects)


@services
async def test_reminders_leave_three_days_and_one_day_before_silence_once_each(
    run_jobs: RunJobs,
) -> None:
    people, contract = await funded(20000)
    first = await work.unit(contract)
    await deliveries.submit(people.assistant, first.id, DONE)
    first = await work.unit(contract)
    assert first.review_until is not None

    async def reminders() -> int:
        await ticks.run_due()
        await ticks.run_due()
        await run_jobs()
        box = accounts.mailbox(people.business.person.email)
        return sum("attend votre réponse" in " ".join(accounts.text_of(m).split()) for m in box)

    before = await reminders()
    seen = []
    for hours in (73, 71, 25, 23):
        at = first.review_until - timedelta(hours=hours)
        clock.advance((at - clock.now()).total_seconds())
        seen.append(await reminders() - before)
    assert seen == [0, 1, 1, 2]


@services
@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_shares_and_parts_on_the_pages(
    client: httpx.AsyncClient, run_jobs: RunJobs, lang: str
) -> None:
    people, contract = await funded(20000, 30000)
    first = await work.unit(contract)
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.assistant.person)
    part = f"/{lang}/units/{first.id}/parts"
    assert (await client.post(part, data={"price_minor": "lots"})).status_code == 422
    assert (await client.post(part, data={"price_minor": "900"})).status_code == 422
    assert (await client.post(part, data={"price_minor": "50"})).status_code == 303
    await accounts.log_in(client, people.business.person)
    page = await client.get(f"/{lang}/units/{first.id}")
    assert (await client.post(f"{part}/pay", data=hidden(page.text, "pay"))).status_code == 303
    page = await client.get(f"/{lang}/units/{first.id}")
    request_id = re.search(r'name="request_id" value="([^"]+)"', page.text)
    assert request_id
    for _click in range(2):  # a double click pays one part
        data = {"price_minor": "10", "request_id": request_id[1]}
        assert (await client.post(part, data=data)).status_code == 303
    assert (await work.unit(contract)).paid_minor == 6000
    ending = f"/{lang}/contracts/{contract.id}/ending"
    data = {"shares-0-unit_id": str(first.id), "shares-0-price_minor": "9999"}
    assert (await client.post(ending, data=data)).status_code == 422
    data["shares-0-price_minor"] = "100"
    assert (await client.post(ending, data=data)).status_code == 303
    await accounts.log_in(client, people.assistant.person)
    page = await client.get(f"/{lang}/contracts/{contract.id}/work")
    agreed = await client.post(f"{ending}/agree", data=hidden(page.text, "ending/agree"))
    assert agreed.status_code == 303
    balance = await queries.balance(first)
    assert (balance.released.minor, balance.refunded.minor) == (16000, 4000)
    room = await client.get(f"/{lang}/contracts/{contract.id}/work")
    paid = format_money(Money(16000, "EUR"), lang)
    badge, note = {
        "fr": (f"Terminé, {paid} HT payés", "non remis a été partagé"),
        "en": (f"Ended, {paid} before tax paid", "unfinished work has been shared"),
    }[lang]
    assert badge in room.text
    assert note in room.text
    assert (await client.get(f"/{lang}/units/{first.id}")).status_code == 200
    await run_jobs()
    sent = [accounts.text_of(m) for m in accounts.mailbox(people.assistant.person.email)]
    # 60 of the 160 were paid by parts before: of what was still held, 100 go to the assistant.
    told = f"{format_money(Money(10000, 'EUR'), 'fr')} HT vont au prestataire".split()
    assert any(" ".join(told) in " ".join(text.split()) for text in sent)


@services
async def test_a_period_ended_early_keeps_its_days_for_review_and_returns_the_rest() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.flat(70001, 2), trial_days=0)
    await work.pay(contract)
    await work.pay(contract, 2)
    clock.advance(2 * DAY)
    await endings.propose(people.assistant, contract.id, EndingDraft())
    first, second = await work.unit(contract), await work.unit(contract, 2)
    share = rules.worked_share(70001, first.starts_on, first.starts_on + timedelta(days=6),
                               first.starts_on + timedelta(days=2))  # fmt: skip
    assert (first.status, first.price_minor) == (Status.SUBMITTED, share)
    assert second.status is Status.CANCELLED
    assert (await queries.balance(first)).price.minor == share
    await deliveries.approve(people.business, first.id)
    found = await assert_balanced(contract)
    assert (found.released.minor, found.refunded.minor) == (share, 2 * 70001 - share)


@services
async def test_a_renewed_proposal_is_not_carried_out_for_the_one_before() -> None:
    people, contract = await funded(20000, notice_days=14)
    await endings.propose(people.business, contract.id, EndingDraft())
    clock.advance(15 * DAY)
    (found,) = await due.endings(UUID(int=0), 10)  # then, before its step:
    await endings.withdraw(people.business, contract.id)
    await endings.propose(people.business, contract.id, EndingDraft())
    step = next(take for find, take in ticks.STEPS if find is due.endings)
    await step(found)
    assert (await Contract.get(pk=contract.id)).status == "active"
    clock.advance(15 * DAY)
    await ticks.run_due()
    assert (await Contract.get(pk=contract.id)).status == "cancelled"


async def changes_after_the_end(people: work.Pair, contract: Contract) -> Unit:
    """The contract has ended, and the business asks for changes of what was handed in."""
    first = await work.unit(contract)
    if first.status is Status.FUNDED:
        await deliveries.submit(people.assistant, first.id, DONE)
    await endings.propose(people.assistant, contract.id, EndingDraft())
    number = await Delivery.filter(unit_id=first.id).count()
    draft = ChangesDraft(delivery=number, criteria=[0], note="The second page is missing.")
    return await deliveries.request_changes(people.business, first.id, draft)


@services
async def test_changes_asked_for_after_the_end_are_made_in_time_or_the_money_goes_back(
    run_jobs: RunJobs, client: httpx.AsyncClient
) -> None:
    people, contract = await funded(20000)
    first = await changes_after_the_end(people, contract)
    assert first.review_until is not None
    clock.advance((first.review_until - clock.now()).total_seconds() + 60)
    await ticks.run_due()  # the mail had not left: its days begin anew
    assert (await work.unit(contract)).status is Status.CHANGES_REQUESTED
    await run_jobs()
    texts = [
        " ".join(accounts.text_of(m).split())
        for m in accounts.mailbox(people.assistant.person.email)
    ]
    assert any("remettez les changements au plus tard" in text for text in texts)
    for who in (people.business, people.assistant):
        await accounts.log_in(client, who.person)
        assert "Le contrat est terminé" in (await client.get(f"/fr/units/{first.id}")).text
    await deliveries.submit(people.assistant, first.id, DONE)
    again = ChangesDraft(delivery=2, criteria=[0], note="It is still missing.")
    asked = await deliveries.request_changes(people.business, first.id, again)
    await run_jobs()
    assert asked.review_until is not None
    clock.advance((asked.review_until - clock.now()).total_seconds() + 60)
    await ticks.run_due()
    await ticks.run_due()
    assert (await work.unit(contract)).status is Status.CANCELLED
    assert (await queries.balance(first)).refunded == Money(20000, "EUR")
    await assert_balanced(contract)


@services
async def test_what_was_paid_of_a_part_held_anew_is_not_to_be_funded() -> None:
    people, contract = await funded(100_000)
    first = await work.unit(contract)
    await parts.ask(people.business, first.id, PartDraft(price_minor=30_000))
    clock.advance(61 * DAY)
    await holds.renew(people.business, first.id)
    room = await queries.room(people.business, contract.id)
    found = await queries.sums(room, await queries.balances(contract.id, room.units))
    assert found.to_fund == Money(70_000, "EUR")


@services
async def test_changes_after_the_end_have_no_last_day_where_nothing_is_held() -> None:
    people = await work.with_outsider(await work.pair())
    contract = await work.signed(people, work.project(20000))
    first = await work.unit(contract)
    await deliveries.submit(people.assistant, first.id, DONE)
    asked = await changes_after_the_end(people, contract)
    assert (asked.status, asked.review_until) == (Status.CHANGES_REQUESTED, None)

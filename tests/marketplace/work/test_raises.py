"""A higher weekly cap: its difference is held, then its hours are paid."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from marketplace.billing.service import funding
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.changes import (
    Weeks,
)
from marketplace.contracts.rules.offers import differences
from marketplace.contracts.rules.terms import Agreement
from marketplace.contracts.schemas import CapDraft
from marketplace.contracts.service import amending
from marketplace.core import clock
from marketplace.work import queries
from marketplace.work.models import Pause
from marketplace.work.rules import ContractNotRunning, Status
from marketplace.work.rules import IllegalStep as WorkIllegalStep
from marketplace.work.schemas import ContestDraft, EntryDraft
from marketplace.work.service import contests, opening, ticks, timesheets, units
from payments import escrow
from payments.errors import StripeUnavailable
from payments.models import Funding
from tests.factories import accounts, work
from tests.fixtures.application import RunJobs
from tests.marketplace.billing.test_recorded import pair_outside

services = pytest.mark.usefixtures("stripe_sandbox", "application")
DAY = 86_400
MORE = CapDraft(minutes=240, weeks=Weeks.THIS, reason="The quarter's end")


@services
async def test_a_signed_raise_covers_hours_of_this_week_once_its_difference_is_held(
    run_jobs: RunJobs,
) -> None:
    people, contract = await work.running_week()
    week = await work.unit(contract)
    change = await amending.propose_cap(people.assistant, contract.id, MORE)
    before = await contracts.version(contract.id, 1)
    after = change.version
    found = differences(
        contracts.agreement(await contracts.by_id(contract.id)),
        Agreement.model_validate(after.agreement),
    )
    assert [each.field for each in found] == ["raises"]  # it changes the cap and nothing else
    assert before.file_sha256 != after.file_sha256
    await work.consent(people.assistant, contract)
    assert (await Contract.get(pk=contract.id)).version == 1
    assert (await queries.sheet(week.id))[1].uncovered == 60
    await work.consent(people.business, contract)
    contract = await Contract.get(pk=contract.id)
    assert (contract.version, contract.status) == (2, "active")
    week = await work.unit(contract)
    assert (week.price_minor, week.raised_minutes) == (6000, 240)
    assert (await queries.sheet(week.id))[1].uncovered == 60  # signed, and not held yet
    await run_jobs()  # the saved card pays the difference
    week = await work.unit(contract)
    assert (week.price_minor, week.raised_minutes, week.cap_minutes) == (12000, None, 240)
    assert (await queries.sheet(week.id))[1].uncovered == 0
    assert (await queries.balance(week)).price.minor == 12000
    await timesheets.submit_week(people.assistant, week.id)
    await timesheets.approve_week(people.business, week.id)
    assert (await queries.balance(week)).released.minor == 9000
    following = await opening.next_week(*await queries.agreed(contract.id))
    assert following is None or following.cap_minutes == 120
    chained = await contracts.evidence(contract.id)
    assert contracts.broken_at(chained) is None
    names = [each.event for each in chained]
    assert names.count("signed") == 4
    assert names.index("change_proposed") < len(names) - 1


@services
async def test_a_refused_card_asks_the_client_and_late_money_pays_a_settled_week(
    run_jobs: RunJobs,
) -> None:
    people, contract = await work.running_week(card=work.ASKS_ALWAYS)
    week = await work.unit(contract)
    await amending.propose_cap(people.business, contract.id, MORE)
    await work.consent(people.business, contract)
    await work.consent(people.assistant, contract)
    await run_jobs()
    mails = [accounts.text_of(m) for m in accounts.mailbox(people.business.person.email)]
    asked = [text for text in mails if f"/units/{week.id}/fund" in text and "banque" in text]
    assert len(asked) == 1
    await ticks.run_due()  # a refused card is not asked again by itself
    await run_jobs()
    assert len(accounts.mailbox(people.business.person.email)) == len(mails)
    assert (await work.unit(contract)).raised_minutes == 240
    await timesheets.submit_week(people.assistant, week.id)
    await timesheets.approve_week(people.business, week.id)
    assert (await queries.balance(week)).released.minor == 6000
    assert await work.pay(contract, card=work.ASKS_ALWAYS) == "funded"
    balance = await queries.balance(week)
    assert balance.released.minor == 9000
    assert (await work.unit(contract)).paid_minor == 9000
    held = [await queries.balance(each) for each in (await work.unit(contract),)]
    assert not any(each.held for each in held)
    with pytest.raises(WorkIllegalStep):
        await units.request_funding(week.id, "fr")


@services
async def test_a_higher_cap_of_the_last_week_is_paid_after_the_contract_is_complete(
    run_jobs: RunJobs, client: httpx.AsyncClient
) -> None:
    sunday = clock.today() + timedelta(days=6 - clock.today().weekday())
    people, contract = await work.running_week(card=work.ASKS_ALWAYS, ends_on=sunday)
    await amending.propose_cap(people.business, contract.id, MORE)
    await work.consent(people.business, contract)
    await work.consent(people.assistant, contract)
    await run_jobs()  # the card is refused
    week = await work.unit(contract)
    await timesheets.submit_week(people.assistant, week.id)
    await timesheets.approve_week(people.business, week.id)
    assert (await Contract.get(pk=contract.id)).status == "completed"
    await accounts.log_in(client, people.business.person)
    assert f"/fr/units/{week.id}/fund" in (await client.get(f"/fr/units/{week.id}")).text
    assert "Aller au paiement" in (await client.get(f"/fr/units/{week.id}/fund")).text
    assert await work.pay(contract, card=work.ASKS_ALWAYS) == "funded"
    balance = await queries.balance(week)
    assert (balance.released.minor, balance.held.minor) == (9000, 0)
    with pytest.raises(ContractNotRunning):
        await units.request_funding(week.id, "fr")


@services
async def test_a_raise_signed_while_the_next_week_is_being_paid_is_charged_too(
    run_jobs: RunJobs,
) -> None:
    people, contract = await work.running_week()
    following = await opening.next_week(*await queries.agreed(contract.id))
    assert following is not None
    await units.request_funding(following.id, "fr")  # its payment is under way
    more = CapDraft(minutes=240, weeks=Weeks.FROM_NEXT, reason="The quarter's end")
    await amending.propose_cap(people.business, contract.id, more)
    await work.consent(people.business, contract)
    await work.consent(people.assistant, contract)
    await run_jobs()
    if (await work.unit(contract, following.position)).status is not Status.FUNDED:
        # On a Sunday the saved card has paid by now.
        assert await work.pay(contract, following.position) == "funded"
    await run_jobs()
    week = await work.unit(contract, following.position)
    assert (week.cap_minutes, week.raised_minutes) == (240, None)
    assert (await queries.balance(week)).price.minor == 12000


@services
async def test_a_week_names_the_difference_once_it_is_paid_itself(
    client: httpx.AsyncClient,
) -> None:
    people, contract = await work.running_week()
    following = await opening.next_week(*await queries.agreed(contract.id))
    assert following is not None
    page = await work.open_page(contract, following.position)
    more = CapDraft(minutes=240, weeks=Weeks.FROM_NEXT, reason="The quarter's end")
    await amending.propose_cap(people.business, contract.id, more)
    for who in (people.business, people.assistant):
        await work.consent(who, contract)
    await accounts.log_in(client, people.business.person)
    at = f"/en/units/{following.id}"
    for status in (Status.FUNDING, Status.FUNDED):
        week = await work.unit(contract, following.position)
        assert (week.status, week.raised_minutes) == (status, 240)
        told = "once the difference of €60.00 is held" in (await client.get(at)).text
        assert told is (status is Status.FUNDED)
        if not told:
            assert "once the difference" not in (await client.get(at)).text
            assert await work.pay_page(page) == "funded"


@services
async def test_a_second_raise_replaces_the_open_page_of_the_first(run_jobs: RunJobs) -> None:
    people, contract = await work.running_week(card=work.ASKS_ALWAYS)
    week = await work.unit(contract)
    for minutes in (240, 300):
        more = CapDraft(minutes=minutes, weeks=Weeks.THIS, reason="The quarter's end")
        await amending.propose_cap(people.business, contract.id, more)
        await work.consent(people.business, contract)
        await work.consent(people.assistant, contract)
        await run_jobs()  # the card is refused
        page = await funding.start_funding(people.business, week.id, "fr")  # opened, not paid
        assert page
    assert await work.pay(contract, card=work.ASKS_ALWAYS) == "funded"
    week = await work.unit(contract)
    assert (week.cap_minutes, week.price_minor) == (300, 15000)
    assert (await queries.balance(week)).price.minor == 15000


@services
@pytest.mark.parametrize("approved", [False, True])
async def test_a_raise_of_a_week_paid_outside_charges_no_card(
    run_jobs: RunJobs, approved: bool
) -> None:
    people = await pair_outside()
    contract = await work.signed(people, work.hourly(hours=2), trial_days=0)
    week = await work.unit(contract)
    entry = EntryDraft(worked_on=clock.today(), minutes=180, task="Calls")
    await timesheets.add_entry(people.assistant, week.id, entry)
    await timesheets.submit_week(people.assistant, week.id)
    if approved:
        await timesheets.approve_week(people.business, week.id)
    await amending.propose_cap(people.assistant, contract.id, MORE)
    await work.consent(people.assistant, contract)
    await work.consent(people.business, contract)
    await run_jobs()
    assert not await Funding.exists()
    if not approved:
        await timesheets.approve_week(people.business, week.id)
    week = await work.unit(contract)
    assert (week.status, week.cap_minutes, week.raised_minutes) == (Status.APPROVED, 240, None)
    assert week.paid_minor == 9000  # three hours are due


@services
async def test_a_raise_charges_nothing_for_a_finished_week_or_while_the_contract_rests(
    run_jobs: RunJobs,
) -> None:
    for paused in (False, True):
        people, contract = await work.running_week()
        week = await work.unit(contract)
        line = (await queries.entries(week.id))[0]
        if not paused:  # two hours, all covered, and approved
            entry = EntryDraft(worked_on=clock.today(), minutes=120, task="Calls")
            await timesheets.change_entry(people.assistant, line.id, entry)
            await timesheets.submit_week(people.assistant, week.id)
            await timesheets.approve_week(people.business, week.id)
        await amending.propose_cap(people.assistant, contract.id, MORE)
        await work.consent(people.assistant, contract)
        await work.consent(people.business, contract)
        if paused:
            await Pause.create(contract_id=contract.id, began_at=clock.now())
        await run_jobs()
        assert await Funding.filter(holding_id=str(week.id)).count() == 1
        assert ((await work.unit(contract)).raised_minutes is None) != paused


@services
async def test_a_signed_raise_is_charged_once_what_stood_in_its_way_is_gone(
    run_jobs: RunJobs,
) -> None:
    people, contract = await work.running_week()
    week = await work.unit(contract)
    await amending.propose_cap(people.assistant, contract.id, MORE)
    await work.consent(people.assistant, contract)
    await work.consent(people.business, contract)
    rest = await Pause.create(contract_id=contract.id, began_at=clock.now())
    await run_jobs()  # its only job finds the contract at rest
    await ticks.run_due()
    assert (await work.unit(contract)).raised_minutes == 240
    await Pause.filter(id=rest.id).update(ended_at=clock.now())
    for _ in range(2):
        await ticks.run_due()
    week = await work.unit(contract)
    assert (week.cap_minutes, week.raised_minutes) == (240, None)
    assert (await queries.balance(week)).price.minor == 12000
    assert await Funding.filter(holding_id=str(week.id)).count() == 2


@services
async def test_what_arrived_for_a_first_raise_counts_towards_the_second(
    run_jobs: RunJobs, client: httpx.AsyncClient
) -> None:
    people, contract = await work.running_week(card=work.ASKS_ALWAYS)
    week = await work.unit(contract)
    await amending.propose_cap(people.business, contract.id, MORE)
    for who in (people.business, people.assistant):
        await work.consent(who, contract)
    await run_jobs()  # the card is refused
    page = await work.open_page(contract)
    more = CapDraft(minutes=300, weeks=Weeks.THIS, reason="The quarter's end")
    await amending.propose_cap(people.business, contract.id, more)
    for who in (people.business, people.assistant):
        await work.consent(who, contract)
    assert await work.pay_page(page, work.ASKS_ALWAYS) == "funded"  # in this moment
    await run_jobs()
    asked = await Funding.filter(holding_id=str(week.id)).order_by("created_at")
    assert [each.price_minor for each in asked] == [6000, 6000, 3000]
    await accounts.log_in(client, people.business.person)
    shown = (await client.get(f"/fr/units/{week.id}/fund")).text
    assert "de la différence avec le plafond relevé sont déjà provisionnés" in shown
    assert await work.pay(contract, card=work.ASKS_ALWAYS) == "funded"
    week = await work.unit(contract)
    assert (week.cap_minutes, week.price_minor, week.raised_minutes) == (300, 15000, None)
    assert (await queries.balance(week)).price.minor == 15000


@services
@pytest.mark.parametrize("away", [False, True])
async def test_the_page_of_a_dropped_raise_is_closed_or_its_money_goes_back(
    monkeypatch: pytest.MonkeyPatch, away: bool
) -> None:
    people, contract = await work.running_week()
    week = await work.unit(contract)
    await amending.propose_cap(people.business, contract.id, MORE)
    for who in (people.business, people.assistant):
        await work.consent(who, contract)
    page = await work.open_page(contract)
    await timesheets.submit_week(people.assistant, week.id)
    [line] = await queries.entries(week.id)
    await contests.contest(
        people.business, line.id, ContestDraft(reason="One hour only", minutes=60)
    )
    await contests.answer(people.assistant, line.id, 60)
    await timesheets.approve_week(people.business, week.id)
    with monkeypatch.context() as there:
        if away:
            there.setattr(escrow, "cancel_funding", _no_answer)
        await ticks.run_due()
    assert (await work.unit(contract)).raised_minutes is None  # nothing is uncovered any more
    assert await work.pay_page(page) == ("funded" if away else "cancelled")
    balance = await queries.balance(week)
    assert (balance.price.minor, balance.released.minor) == (0, 3000)


async def _no_answer(*_args: object) -> None:
    raise StripeUnavailable

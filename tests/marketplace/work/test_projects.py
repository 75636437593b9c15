"""Projects: a milestone is funded, delivered, judged and paid, and the ledger agrees."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.i18n import format_date
from marketplace.core.models import OutgoingMail
from marketplace.work import queries
from marketplace.work.rules import CriterionNeeded, IllegalStep, NotFunded, Status
from marketplace.work.schemas import ChangesDraft, EndingDraft
from marketplace.work.service import deliveries, endings, ticks
from payments import statements
from payments.money import Money
from tests.factories import accounts, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
DAY = 86_400


async def test_no_work_is_handed_in_before_its_money_is_held() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000, 30000))
    first = await work.unit(contract)
    assert first.status is Status.PLANNED
    with pytest.raises(NotFunded):
        await deliveries.submit(people.assistant, first.id, work.DONE)


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_a_period_paid_ahead_is_handed_in_from_its_first_day_on(
    client: httpx.AsyncClient, lang: str
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.flat(periods=2), trial_days=0)
    for position in (1, 2):
        await work.pay(contract, position)
    second = await work.unit(contract, 2)
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.assistant.person)
    at = f"/{lang}/units/{second.id}"
    day = format_date(second.starts_on, lang, "day")
    told = {"fr": f"commence le {day}", "en": f"begins on {day}"}[lang]
    assert (await client.get(at)).text.count(told) == 1
    early = await client.post(f"{at}/deliver", data={"note": "All of both months."})
    assert (early.status_code, early.text.count(told)) == (422, 3)  # told above, beside, and hint
    assert "All of both months." in early.text
    api = f"/api/v1/units/{second.id}/deliveries"
    refused = await client.post(api, json={"note": "Early."})
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == ["note"]
    clock.advance((second.starts_on - clock.today()).days * DAY)
    assert (await client.post(f"{at}/deliver", data={"note": "Begun."})).is_redirect
    assert (await work.unit(contract, 2)).status is Status.SUBMITTED


async def test_paying_a_milestone_starts_the_contract_and_approval_pays_the_assistant() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000, 30000))
    assert await work.pay(contract) == "funded"
    await contract.refresh_from_db()
    assert contract.status is ContractStatus.ACTIVE
    first = await work.unit(contract)
    assert (await queries.balance(first)).held == Money(20000, "EUR")
    await deliveries.submit(people.assistant, first.id, work.DONE)
    await deliveries.approve(people.business, first.id)
    balance = await queries.balance(first)
    assert balance.released == Money(20000, "EUR")
    assert balance.held == Money(0, "EUR")
    statement = await statements.contract_statement(str(contract.id))
    assert statement is not None
    assert statement.funded == statement.released


async def test_nobody_is_asked_to_look_at_what_they_have_approved_already(
    run_jobs: RunJobs,
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000))
    await work.pay(contract)
    first = await work.unit(contract)
    await run_jobs()
    await OutgoingMail.all().delete()
    await deliveries.submit(people.assistant, first.id, work.DONE)
    await deliveries.approve(people.business, first.id)
    await run_jobs()
    lines = [mail.text for mail in await OutgoingMail.filter(template="work_news")]
    assert lines
    assert not [text for text in lines if "{" in text or "handed in" in text or "a remis" in text]


async def test_a_declined_card_leaves_the_milestone_to_fund() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000))
    assert await work.pay(contract, card="4000000000000002") != "funded"
    assert (await work.unit(contract)).status is Status.FUNDING
    assert await work.pay(contract) == "funded"


async def test_a_rejection_names_a_criterion_and_the_work_can_be_handed_in_again() -> None:
    people, contract, first = await work.handed_in(20000)
    with pytest.raises(CriterionNeeded):
        draft = ChangesDraft(delivery=1, criteria=[], note="Not good enough.")
        await deliveries.request_changes(people.business, first.id, draft)
    draft = ChangesDraft(delivery=1, criteria=[1], note="Two typing mistakes on page 3.")
    await deliveries.request_changes(people.business, first.id, draft)
    (seen,) = await queries.deliveries(first.id)
    assert seen.criteria_cited == ["Proofread"]
    with pytest.raises(IllegalStep):
        await deliveries.approve(people.business, first.id)
    await deliveries.submit(people.assistant, first.id, work.DONE)
    await deliveries.approve(people.business, first.id)
    await contract.refresh_from_db()
    assert contract.status is ContractStatus.COMPLETED


async def test_only_the_right_side_acts_and_strangers_see_nothing() -> None:
    people, strangers = await work.pair(), await work.pair()
    contract = await work.signed(people, work.project(20000))
    await work.pay(contract)
    first = await work.unit(contract)
    with pytest.raises(Forbidden):
        await deliveries.submit(people.business, first.id, work.DONE)
    await deliveries.submit(people.assistant, first.id, work.DONE)
    with pytest.raises(Forbidden):
        await deliveries.approve(people.assistant, first.id)
    with pytest.raises(NotFound):
        await deliveries.approve(strangers.business, first.id)
    with pytest.raises(NotFound):
        await queries.room(strangers.assistant, contract.id)


async def test_silence_releases_once_and_only_after_both_reminders_left(run_jobs: RunJobs) -> None:
    _people, contract, first = await work.handed_in(20000)
    await ticks.run_due()
    assert (await work.unit(contract)).status is Status.SUBMITTED
    clock.advance((contract.review_days + 2) * DAY)  # down all the while: nobody was reminded
    await ticks.run_due()
    waiting = await work.unit(contract)
    assert waiting.status is Status.SUBMITTED
    assert waiting.review_until is not None
    assert waiting.review_until > clock.now() + timedelta(days=contract.rhythm.look_days)
    for left in (2.9, 0.9):
        clock.advance(int((waiting.review_until - clock.now()).total_seconds() - left * DAY))
        await ticks.run_due()  # the second reminder is queued but does not leave
        if left > 1:
            await run_jobs()
    clock.advance(DAY)
    await ticks.run_due()
    waiting = await work.unit(contract)
    assert waiting.status is Status.SUBMITTED  # one reminder is not enough
    assert waiting.review_until is not None
    for left in (2.9, 0.9):
        clock.advance(int((waiting.review_until - clock.now()).total_seconds() - left * DAY))
        await ticks.run_due()
        await run_jobs()
    assert (await work.unit(contract)).status is Status.SUBMITTED
    clock.advance(DAY)
    await ticks.run_due()
    await ticks.run_due()
    assert (await work.unit(contract)).status is Status.APPROVED
    assert (await queries.balance(first)).released == Money(20000, "EUR")


async def test_an_assistant_who_ends_the_contract_returns_the_money_at_once() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000, 30000))
    await work.pay(contract)
    await work.pay(contract, position=2)
    first = await work.unit(contract)
    await deliveries.submit(people.assistant, first.id, work.DONE)
    await deliveries.approve(people.business, first.id)
    await endings.propose(people.assistant, contract.id, EndingDraft(reason="Moving abroad."))
    second = await work.unit(contract, 2)
    assert second.status is Status.CANCELLED
    assert (await queries.balance(second)).refunded == Money(30000, "EUR")
    await contract.refresh_from_db()
    assert contract.status is ContractStatus.CANCELLED


async def test_a_business_ends_a_funded_contract_by_agreement_or_after_its_notice() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000), notice_days=14, trial_days=0)
    await work.pay(contract)
    await endings.propose(people.business, contract.id, EndingDraft())
    await ticks.run_due()
    assert (await work.unit(contract)).status is Status.FUNDED
    clock.advance(15 * DAY)
    await ticks.run_due()
    assert (await work.unit(contract)).status is Status.CANCELLED
    assert (await queries.balance(await work.unit(contract))).refunded == Money(20000, "EUR")


async def test_the_other_side_may_agree_to_the_end() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000), notice_days=14, trial_days=0)
    await work.pay(contract)
    ending = await endings.propose(people.business, contract.id, EndingDraft())
    with pytest.raises(Forbidden):
        await endings.agree(people.business, contract.id, ending.proposal_id)
    await endings.agree(people.assistant, contract.id, ending.proposal_id)
    assert (await work.unit(contract)).status is Status.CANCELLED

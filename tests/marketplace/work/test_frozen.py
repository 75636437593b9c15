"""A bank disputes held money: nobody is kept in the contract, and its decision shares it out."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.settings import settings
from marketplace.work import queries
from marketplace.work.models import Unit
from marketplace.work.rules import Status
from marketplace.work.schemas import DeliveryDraft, EndingDraft, ShareDraft
from marketplace.work.service import deliveries, endings, ticks
from payments import inbox, statements
from payments.models import Funding
from payments.money import Money
from tests.factories import accounts, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
DAY = 86_400
DONE = DeliveryDraft.model_validate({"note": "All done."})


async def _bank(path: str, body: dict[str, str]) -> str:
    async with httpx.AsyncClient(base_url=settings().stripe_api_base, timeout=30) as stripe:
        return str((await stripe.post(path, json=body)).json()["id"])


async def dispute(run_jobs: RunJobs, unit: Unit) -> str:
    """The bank disputes the payment behind a part."""
    funding = await Funding.get(holding_id=str(unit.id), charge__isnull=False)
    found = await _bank("/_sandbox/disputes", {"charge": funding.charge or ""})
    await _heard(run_jobs, found, "created")
    return found


async def decide(run_jobs: RunJobs, disputed: str, result: str) -> None:
    """The bank decides: `won` leaves the money with us, `lost` gives it back."""
    await _bank(f"/_sandbox/disputes/{disputed}", {"result": result})
    await _heard(run_jobs, disputed, "closed")


async def _heard(run_jobs: RunJobs, disputed: str, kind: str) -> None:
    event = f"evt_{kind}_{disputed}"
    await inbox.store(
        event=event, kind=f"v1.charge.dispute.{kind}", obj=disputed, account=None
    )  # fmt: skip
    await run_jobs()


async def funded(*prices: int, **also: object) -> tuple[work.Pair, Contract]:
    people = await work.pair()
    contract = await work.signed(people, work.project(*prices), **{"trial_days": 0, **also})
    for position in range(1, len(prices) + 1):
        await work.pay(contract, position)
    return people, contract


async def assert_whole(contract: Contract, *, held: int = 0) -> None:
    found = await statements.contract_statement(str(contract.id))
    assert found is not None
    assert found.funded == found.released + found.refunded + found.held + found.disputed
    if not held:
        assert not found.held


@pytest.mark.parametrize("result", ["won", "lost"])
async def test_the_assistant_leaves_and_frozen_money_goes_as_the_bank_decides(
    run_jobs: RunJobs, result: str, client: httpx.AsyncClient
) -> None:
    people, contract = await funded(20000, 30000)
    first, second = await work.unit(contract), await work.unit(contract, 2)
    found = await dispute(run_jobs, first)
    await endings.propose(people.assistant, contract.id, EndingDraft())
    await run_jobs()
    assert (await Contract.get(pk=contract.id)).status == "cancelled"
    assert (await queries.balance(second)).refunded == Money(30000, "EUR")
    assert (await queries.balance(first)).price == Money(20000, "EUR")  # frozen
    assert (await work.unit(contract)).status is Status.CANCELLED
    mails = [accounts.text_of(m) for m in accounts.mailbox(people.business.person.email)]
    assert any("reste gelé" in " ".join(text.split()) for text in mails)
    await accounts.log_in(client, people.business.person)
    frozen = "jusqu’à la décision de la banque"
    assert frozen in (await client.get(f"/fr/units/{first.id}")).text
    await decide(run_jobs, found, result)
    assert not (await queries.balance(first)).price
    assert frozen not in (await client.get(f"/fr/units/{first.id}")).text
    await assert_whole(contract)


@pytest.mark.parametrize(("result", "paid"), [("won", 15000), ("lost", 0)])
async def test_an_agreed_share_of_frozen_money_is_paid_once_the_bank_leaves_it(
    run_jobs: RunJobs, result: str, paid: int
) -> None:
    people, contract = await funded(20000)
    first = await work.unit(contract)
    found = await dispute(run_jobs, first)
    draft = EndingDraft(shares=[ShareDraft(unit_id=first.id, price_minor=15000)])
    ending = await endings.propose(people.business, contract.id, draft)
    await endings.agree(people.assistant, contract.id, ending.proposal_id)
    assert not (await queries.balance(first)).released
    await decide(run_jobs, found, result)
    await _heard(run_jobs, found, "updated")  # news that comes twice
    balance = await queries.balance(first)
    assert (balance.released.minor, (await work.unit(contract)).paid_minor) == (paid, paid)
    assert balance.refunded.minor == (5000 if paid else 0)
    await assert_whole(contract)


async def test_the_clockwork_ends_and_pauses_without_failing(
    run_jobs: RunJobs, caplog: pytest.LogCaptureFixture
) -> None:
    people, noticed = await funded(20000, notice_days=14)
    await dispute(run_jobs, await work.unit(noticed))
    await endings.propose(people.business, noticed.id, EndingDraft())
    hourly = await work.signed(people, work.hourly(hours=2), trial_days=0)
    await work.pay(hourly)
    await dispute(run_jobs, await work.unit(hourly))
    for days in (8, 8, 16):
        clock.advance(days * DAY)
        await ticks.run_due()
    assert "HoldingFrozen" not in caplog.text
    assert (await Contract.get(pk=noticed.id)).status == "cancelled"
    assert await queries.pause(hourly.id)


async def test_silence_waits_for_the_bank(
    run_jobs: RunJobs, caplog: pytest.LogCaptureFixture
) -> None:
    people, contract = await funded(20000)
    first = await work.unit(contract)
    await deliveries.submit(people.assistant, first.id, DONE)
    found = ""
    for day in range(9):
        clock.advance(DAY)
        await ticks.run_due()
        await run_jobs()  # reminders leave
        found = await dispute(run_jobs, first) if day == 5 else found
    assert "HoldingFrozen" not in caplog.text
    assert (await work.unit(contract)).status is Status.SUBMITTED
    await decide(run_jobs, found, "won")
    await ticks.run_due()
    assert (await work.unit(contract)).status is Status.APPROVED
    assert (await queries.balance(first)).released == Money(20000, "EUR")


async def test_what_the_bank_took_is_not_called_paid(run_jobs: RunJobs) -> None:
    people, contract = await funded(20000)
    first = await work.unit(contract)
    await deliveries.submit(people.assistant, first.id, DONE)
    await decide(run_jobs, await dispute(run_jobs, first), "lost")
    await deliveries.approve(people.business, first.id)
    first = await work.unit(contract)
    assert (first.status, first.paid_minor) == (Status.APPROVED, 0)
    assert not (await queries.balance(first)).released
    await assert_whole(contract)


async def test_a_period_cut_by_the_end_returns_the_rest_of_its_days_afterwards(
    run_jobs: RunJobs,
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.flat(70000), trial_days=0)
    await work.pay(contract)
    first = await work.unit(contract)
    found = await dispute(run_jobs, first)
    clock.advance(2 * DAY)
    await endings.propose(people.assistant, contract.id, EndingDraft())
    cut = await work.unit(contract)
    assert (cut.status, cut.price_minor) == (Status.SUBMITTED, 30000)
    await decide(run_jobs, found, "won")
    assert (await queries.balance(first)).refunded == Money(40000, "EUR")
    await deliveries.approve(people.business, first.id)
    assert (await queries.balance(first)).released == Money(30000, "EUR")
    await assert_whole(contract)


async def test_units_of_a_pack_under_dispute_go_back_once_the_bank_leaves_them(
    run_jobs: RunJobs,
) -> None:
    people = await work.pair()
    terms = work.flat(10001, 2, pack="calls", pack_size=10, rollover_units=10, rollover_periods=4)
    contract = await work.signed(people, terms, trial_days=0)
    await work.pay(contract)
    first = await work.unit(contract)
    clock.advance((first.ends_on - clock.today() + timedelta(days=2)).total_seconds())
    await ticks.run_due()
    assert (await work.unit(contract)).status is Status.ROLLED
    found = await dispute(run_jobs, first)
    await endings.propose(people.assistant, contract.id, EndingDraft())
    assert (await queries.balance(first)).price == Money(10001, "EUR")
    await decide(run_jobs, found, "won")
    assert (await work.unit(contract)).status is Status.CANCELLED
    assert (await queries.balance(first)).refunded == Money(10001, "EUR")
    await assert_whole(contract)


@pytest.mark.parametrize("name", ["business", "assistant"])
async def test_both_sides_see_what_is_frozen_wherever_the_part_stands(
    run_jobs: RunJobs, client: httpx.AsyncClient, name: str
) -> None:
    people, contract = await funded(20000, 30000)
    first, second = await work.unit(contract), await work.unit(contract, 2)
    found = await dispute(run_jobs, first)
    frozen = (await queries.balance(first)).frozen
    assert frozen == (await queries.balance(first)).disputed
    assert not (await queries.balance(second)).frozen
    await accounts.log_in(client, getattr(people, name).person)
    amount = f"{frozen.minor // 100},00"
    room = (await client.get(f"/fr/contracts/{contract.id}/work")).text
    assert room.count("Gelé par une banque") == 2  # what happens next, and its row
    shown = room.partition("Gelé jusqu’à la décision de la banque")[2]
    assert amount in shown.partition("</dd>")[0]
    page = (await client.get(f"/fr/units/{first.id}")).text
    assert "restent gelés jusqu’à sa décision" in page
    assert "Gelé par une banque" in page
    assert f"/fr/contracts/{contract.id}/disputes" in page
    assert "gelé" not in (await client.get(f"/fr/units/{second.id}")).text.lower()
    assert "Gelé par" in (await client.get(f"/fr/contracts/{contract.id}/statement")).text
    await decide(run_jobs, found, "won")
    for path in (f"/fr/contracts/{contract.id}/work", f"/fr/units/{first.id}"):
        assert "Gelé" not in (await client.get(path)).text
    assert not (await queries.balance(first)).frozen
